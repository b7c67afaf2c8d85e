/** Fails the test that runs, in whatever runner it is. */
export const check = (isRight: boolean, message: string): void => {
  if (!isRight) throw new Error(message)
}

export const same = (actual: unknown, expected: unknown, what: string): void => {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  check(found === wanted, `${what}: expected ${wanted}, found ${found}`)
}

/** Makes any change of it an error. */
export const freeze = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}
