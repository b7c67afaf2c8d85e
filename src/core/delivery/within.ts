import type { Platform } from '../platform'

/** Waits for the promise, but no longer than the time where one is given. */
export const within = async (
  { setTimer }: Pick<Platform, 'setTimer'>,
  promise: Promise<unknown>,
  timeoutMs = Infinity,
): Promise<void> => {
  let cancel = () => {}
  const timeout = new Promise<void>((resolve) => {
    // A timer that is to run for ever fires at once.
    if (timeoutMs < Infinity) cancel = setTimer(resolve, timeoutMs)
  })
  await Promise.race([promise, timeout])
  cancel()
}
