/** Undefined where the work failed or took too long: nobody waits for it any more. */
export async function within<Result>(
  timeoutMs: number,
  work: Promise<Result>,
): Promise<{ result: Result } | undefined> {
  let cancelTimer = () => {}
  const timeout = new Promise<undefined>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    cancelTimer = () => clearTimeout(timer)
  })
  const done = work.then(
    (result) => ({ result }),
    () => undefined,
  )
  return Promise.race([done, timeout]).finally(cancelTimer)
}
