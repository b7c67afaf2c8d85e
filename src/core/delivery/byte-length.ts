/** Bytes of the text in UTF-8. Written out because core has neither TextEncoder nor Buffer. */
export const byteLength = (text: string): number => {
  let bytes = text.length
  for (let index = text.length; index--; ) {
    const code = text.charCodeAt(index)
    // Each half of a surrogate pair counts two: four bytes together.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
