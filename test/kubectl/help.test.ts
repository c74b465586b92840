/** What `--help` and `help` say of every command. */
import { describe, expect, test } from 'vitest'
import { commandWords } from '../../src/kubectl/flags/command-words.ts'
import commandFacts from '../../src/kubectl/flags/commands.generated.json' with { type: 'json' }
import { flagWords } from '../../src/kubectl/flags/flag-words.ts'
import { parseFlags } from '../../src/kubectl/flags/pflag.ts'
import { factsOf, findCommand, globalFlags } from '../../src/kubectl/flags/tree.ts'
import { FakeCluster } from './fake-cluster.ts'

const paths = Object.keys(commandFacts).filter((path) => path !== 'global')
const wordsOf = (line: string): string[] => (line.match(/(?:'[^']*'|[^\s'])+/g) ?? []).map((word) => word.replaceAll("'", ''))

describe.each(paths)('%s', (path) => {
  const rest = path.slice('kubectl '.length)

  test('has help with its usage, a phrase for each flag, and ends well', () => {
    const { out, code } = new FakeCluster().run(`${rest} --help`)
    expect(code).toBe(0)
    expect(out.startsWith(`${commandWords(path)?.sentence}.\n`)).toBe(true)
    for (const line of factsOf(path)!.usage) expect(out).toContain(`Usage:\n  ${line}`)
    for (const flag of factsOf(path)!.flags) {
      expect(flagWords(flag.name), flag.name).not.toBe('')
      expect(out).toContain(`--${flag.name}=`)
    }
    expect(new FakeCluster().run(`${rest} -h`).out).toBe(out)
    expect(new FakeCluster().run(`help ${rest}`.trim())).toMatchObject({ out, code: 0 })
  })

  test('has examples that it would take', () => {
    for (const example of commandWords(path)?.examples ?? []) {
      const found = findCommand(wordsOf(example).slice(1))
      expect(found.path).toBe(path)
      parseFlags(found.rest, found.definitions)
    }
  })
})

test('options tells of every global flag', () => {
  const { out, code } = new FakeCluster().run('options')
  expect(code).toBe(0)
  for (const { name, default: fallback } of globalFlags) {
    expect(out).toContain(`--${name}=`)
    expect(out).toContain(fallback)
    expect(flagWords(name)).not.toBe('')
  }
})

test('a topic nobody knows', () => {
  expect(new FakeCluster().run('help nope')).toMatchObject({ err: 'Unknown help topic [`nope`]\n', code: 0 })
})
