/** cut, tr, rev, tac, nl, paste, column, fold, expand: tools that rearrange lines and characters, as GNU coreutils and util-linux do. */

import { bytesFromText, lengthOf, textFromBytes } from '../bytes.ts'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { unescapeText } from '../format.ts'
import { completeLines, joinLines, linesOf, readInputs } from './files-in.ts'
import { parseOptions } from './options.ts'

/** What a tool would write beyond that it cannot hold. */
const MOST_OUTPUT = 16_000_000

/** What taking lines apart and putting them together takes beyond moving them. */
const linesHandled = (ctx: ToolContext, lines: readonly string[]): void => ctx.charge?.(lines.length >> 1)

/** Ranges of `cut`: `1,3-5,7-` as a test on a position from 1. */
function ranges(text: string): ((n: number) => boolean) | undefined {
  const parts = text.split(/[, ]/).map((part) => /^(\d*)(-?)(\d*)$/.exec(part))
  if (parts.some((part) => part === null || (part[1] === '' && part[3] === '') || part[1] === '0')) return undefined
  const spans = parts.map((part) => ({
    from: Number(part![1] || 1),
    to: part![2] === '' ? Number(part![1]) : Number(part![3] || Number.POSITIVE_INFINITY),
  }))
  return (n) => spans.some(({ from, to }) => n >= from && n <= to)
}

function cutLine(line: string, given: ReadonlyMap<string, string>, wanted: (n: number) => boolean): string | undefined {
  const keep = (n: number) => wanted(n) !== given.has('complement')
  if (given.has('b')) return textFromBytes(bytesFromText(line).filter((_, i) => keep(i + 1)))
  if (given.has('c')) return [...line].filter((_, i) => keep(i + 1)).join('')
  const delimiter = given.get('d') ?? '\t'
  if (!line.includes(delimiter)) return given.has('s') ? undefined : line
  return line
    .split(delimiter)
    .filter((_, i) => keep(i + 1))
    .join(given.get('output-delimiter') ?? delimiter)
}

export const cut: Tool = {
  names: ['cut'],
  worksOn: (_ctx, text) => completeLines(text),
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'd:f:c:b:sn', {
      fields: 'f=',
      delimiter: 'd=',
      characters: 'c=',
      bytes: 'b=',
      complement: 'complement',
      'output-delimiter': 'output-delimiter=',
      'only-delimited': 's',
    })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const list = given.get('f') ?? given.get('c') ?? given.get('b')
    if (list === undefined)
      return {
        exitCode: 1,
        stderr: "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n",
      }
    if ((given.get('d') ?? ' ').length > 1)
      return { exitCode: 1, stderr: "cut: the delimiter must be a single character\nTry 'cut --help' for more information.\n" }
    const wanted = ranges(list)
    if (wanted === undefined) return { exitCode: 1, stderr: `cut: invalid field value '${list}'\nTry 'cut --help' for more information.\n` }
    const { inputs, errors } = readInputs(ctx, words)
    const all = inputs.flatMap(({ text }) => linesOf(text))
    linesHandled(ctx, all)
    const lines = all.flatMap((line) => cutLine(line, given, wanted) ?? [])
    return { exitCode: errors === '' ? 0 : 1, stdout: joinLines(lines), stderr: errors }
  },
}

const classes: Record<string, RegExp> = {
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
}

function characterSet(text: string): string[] {
  const source = text.replace(/\[:(\w+):\]/g, (whole, name: string) => {
    const test = classes[name]
    if (test === undefined) return whole
    return Array.from({ length: 128 }, (_, i) => String.fromCharCode(i))
      .filter((char) => test.test(char))
      .map((char) => (char === '\\' || char === '-' ? `\\${char}` : char))
      .join('')
  })
  const out: string[] = []
  const chars: { char: string; literal: boolean }[] = []
  for (let i = 0; i < source.length; i++) {
    if (source[i] === '\\' && i + 1 < source.length) {
      const octal = /^[0-7]{1,3}/.exec(source.slice(i + 1))
      const raw = octal === null ? source[i + 1]! : octal[0]
      chars.push({
        char: octal === null ? unescapeText(`\\${raw}`, false).text.replace(/^\\(.)$/, '$1') : String.fromCharCode(Number.parseInt(raw, 8)),
        literal: true,
      })
      i += raw.length
    } else chars.push({ char: source[i]!, literal: false })
  }
  for (let i = 0; i < chars.length; i++) {
    const to = chars[i + 2]
    if (chars[i + 1]?.char === '-' && !chars[i + 1]!.literal && to !== undefined) {
      for (let code = chars[i]!.char.charCodeAt(0); code <= to.char.charCodeAt(0); code++) out.push(String.fromCharCode(code))
      i += 2
    } else out.push(chars[i]!.char)
  }
  return out
}

export const tr: Tool = {
  names: ['tr'],
  worksOn: (_ctx, text) => completeLines(text),
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(
      ctx.argv,
      'cCdst',
      { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' },
      true,
    )
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (words.length === 0) return { exitCode: 1, stderr: "tr: missing operand\nTry 'tr --help' for more information.\n" }
    if (words.length === 1 && !given.has('d') && !given.has('s'))
      return {
        exitCode: 1,
        stderr: `tr: missing operand after ‘${words[0]}’\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n`,
      }
    const first = characterSet(words[0]!)
    const second = words[1] === undefined ? [] : characterSet(words[1])
    const set = new Set(first)
    const complement = given.has('c') || given.has('C')
    const within = (char: string) => set.has(char) !== complement
    const map = new Map(first.map((char, i) => [char, second[Math.min(i, second.length - 1)] ?? char]))
    const squeezed = new Set(words.length > 1 ? second : first)
    const squeezes = (char: string) => (words.length > 1 ? squeezed.has(char) : within(char))
    let out = ''
    let last = ''
    for (const char of ctx.stdin()) {
      let next = char
      if (given.has('d')) {
        if (within(char)) continue
      } else if (words.length > 1 && within(char)) next = complement ? (second[second.length - 1] ?? char) : map.get(char)!
      if (given.has('s') && next === last && squeezes(next)) continue
      out += next
      last = next
    }
    return { stdout: out }
  },
}

function mapLines(names: readonly string[], change: (lines: string[], ctx: ToolContext) => string[], spec = ''): Tool {
  return {
    names,
    run(ctx): ToolResult {
      const { words, error } = parseOptions(ctx.argv, spec)
      if (error !== undefined) return { exitCode: 1, stderr: error }
      const { inputs, errors } = readInputs(ctx, words)
      const lines = inputs.flatMap(({ text }) => linesOf(text))
      linesHandled(ctx, lines)
      return { exitCode: errors === '' ? 0 : 1, stdout: joinLines(change(lines, ctx)), stderr: errors }
    },
  }
}

export const rev = mapLines(['rev'], (lines) => lines.map((line) => [...line].reverse().join('')))
export const tac = mapLines(['tac'], (lines) => lines.reverse())
export const nl = mapLines(
  ['nl'],
  (lines, ctx) => {
    const { given } = parseOptions(ctx.argv, 'b:w:s:v:')
    let n = Number(given.get('v') ?? 1) - 1
    const width = Number(given.get('w') ?? 6)
    if (!(width * lines.length < MOST_OUTPUT)) throw new RangeError('lines too wide')
    return lines.map((line) =>
      line === '' && given.get('b') !== 'a' ? ' '.repeat(width + 1) : `${String(++n).padStart(width)}${given.get('s') ?? '\t'}${line}`,
    )
  },
  'b:w:s:v:',
)

export const paste: Tool = {
  names: ['paste'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'd:s', { delimiters: 'd=', serial: 's' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const { inputs, errors } = readInputs(ctx, words)
    const delimiters = [...unescapeText((given.get('d') ?? '\t').replace(/\\0/g, '\0'), false).text]
    const joinWith = (items: readonly string[]) =>
      items.map((item, i) => (i === 0 ? item : (delimiters[(i - 1) % delimiters.length] ?? '').replace('\0', '') + item)).join('')
    const all = inputs.map(({ text }) => linesOf(text))
    for (const lines of all) linesHandled(ctx, lines)
    const columns = words.filter((word) => word === '-').length > 1 ? dealt(all, words) : all
    const rows = given.has('s')
      ? columns.map(joinWith)
      : Array.from({ length: Math.max(0, ...columns.map((lines) => lines.length)) }, (_, i) =>
          joinWith(columns.map((lines) => lines[i] ?? '')),
        )
    return { exitCode: errors === '' ? 0 : 1, stdout: joinLines(rows), stderr: errors }
  },
}

/** `paste - -` deals the lines of stdin out in turn. */
function dealt(all: string[][], words: readonly string[]): string[][] {
  const lines = all[words.indexOf('-')] ?? []
  const shares = words.filter((word) => word === '-').length
  let share = 0
  return words.map((word, i) => {
    if (word !== '-') return all[i] ?? []
    const mine = share++
    return lines.filter((_, at) => at % shares === mine)
  })
}

export const column: Tool = {
  names: ['column'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'ts:o:nx', { table: 't', separator: 's=', 'output-separator': 'o=' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const { inputs, errors } = readInputs(ctx, words)
    const lines = inputs.flatMap(({ text }) => linesOf(text)).filter((line) => line.trim() !== '')
    if (!given.has('t')) return { exitCode: errors === '' ? 0 : 1, stdout: joinLines(lines), stderr: errors }
    linesHandled(ctx, lines)
    const separator = given.get('s')
    const rows = lines.map((line) =>
      separator === undefined ? line.trim().split(/[ \t]+/) : line.split(new RegExp(`[${separator.replace(/[\\\]^-]/g, '\\$&')}]`)),
    )
    const widths: number[] = []
    for (const row of rows)
      row.forEach((cell, i) => {
        widths[i] = Math.max(widths[i] ?? 0, lengthOf(cell))
      })
    const gap = given.get('o') ?? '  '
    if (rows.length * widths.reduce((sum, width) => sum + width + gap.length, 0) > MOST_OUTPUT)
      return { exitCode: 1, stderr: 'column: Cannot allocate memory\n' }
    return {
      exitCode: errors === '' ? 0 : 1,
      stdout: joinLines(
        rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat(widths[i]! - lengthOf(cell)))).join(gap)),
      ),
      stderr: errors,
    }
  },
}
