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
  const context = { env: { A: 'b' } } as unknown as CommandContext
  return { command, calls, run: (...args: string[]) => command.run(args, context) }
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

  it('parses options and operands', async () => {
    const { run, calls } = greeter(1)
    expect(await run('-n', 'hi', '--loud', '--to', 'a', 'file', '--to=b')).toBe(0)
    expect(calls[0]?.options).toEqual({ name: 'hi', loud: true, to: ['a', 'b'] })
    expect(calls[0]?.operands).toEqual(['file'])
    expect(calls[0]?.env).toEqual({ A: 'b' })
  })

  it.each([[['--lout']], [['--name']], [['--loud=yes']], [['file']]])('refuses %j as wrong use', async (args) => {
    await expect(greeter().run(...args)).rejects.toThrow(expect.objectContaining({ name: 'CliError', exitCode: 2 }))
  })
})
