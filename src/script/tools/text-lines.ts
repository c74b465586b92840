/** sort, uniq, wc, tail: tools on whole lines, as GNU coreutils in the C locale. */

import { byteLength, bytesFromText, compareBytes, textFromBytes } from '../bytes.ts'
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

function compareBy(flags: string): (a: string, b: string) => number {
  const clean = (text: string) => {
    let out = /b/.test(flags) ? text.replace(/^[ \t]+/, '') : text
    if (/d/.test(flags)) out = out.replace(/[^A-Za-z0-9 \t]/g, '')
    return /f/.test(flags) ? out.toUpperCase() : out
  }
  if (/[ng]/.test(flags)) return (a, b) => numberOf(a) - numberOf(b)
  if (/h/.test(flags))
    return (a, b) => {
      const [x, m] = humanOf(a)
      const [y, n] = humanOf(b)
      return m < 0 !== n < 0 ? m - n : x - y || m - n
    }
  if (/V/.test(flags)) return (a, b) => compareVersions(clean(a), clean(b))
  if (/M/.test(flags))
    return (a, b) => monthNames.indexOf(a.trim().slice(0, 3).toUpperCase()) - monthNames.indexOf(b.trim().slice(0, 3).toUpperCase())
  return (a, b) => compareBytes(clean(a), clean(b))
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
    const comparers = keys.map((key) => ({ key, order: compareBy(key.flags), sign: key.flags.includes('r') ? -1 : 1 }))
    const byKeys = (a: string, b: string) => {
      for (const { key, order, sign } of comparers) {
        const found = whole ? order(a, b) : order(keyText(a, key, separator), keyText(b, key, separator))
        if (found !== 0) return found * sign
      }
      return 0
    }
    const total = (a: string, b: string) =>
      byKeys(a, b) || (given.has('s') || given.has('u') ? 0 : compareBytes(a, b) * (globals.includes('r') ? -1 : 1))
    const { inputs, errors } = readInputs(ctx, words, 'sort')
    if (errors !== '') return { exitCode: 2, stderr: errors.replace(/^sort: (.*?): /gm, 'sort: cannot read: $1: ') }
    let lines = inputs.flatMap(({ text }) => linesOf(text))
    if (given.has('c') || given.has('C')) {
      const wrong = lines.findIndex((line, i) => i > 0 && total(lines[i - 1]!, line) > 0)
      return wrong < 0
        ? {}
        : { exitCode: 1, stderr: given.has('C') ? '' : `sort: ${words[0] ?? '-'}:${wrong + 1}: disorder: ${lines[wrong]}\n` }
    }
    lines.sort(total)
    if (given.has('u')) lines = lines.filter((line, i) => i === 0 || byKeys(lines[i - 1]!, line) !== 0)
    const output = given.get('o')
    if (output === undefined) return { stdout: joinLines(lines) }
    ctx.files.write(ctx.path(output), joinLines(lines))
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
    for (const line of linesOf(inputs[0]?.text ?? '')) {
      const last = groups[groups.length - 1]
      if (last !== undefined && key(last.line) === key(line)) last.count++
      else groups.push({ line, count: 1 })
    }
    const kept = groups.filter(({ count }) => (!given.has('d') || count > 1) && (!given.has('u') || count === 1))
    const stdout = joinLines(kept.map(({ line, count }) => (given.has('c') ? `${String(count).padStart(7)} ${line}` : line)))
    if (words[1] === undefined) return { exitCode: errors === '' ? 0 : 1, stdout, stderr: errors }
    ctx.files.write(ctx.path(words[1]), stdout)
    return {}
  },
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
    const counts = inputs.map(({ name, text }) => {
      const of: Record<string, number> = {
        l: text.split('\n').length - 1,
        w: (text.match(/[^ \t\n\v\f\r]+/g) ?? []).length,
        c: byteLength(text),
        m: [...text].length,
        L: Math.max(0, ...linesOf(text).map((line) => line.length)),
      }
      return { name, numbers: letters.map((letter) => of[letter]!) }
    })
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
