/** Scripts that want too much: each ends with a clear word, within little work, and never takes the engine with it. */
import { describe, expect, test } from 'vitest'
import type { Program } from '../../src/programs/contract.ts'
import { node } from '../../src/programs/node-js/index.ts'
import { python } from '../../src/programs/python/index.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

function run<S>(program: Program<S>, argv: string, text: string): FakeProcess {
  const world = new FakeWorld()
  const it = world.start(program, 'app', '10.0.0.2', {
    argv: [argv, '/s'],
    env: { PYTHONUNBUFFERED: '1' },
    files: filesOf({ '/s': text }),
    limits: { memoryBytes: 512 * 1024 * 1024 },
  })
  world.pass(5_000)
  return it
}

const PYTHON: readonly (readonly [string, string])[] = [
  ['a list that doubles', 'a = [1, 2]\nwhile True:\n    a = a + a'],
  ['a list that extends itself', 'a = [1, 2]\nwhile True:\n    a.extend(a)'],
  ['lists of lists of lists, written out', 'a = [1] * 1000\nb = [a] * 1000\nc = [b] * 1000\nprint(c)'],
  ['the same as JSON', 'import json\na = [1] * 1000\nb = [a] * 1000\nc = [b] * 1000\njson.dumps(c)'],
  ['a text that doubles', 'a = "ab"\nwhile True:\n    a = a + a + "c"'],
  ['padding without end', 'print(f"{1:1000000000}")'],
  ['a replacement that grows', 'a = "x" * 4000\nwhile True:\n    a = a.replace("x", "xx" * 1000)'],
  ['digits without end', 'print(f"{1.5:.5000f}")\nraise SystemExit(1)'],
  ['parentheses', `x = ${'('.repeat(5000)}1${')'.repeat(5000)}`],
  ['a sum of many terms', `x = ${Array.from({ length: 20_000 }, () => '1').join(' + ')}\nraise SystemExit(1)`],
  ['a comparison that recurses', 'class A:\n    def __lt__(self, o):\n        return self < o\nA() < A()'],
]
const NODE: readonly (readonly [string, string])[] = [
  ['a list that doubles', 'let a = [1, 2]\nwhile (true) a = [...a, ...a]'],
  ['a list that pushes itself', 'const a = [1, 2]\nwhile (true) a.push(...a)'],
  ['lists of lists, written out', 'let a = [1]\nfor (let i = 0; i < 40; i++) a = [a, a]\nconsole.log(JSON.stringify(a))'],
  ['a join that grows', 'let a = ["x"]\nwhile (true) a = [a.join("yy"), a.join("zz"), "q".repeat(900000)]'],
  ['padding', 'console.log("".padStart(1e9))'],
  ['repetition of a negative number', '"x".repeat(-1)'],
  ['Object.assign to nothing', 'Object.assign(undefined, { a: 1 })'],
  ['digits without end', '(1.5).toFixed(1000)'],
  ['brackets', `const x = ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['promises that make promises', 'const f = () => Promise.resolve().then(f)\nf()'],
  ['timers that make timers', 'const f = () => { setTimeout(f, 0); setTimeout(f, 0) }\nf()'],
]

describe.each([
  ['Python', python as Program<unknown>, 'python', PYTHON],
  ['JavaScript', node as Program<unknown>, 'node', NODE],
] as const)('%s', (_, program, argv, rows) => {
  test.each(rows)('%s', (_name, text) => {
    const started = process.cpuUsage()
    const it = run(program as Program<unknown>, argv, text)
    const { user } = process.cpuUsage(started)
    // It ended with a word, was killed for its memory, or is at work in slices; nothing was thrown.
    expect(it.exitCode === undefined || it.oom || it.log !== '' || it.exitCode === 1).toBe(true)
    expect(user / 1000).toBeLessThan(8_000)
  })
})
