const space = /[ \t\n\r]*/y
const literal = /true|false|null/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** Without a group that repeats: what that remembers of a text of megabytes overflows the stack of the engine. */
const characters = /[^"\\\u0000-\u001f]+|\\["\\/bfnrt]|\\u[\da-fA-F]{4}/y

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end'

/** Position of the first character that makes the text invalid JSON; null where it is valid. Never recurses. */
export function findJsonError(text: string): number | null {
  const open: ('{' | '[')[] = []
  let position = 0
  let expected: Expected = 'value'

  const match = (pattern: RegExp) => {
    pattern.lastIndex = position
    const length = pattern.exec(text)?.[0].length ?? 0
    position += length
    return length > 0
  }
  const matchText = () => {
    if (text[position] !== '"') return false
    position++
    let isText = true
    while (isText) isText = match(characters)
    if (text[position] !== '"') return false
    position++
    return true
  }

  for (;;) {
    match(space)
    if (expected === 'comma-or-end' && open.length === 0) return position < text.length ? position : null
    const character = text[position]
    const container = open.at(-1)
    const closes = container === '{' ? '}' : ']'
    if (expected.endsWith('end') && character === closes) {
      position++
      open.pop()
      expected = 'comma-or-end'
    } else if (expected === 'comma-or-end' || expected === 'colon') {
      if (character !== (expected === 'colon' ? ':' : ',')) return position
      position++
      expected = expected === 'colon' || container === '[' ? 'value' : 'key'
    } else if (expected.startsWith('key')) {
      if (!matchText()) return position
      expected = 'colon'
    } else if (character === '{' || character === '[') {
      position++
      open.push(character)
      expected = character === '{' ? 'key-or-end' : 'value-or-end'
    } else {
      if (!(character === '"' ? matchText() : match(literal) || match(number))) return position
      expected = 'comma-or-end'
    }
  }
}
