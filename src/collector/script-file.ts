/** What a page needs to know of the script to load exactly this one. */
export interface ScriptFile {
  /** Name under which it never changes, such as `firsthand.0123456789ab.js`. */
  versionedName: string
  /** For the `integrity` attribute: `sha384-...` */
  integrity: string
  /** The first characters of its hash. */
  version: string
}

const versionLength = 12

/** Names a script by its content; the same text has the same names everywhere. */
export async function describeScript(text: string, scriptName = 'firsthand.js'): Promise<ScriptFile> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', new TextEncoder().encode(text)))
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const version = hex.slice(0, versionLength)
  return {
    version,
    versionedName: scriptName.replace(/\.js$/, `.${version}.js`),
    integrity: `sha384-${btoa(String.fromCharCode(...digest))}`,
  }
}
