/** sort, uniq, wc, tail: tools on whole lines, as GNU coreutils in the C locale. */

import { byteLength, bytesFromText, compareBytes, lengthOf, textFromBytes } from '../bytes.ts'
import type { Json, Tool, ToolContext, ToolResult, ToolStep } from '../contract.ts'
import { FileError } from '../files.ts'
import { joinLines, linesOf, readInputs } from './files-in.ts'
import { parseOptions } from './options.ts'

interface Key {
  from: number
  fromChar: number
  to: number
  toChar: number
  flags: string
}

function parseKey(text: string): Key | undefined {
  const match = /^(\d+)(?:\.(\d+))?([bdfghinMrRV]*)(?:,(\d+)(?:\.(\d+))?([bdfghinMrRV]*))?$/.exec(text)
  if (match === null) return undefined
  return {
    from: Number(match[1]),
    fromChar: Number(match[2] ?? 1),
    to: Number(match[4] ?? Number.POSITIVE_INFINITY),
    toChar: Number(match[5] ?? 0),
    flags: (match[3] ?? '') + (match[6] ?? ''),
  }
}

function fieldsOf(line: string, separator: string | undefined): string[] {
  if (separator !== undefined) return line.split(separator)
  return line.match(/[ \t]*[^ \t]+/g) ?? [line]
}

function keyText(line: string, key: Key, separator: string | undefined): string {
  const fields = fieldsOf(line, separator)
  const part = fields.slice(key.from - 1, key.to === Number.POSITIVE_INFINITY ? undefined : key.to)
  if (part.length === 0) return ''
  const last = part.length - 1
  if (key.toChar > 0 && key.to - key.from === last) part[last] = part[last]!.slice(0, key.toChar)
  part[0] = part[0]!.slice(key.fromChar - 1)
  return part.join(separator ?? '')
}

const numberOf = (text: string) => Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] || 0) || 0
const suffixes = 'KMGTPEZY'

function humanOf(text: string): [number, number] {
  const match = /^\s*(-?\d+\.?\d*)([kKMGTPEZY]?)/.exec(text)
  if (match === null) return [0, 0]
  return [suffixes.indexOf((match[2] ?? '').toUpperCase()) + (match[2] ? 1 : 0), Number(match[1])]
}

/** Order of versions: digit runs by value, the rest by bytes. */
export function compareVersions(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? []
  const right = b.match(/\d+|\D+/g) ?? []
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const digits = /^\d/.test(left[i]!) && /^\d/.test(right[i]!)
    const order = digits ? Number(left[i]) - Number(right[i]) : compareBytes(left[i]!, right[i]!)
    if (order !== 0) return order
  }
  return left.length - right.length || compareBytes(a, b)
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']

/** How a key is read from its text, once a line, and how two are ordered. */
interface Order<T = unknown> {
  read(text: string): T
  compare(a: T, b: T): number
}

const order = <T>(read: (text: string) => T, compare: (a: T, b: T) => number): Order => ({ read, compare }) as Order

function orderBy(flags: string): Order {
  const clean = (text: string) => {
    let out = /b/.test(flags) ? text.replace(/^[ \t]+/, '') : text
    if (/d/.test(flags)) out = out.replace(/[^A-Za-z0-9 \t]/g, '')
    return /f/.test(flags) ? out.toUpperCase() : out
  }
  if (/[ng]/.test(flags)) return order(numberOf, (a, b) => a - b)
  if (/h/.test(flags)) return order(humanOf, ([x, m], [y, n]) => (m < 0 !== n < 0 ? m - n : x - y || m - n))
  if (/V/.test(flags)) return order(clean, compareVersions)
  if (/M/.test(flags))
    return order(
      (text) => monthNames.indexOf(text.trim().slice(0, 3).toUpperCase()),
      (a, b) => a - b,
    )
  return order(clean, compareBytes)
}

/** A line with its keys. */
interface Marked {
  readonly line: string
  readonly marks: readonly unknown[]
}

export const sort: Tool = {
  names: ['sort'],
  run(ctx): ToolResult {
    const { given, list, words, error } = parseOptions(ctx.argv, 'nrusbfdghVMiRck:t:o:zmCS:T:', {
      'numeric-sort': 'n',
      reverse: 'r',
      unique: 'u',
      key: 'k=',
      'field-separator': 't=',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      output: 'o=',
      stable: 's',
      'ignore-case': 'f',
      'ignore-leading-blanks': 'b',
      check: 'c',
      'general-numeric-sort': 'g',
    })
    if (error !== undefined) return { exitCode: 2, stderr: error }
    const separator = given.get('t') === '\\t' ? '\t' : given.get('t')
    if (given.has('R')) return { exitCode: 2, stderr: 'sort: -R: random order is not simulated\n' }
    const globals = list
      .filter(([name]) => 'nrbfdghVMi'.includes(name) && name.length === 1)
      .map(([name]) => name)
      .join('')
    const keys: Key[] = []
    for (const [name, value] of list) {
      if (name !== 'k') continue
      const key = parseKey(value)
      if (key === undefined) return { exitCode: 2, stderr: `sort: invalid number at field start: invalid count at start of ‘${value}’\n` }
      keys.push(key.flags === '' ? { ...key, flags: globals } : key)
    }
    if (keys.length === 0) keys.push({ from: 1, fromChar: 1, to: Number.POSITIVE_INFINITY, toChar: 0, flags: globals })
    const whole = !given.has('k')
    const readers = keys.map((key) => ({ key, order: orderBy(key.flags), sign: key.flags.includes('r') ? -1 : 1 }))
    const marked = (line: string): Marked => ({
      line,
      marks: readers.map(({ key, order }) => order.read(whole ? line : keyText(line, key, separator))),
    })
    const byKeys = (a: Marked, b: Marked) => {
      for (let i = 0; i < readers.length; i++) {
        const found = readers[i]!.order.compare(a.marks[i], b.marks[i])
        if (found !== 0) return found * readers[i]!.sign
      }
      return 0
    }
    const total = (a: Marked, b: Marked) =>
      byKeys(a, b) || (given.has('s') || given.has('u') ? 0 : compareBytes(a.line, b.line) * (globals.includes('r') ? -1 : 1))
    const { inputs, errors } = readInputs(ctx, words, 'sort')
    if (errors !== '') return { exitCode: 2, stderr: errors.replace(/^sort: (.*?): /gm, 'sort: cannot read: $1: ') }
    let lines = inputs.flatMap(({ text }) => linesOf(text)).map(marked)
    ctx.charge?.((lines.length * Math.log2(lines.length + 1)) >> 4)
    if (given.has('c') || given.has('C')) {
      const wrong = lines.findIndex((line, i) => i > 0 && total(lines[i - 1]!, line) > 0)
      return wrong < 0
        ? {}
        : { exitCode: 1, stderr: given.has('C') ? '' : `sort: ${words[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong]!.line}\n` }
    }
    lines.sort(total)
    if (given.has('u')) lines = lines.filter((line, i) => i === 0 || byKeys(lines[i - 1]!, line) !== 0)
    const output = given.get('o')
    const sorted = joinLines(lines.map(({ line }) => line))
    if (output === undefined) return { stdout: sorted }
    ctx.files.write(ctx.path(output), sorted)
    return {}
  },
}

export const uniq: Tool = {
  names: ['uniq'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'cduif:s:w:', {
      count: 'c',
      repeated: 'd',
      unique: 'u',
      'ignore-case': 'i',
      'skip-fields': 'f=',
      'skip-chars': 's=',
    })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const { inputs, errors } = readInputs(ctx, words.slice(0, 1))
    const key = (line: string) => {
      let text = line
      for (let n = Number(given.get('f') ?? 0); n > 0; n--) text = text.replace(/^[ \t]*[^ \t]*/, '')
      text = text.slice(Number(given.get('s') ?? 0), given.has('w') ? Number(given.get('s') ?? 0) + Number(given.get('w')) : undefined)
      return given.has('i') ? text.toLowerCase() : text
    }
    const groups: { line: string; count: number }[] = []
    let before: string | undefined
    ctx.charge?.((inputs[0]?.text.length ?? 0) >> 5)
    for (const line of linesOf(inputs[0]?.text ?? '')) {
      const mark = key(line)
      if (mark === before) groups[groups.length - 1]!.count++
      else groups.push({ line, count: 1 })
      before = mark
    }
    const kept = groups.filter(({ count }) => (!given.has('d') || count > 1) && (!given.has('u') || count === 1))
    const stdout = joinLines(kept.map(({ line, count }) => (given.has('c') ? `${String(count).padStart(7)} ${line}` : line)))
    if (words[1] === undefined) return { exitCode: errors === '' ? 0 : 1, stdout, stderr: errors }
    ctx.files.write(ctx.path(words[1]), stdout)
    return {}
  },
}

const counted: Readonly<Record<string, (text: string) => number>> = {
  l: (text) => {
    let lines = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
    return lines
  },
  w: (text) => (text.match(/[^ \t\n\v\f\r]+/g) ?? []).length,
  c: byteLength,
  m: lengthOf,
  L: (text) => linesOf(text).reduce((most, line) => Math.max(most, line.length), 0),
}

export const wc: Tool = {
  names: ['wc'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'lwcmL', {
      lines: 'l',
      words: 'w',
      bytes: 'c',
      chars: 'm',
      'max-line-length': 'L',
    })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const { inputs, errors } = readInputs(ctx, words)
    const wanted = ['l', 'w', 'm', 'c', 'L'].filter((letter) => given.has(letter))
    const letters = wanted.length === 0 ? ['l', 'w', 'c'] : wanted
    const counts = inputs.map(({ name, text }) => ({ name, numbers: letters.map((letter) => counted[letter]!(text)) }))
    if (counts.length > 1)
      counts.push({ name: 'total', numbers: letters.map((_, i) => counts.reduce((sum, { numbers }) => sum + numbers[i]!, 0)) })
    const single = letters.length === 1 && counts.length === 1
    const widest = Math.max(...counts.flatMap(({ numbers }) => numbers.map((n) => String(n).length)), 1)
    const width = single
      ? 1
      : words.length === 0 || words.includes('-')
        ? 7
        : Math.max(widest, String(inputs.reduce((sum, { text }) => sum + byteLength(text), 0)).length)
    const rows = counts.map(
      ({ name, numbers }) => numbers.map((n) => String(n).padStart(width)).join(' ') + (words.length === 0 ? '' : ` ${name}`),
    )
    return { exitCode: errors === '' ? 0 : 1, stdout: joinLines(rows), stderr: errors }
  },
}

function tailOf(text: string, value: string, bytes: boolean): string {
  const count = Number(value.replace(/^[-+]/, '')) * (/k$/i.test(value) ? 1024 : 1) || 0
  if (bytes) {
    const all = bytesFromText(text)
    return textFromBytes(value.startsWith('+') ? all.slice(Math.max(0, count - 1)) : count === 0 ? new Uint8Array() : all.slice(-count))
  }
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return (value.startsWith('+') ? lines.slice(Math.max(0, count - 1)) : count === 0 ? [] : lines.slice(-count)).join('')
}

interface TailState {
  sizes: Record<string, number>
  last: string
}

function parseTail(ctx: ToolContext) {
  const argv = ctx.argv.map((word, i) =>
    i > 0 && !/^-[ncqs]+$/.test(ctx.argv[i - 1]!) && /^[-+]\d+$/.test(word) ? `-n${word.replace(/^-/, '')}` : word,
  )
  return parseOptions(argv, 'n:c:fFqvs:', {
    lines: 'n=',
    bytes: 'c=',
    follow: 'f',
    quiet: 'q',
    silent: 'q',
    verbose: 'v',
    pid: 'p=',
    retry: 'y',
  })
}

export const tail: Tool = {
  names: ['tail'],
  start(ctx): ToolStep {
    const { given, words, error } = parseTail(ctx)
    if (error !== undefined) return { done: true, exitCode: 1, stderr: error }
    const value = given.get('c') ?? given.get('n') ?? '10'
    if (!/^[-+]?\d+[kKmM]?$/.test(value))
      return { done: true, exitCode: 1, stderr: `tail: invalid number of ${given.has('c') ? 'bytes' : 'lines'}: ‘${value}’\n` }
    const { inputs, errors } = readInputs(ctx, words, 'tail')
    const titled = given.has('v') || (words.length > 1 && !given.has('q'))
    const stdout = inputs
      .map(
        ({ name, text }, i) =>
          `${titled ? `${i > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n` : ''}${tailOf(text, value, given.has('c'))}`,
      )
      .join('')
    const stderr = errors.replace(/^tail: (?!can't)(.*?): /gm, "tail: cannot open '$1' for reading: ")
    const follows = (given.has('f') || given.has('F')) && inputs.some(({ name }) => name !== '-')
    if (!follows) return { done: true, exitCode: errors === '' ? 0 : 1, stdout, stderr }
    const state: TailState = {
      sizes: Object.fromEntries(inputs.filter(({ name }) => name !== '-').map(({ name, text }) => [name, text.length])),
      last: inputs[inputs.length - 1]!.name,
    }
    return { done: false, stdout, stderr, state: state as unknown as Json, want: { kind: 'sleep', untilMs: ctx.now() + 1000 } }
  },
  resume(json, _event, ctx): ToolStep {
    const state = structuredCopy(json as unknown as TailState)
    const many = Object.keys(state.sizes).length > 1
    let stdout = ''
    for (const name of Object.keys(state.sizes)) {
      const text = readOrNothing(ctx, name)
      const from = text.length < state.sizes[name]! ? 0 : state.sizes[name]!
      if (text.length > from) {
        if (many && state.last !== name) stdout += `\n==> ${name} <==\n`
        state.last = name
        stdout += text.slice(from)
      }
      state.sizes[name] = text.length
    }
    return { done: false, stdout, state: state as unknown as Json, want: { kind: 'sleep', untilMs: ctx.now() + 1000 } }
  },
}

const structuredCopy = (state: TailState): TailState => ({ sizes: { ...state.sizes }, last: state.last })

function readOrNothing(ctx: ToolContext, name: string): string {
  try {
    return ctx.files.read(ctx.path(name))
  } catch (error) {
    if (error instanceof FileError) return ''
    throw error
  }
}
