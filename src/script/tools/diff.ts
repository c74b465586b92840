/** diff(1): normal and unified output over the `diff` library's line edits. */
import { diffArrays } from 'diff'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { FileError } from '../files.ts'
import { strftime } from '../format.ts'
import { parseOptions } from './options.ts'

/** Texts that differ in more lines than that are taken for wholly different: the search's time grows with the square. */
const MOST_EDITS = 2_000

interface Side {
  name: string
  lines: string[]
  newline: boolean
  mtimeMs: number
}

interface Hunk {
  a: number
  b: number
  removed: string[]
  added: string[]
}

function side(ctx: ToolContext, name: string): Side {
  const text = name === '-' ? ctx.stdin() : ctx.files.read(ctx.path(name))
  const lines = text.split('\n')
  const newline = lines[lines.length - 1] === ''
  if (newline) lines.pop()
  return {
    name,
    lines,
    newline: newline || text === '',
    mtimeMs: name === '-' ? ctx.now() : (ctx.files.stat(ctx.path(name))?.mtimeMs ?? 0),
  }
}

function hunksOf(a: Side, b: Side, key: (line: string) => string): Hunk[] {
  const mark = (s: Side) => s.lines.map((line, i) => key(line) + (i === s.lines.length - 1 && !s.newline ? '\0' : ''))
  const hunks: Hunk[] = []
  let x = 0
  let y = 0
  let open: Hunk | undefined
  for (const change of diffArrays(mark(a), mark(b), { maxEditLength: MOST_EDITS }) ??
    ([
      { value: mark(a), removed: true },
      { value: mark(b), added: true },
    ] as { value: string[]; added?: boolean; removed?: boolean }[])) {
    const count = change.value.length
    if (!change.added && !change.removed) {
      x += count
      y += count
      open = undefined
      continue
    }
    if (open === undefined) {
      open = { a: x, b: y, removed: [], added: [] }
      hunks.push(open)
    }
    if (change.removed) {
      open.removed = open.removed.concat(a.lines.slice(x, x + count))
      x += count
    } else {
      open.added = open.added.concat(b.lines.slice(y, y + count))
      y += count
    }
  }
  return hunks
}

const span = (start: number, count: number) =>
  count === 0 ? String(start) : count === 1 ? String(start + 1) : `${start + 1},${start + count}`
const tailNote = '\\ No newline at end of file\n'

function normal(a: Side, b: Side, hunks: readonly Hunk[]): string {
  return hunks
    .map(({ a: x, b: y, removed, added }) => {
      const letter = removed.length === 0 ? 'a' : added.length === 0 ? 'd' : 'c'
      const left = removed.map((line, i) => `< ${line}\n${!a.newline && x + i === a.lines.length - 1 ? tailNote : ''}`).join('')
      const right = added.map((line, i) => `> ${line}\n${!b.newline && y + i === b.lines.length - 1 ? tailNote : ''}`).join('')
      return `${span(x, removed.length)}${letter}${span(y, added.length)}\n${left}${letter === 'c' ? '---\n' : ''}${right}`
    })
    .join('')
}

function unified(a: Side, b: Side, hunks: readonly Hunk[], context: number): string {
  const stamp = (s: Side) => `${s.name}\t${strftime('%F %T.%N %z', s.mtimeMs)}`
  let out = `--- ${stamp(a)}\n+++ ${stamp(b)}\n`
  for (let i = 0; i < hunks.length; ) {
    const group = [hunks[i++]!]
    while (i < hunks.length && hunks[i]!.a - (group[group.length - 1]!.a + group[group.length - 1]!.removed.length) <= context * 2)
      group.push(hunks[i++]!)
    const first = group[0]!
    const last = group[group.length - 1]!
    const from = Math.max(0, first.a - context)
    const to = Math.min(a.lines.length, last.a + last.removed.length + context)
    const bFrom = first.b - (first.a - from)
    const bTo = last.b + last.added.length + (to - last.a - last.removed.length)
    const range = (start: number, count: number) => (count === 1 ? String(start + 1) : `${count === 0 ? start : start + 1},${count}`)
    out += `@@ -${range(from, to - from)} +${range(bFrom, bTo - bFrom)} @@\n`
    let x = from
    const noteA = (at: number) => (!a.newline && at === a.lines.length - 1 ? tailNote : '')
    const noteB = (at: number) => (!b.newline && at === b.lines.length - 1 ? tailNote : '')
    for (const hunk of group) {
      for (; x < hunk.a; x++) out += ` ${a.lines[x]}\n${noteA(x)}`
      for (const line of hunk.removed) out += `-${line}\n${noteA(x++)}`
      hunk.added.forEach((line, k) => {
        out += `+${line}\n${noteB(hunk.b + k)}`
      })
    }
    for (; x < to; x++) out += ` ${a.lines[x]}\n${noteA(x)}`
  }
  return out
}

export const diff: Tool = {
  names: ['diff'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'uU:qwbiBrNs', {
      unified: 'u',
      brief: 'q',
      'ignore-case': 'i',
      'ignore-all-space': 'w',
      'ignore-space-change': 'b',
      color: 'K',
    })
    if (error !== undefined) return { exitCode: 2, stderr: error }
    if (words.length !== 2)
      return { exitCode: 2, stderr: `diff: missing operand after '${words[0] ?? 'diff'}'\ndiff: Try 'diff --help' for more information.\n` }
    let sides: Side[]
    try {
      sides = words.map((name) => side(ctx, name))
    } catch (error2) {
      if (error2 instanceof FileError)
        return { exitCode: 2, stderr: `diff: ${words.find((name) => ctx.path(name) === error2.path) ?? error2.path}: ${error2.message}\n` }
      throw error2
    }
    const [a, b] = sides as [Side, Side]
    const key = (line: string) => {
      let text = given.has('w') ? line.replace(/\s+/g, '') : given.has('b') ? line.replace(/\s+/g, ' ').trimEnd() : line
      if (given.has('i')) text = text.toLowerCase()
      return text
    }
    const hunks = hunksOf(a, b, key)
    const edits = hunks.reduce((sum, { removed, added }) => sum + removed.length + added.length, 0)
    ctx.charge?.((Math.min(edits, MOST_EDITS) ** 2) >> 4)
    if (hunks.length === 0) return { stdout: given.has('s') ? `Files ${a.name} and ${b.name} are identical\n` : '' }
    if (given.has('q')) return { exitCode: 1, stdout: `Files ${a.name} and ${b.name} differ\n` }
    const wide = given.has('u') || given.has('U')
    return { exitCode: 1, stdout: wide ? unified(a, b, hunks, Number(given.get('U') ?? 3)) : normal(a, b, hunks) }
  },
}
