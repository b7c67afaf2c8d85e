// What the scripts beside this file have in common: say what was seen, and fail when it is no longer so.

/** Prints one line; the process ends with code 1 where the claim does not hold. */
export function claim(isTrue, text) {
  console.log(`${isTrue ? 'holds' : 'NO LONGER TRUE'}: ${text}`)
  if (!isTrue) process.exitCode = 1
}

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Tries again until it is true, for at most `ms`; returns the last answer. */
export async function until(isTrue, ms) {
  for (const end = Date.now() + ms; !isTrue() && Date.now() < end; ) await wait(20)
  return isTrue()
}
