/** Bytes of the text in UTF-8. Written out because core has neither TextEncoder nor Buffer. */
export const byteLength = (text: string): number =>
  // As many digits as bytes; each half of a surrogate pair counts two, four together.
  text.replace(/[\x80-\u07ff\ud800-\udfff]/g, '12').replace(/[^\0-\x7f]/g, '123').length
