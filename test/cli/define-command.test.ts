import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../../src/cli/command'
import { type CommandCall, defineCommand } from '../../src/cli/define-command'

const options = {
  name: { type: 'string', short: 'n', value: '<text>', help: 'what to say,\nand how' },
  loud: { type: 'boolean', help: 'shout' },
  to: { type: 'string', multiple: true, value: '<who>', help: 'again and again' },
} as const

function greeter(maxOperands?: number) {
  const calls: CommandCall<typeof options>[] = []
  const command = defineCommand({
    ...{ name: 'greet', summary: 'say hello', usage: '[options]', options, maxOperands },
    async run(call) {
      calls.push(call)
      return 0
    },
  })
  let asked = 0
  const context = {
    env: { A: 'b' },
    get stopped() {
      asked++
      return AbortSignal.abort()
    },
  } as unknown as CommandContext
  return { command, calls, run: (...args: string[]) => command.run(args, context), asked: () => asked }
}

describe('defineCommand', () => {
  it('makes the help of the options that it takes', () => {
    expect(greeter().command.help).toBe(`firsthand greet - say hello

Usage
  firsthand greet [options]

Options
  -n, --name <text>   what to say,
                      and how
  --loud              shout
  --to <who>          again and again
  -h, --help          show this text

Exit codes: 0 done, 1 could not be done, 2 wrong use
`)
  })

  it('parses options and operands, and looks at signals only when it is asked to', async () => {
    const { run, calls, asked } = greeter(1)
    expect(await run('-n', 'hi', '--loud', '--to', 'a', 'file', '--to=b')).toBe(0)
    expect(calls[0]?.options).toEqual({ name: 'hi', loud: true, to: ['a', 'b'] })
    expect(calls[0]?.operands).toEqual(['file'])
    expect(calls[0]?.env).toEqual({ A: 'b' })
    expect(asked()).toBe(0)
    expect(calls[0]?.stopped.aborted).toBe(true)
    expect(asked()).toBe(1)
  })

  it.each([[['--lout']], [['--name']], [['--loud=yes']], [['file']]])('refuses %j as wrong use', (args) => {
    expect(() => greeter().run(...args)).toThrow(expect.objectContaining({ name: 'CliError', exitCode: 2 }))
  })
})
