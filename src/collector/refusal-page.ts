/**
 * `SameSite=Strict` keeps the cookie back when a link on another site led here, also after a redirect. A reload that the page
 * itself asks for is same-site, so somebody who is signed in gets through; `Sec-Fetch-Site` then no longer says
 * cross-site, which ends it after one try.
 */
export function refusalPage(nonce: string, retry: boolean): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${retry ? '<meta http-equiv="refresh" content="0">' : ''}
<title>Sign in - firsthand</title>
<style nonce="${nonce}">
:root { color-scheme: light dark }
body { max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem; font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 1.4rem; letter-spacing: -.01em }
code { padding: .1em .35em; border-radius: .3em; background: color-mix(in srgb, currentColor 9%, transparent) }
</style>
<h1>This page needs the admin token</h1>
<p>Open the link that the collector printed when it started: it ends in <code>?token=…</code> and signs this browser in for 30 days.</p>
<p>The start command keeps a token that it made itself in the file <code>admin-token</code> of its data directory. Programs send it as
<code>Authorization: Bearer …</code>.</p>
</html>`
}
