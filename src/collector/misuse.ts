/** An option that cannot be meant as it is: the collector is not created. */
export function fail(option: string, whatToDo: string): never {
  throw new TypeError(`[firsthand] ${option}: ${whatToDo}`)
}

/** Throws where there are options that nobody knows. */
export function checkKnown(at: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) fail(at, `pass { ${known.join(', ')} }`)
  for (const name of Object.keys(options)) if (!known.includes(name)) fail(`${at}.${name}`, 'there is no such option')
}
