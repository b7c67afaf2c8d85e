import { describe, expect, it } from 'vitest'
import { csvRecord } from '../../src/cli/csv'

describe('csvRecord', () => {
  it('quotes what RFC 4180 wants quoted, and ends with CRLF', () => {
    expect(csvRecord(['a', 'b,c', 'd"e', 'f\ng', 'h\ri', ' j '])).toBe('a,"b,c","d""e","f\ng","h\ri", j \r\n')
  })

  it('writes nothing for what is not there, JSON for objects, and numbers as they are', () => {
    expect(csvRecord([null, undefined, { a: 'x' }, [1], -5, true])).toBe(',,"{""a"":""x""}",[1],-5,true\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\tx', '＝1'])(
    'puts an apostrophe before %j, which a spreadsheet would run',
    (text) => {
      expect(csvRecord([text])).toBe(`'${text}\r\n`)
      expect(csvRecord([text], { formulas: true })).toBe(`${text}\r\n`)
    },
  )

  it('leaves these characters alone inside a text', () => {
    expect(csvRecord(['a=1', '1-2', 'a@b.test'])).toBe('a=1,1-2,a@b.test\r\n')
  })

  it('quotes a formula with a line break once it is harmless', () => {
    expect(csvRecord(['=HYPERLINK("http://x","y")\n'])).toBe('"\'=HYPERLINK(""http://x"",""y"")\n"\r\n')
  })
})
