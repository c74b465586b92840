/** seq, yes, date, base64, checksums, expr, hostname, uname, printenv, tty-less odds and ends: GNU coreutils. */
import { createHash } from 'node:crypto'
import { base64FromBytes, bytesFromBase64, bytesFromText, textFromBytes } from '../bytes.ts'
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { daysFromCivil, formatPrintf, strftime } from '../format.ts'
import { PatternError, posixPattern } from '../posix-regex.ts'
import { readInputs } from './files-in.ts'
import { parseOptions } from './options.ts'

export const seq: Tool = {
  names: ['seq'],
  run(ctx): ToolResult {
    let separator = '\n'
    let format: string | undefined
    let equal = false
    const numbers: string[] = []
    for (let i = 1; i < ctx.argv.length; i++) {
      const word = ctx.argv[i]!
      if (word === '-s') separator = ctx.argv[++i] ?? '\n'
      else if (/^-s./.test(word)) separator = word.slice(2)
      else if (word === '-f') format = ctx.argv[++i]
      else if (word === '-w') equal = true
      else numbers.push(word)
    }
    const bad = numbers.find((word) => !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/.test(word))
    if (bad !== undefined)
      return { exitCode: 1, stderr: `seq: invalid floating point argument: ‘${bad}’\nTry 'seq --help' for more information.\n` }
    if (numbers.length === 0) return { exitCode: 1, stderr: "seq: missing operand\nTry 'seq --help' for more information.\n" }
    const [first, step, last] =
      numbers.length === 1
        ? ['1', '1', numbers[0]!]
        : numbers.length === 2
          ? [numbers[0]!, '1', numbers[1]!]
          : (numbers as [string, string, string])
    const digits = Math.max(...[first, step].map((word) => word.split('.')[1]?.length ?? 0))
    const by = Number(step)
    if (by === 0) return { exitCode: 1, stderr: `seq: invalid Zero increment value: ‘${step}’\n` }
    const count = Math.floor((Number(last) - Number(first)) / by + 1e-10) + 1
    if (count > 1_000_000) return { exitCode: 1, stderr: 'seq: more than 1000000 numbers are not simulated\n' }
    const items = Array.from({ length: Math.max(0, count) }, (_, i) => (Number(first) + i * by).toFixed(digits))
    const width = equal ? Math.max(0, ...items.map((item) => item.length)) : 0
    const shown = items.map((item) =>
      format === undefined
        ? item.startsWith('-')
          ? `-${item.slice(1).padStart(width - 1, '0')}`
          : item.padStart(width, '0')
        : formatPrintf(format, [item]).text,
    )
    return { stdout: shown.length === 0 ? '' : `${shown.join(separator)}\n` }
  },
}

export const yes: Tool = {
  names: ['yes'],
  start(ctx) {
    const line = `${ctx.argv.slice(1).join(' ') || 'y'}\n`
    return { done: false, stdout: line.repeat(Math.max(1, Math.floor(4096 / line.length))), state: null, want: { kind: 'room' } }
  },
  resume(_state, _event, ctx) {
    return yes.start!(ctx)
  },
}

/** Milliseconds of a date text: `@N`, ISO, `now`, `N units ago`, `+N units`, `tomorrow`; undefined when it is none. */
export function parseDate(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim()
  const units: Record<string, number> = { sec: 1e3, second: 1e3, min: 6e4, minute: 6e4, hour: 36e5, day: 864e5, week: 6048e5 }
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(trimmed)
  if (epoch !== null) return Number(epoch[1]) * 1000
  if (trimmed === '' || trimmed === 'now') return nowMs
  if (trimmed === 'today') return nowMs
  if (trimmed === 'tomorrow') return nowMs + 864e5
  if (trimmed === 'yesterday') return nowMs - 864e5
  const relative = /^([-+]?\d+)\s*(sec|second|min|minute|hour|day|week)s?(\s+ago)?$/.exec(trimmed)
  if (relative !== null) return nowMs + Number(relative[1]) * units[relative[2]!]! * (relative[3] === undefined ? 1 : -1)
  const iso = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d)(\.\d+)?)?)?\s*(Z|UTC|[-+]\d\d:?\d\d)?$/.exec(trimmed)
  if (iso === null) return undefined
  const zone = /^([-+])(\d\d):?(\d\d)$/.exec(iso[8] ?? '')
  const offset = zone === null ? 0 : (zone[1] === '-' ? 1 : -1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000
  return (
    daysFromCivil(Number(iso[1]), Number(iso[2]), Number(iso[3])) * 864e5 +
    Number(iso[4] ?? 0) * 36e5 +
    Number(iso[5] ?? 0) * 6e4 +
    Number(iso[6] ?? 0) * 1e3 +
    Number(iso[7] ?? 0) * 1000 +
    offset
  )
}

export const date: Tool = {
  names: ['date'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'ud:r:RI', {
      utc: 'u',
      universal: 'u',
      date: 'd=',
      reference: 'r=',
      'iso-8601': 'I',
      'rfc-email': 'R',
    })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const ms = given.has('d')
      ? parseDate(given.get('d')!, ctx.now())
      : given.has('r')
        ? ctx.files.stat(ctx.path(given.get('r')!))?.mtimeMs
        : ctx.now()
    if (ms === undefined)
      return {
        exitCode: 1,
        stderr: given.has('d') ? `date: invalid date ‘${given.get('d')}’\n` : `date: ${given.get('r')}: No such file or directory\n`,
      }
    const format = words.find((word) => word.startsWith('+'))
    const iso: Record<string, string> = {
      '': '%F',
      date: '%F',
      hours: '%FT%H+00:00',
      minutes: '%FT%H:%M+00:00',
      seconds: '%FT%H:%M:%S+00:00',
    }
    const chosen =
      format !== undefined
        ? format.slice(1)
        : given.has('I')
          ? (iso[given.get('I')!] ?? '%F')
          : given.has('R')
            ? '%a, %d %b %Y %H:%M:%S +0000'
            : '%a %b %e %H:%M:%S UTC %Y'
    return { stdout: `${strftime(chosen, ms)}\n` }
  },
}

export const base64: Tool = {
  names: ['base64'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'dDiw:', { decode: 'd', wrap: 'w=', 'ignore-garbage': 'i' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    const { inputs, errors } = readInputs(ctx, words.slice(0, 1))
    if (errors !== '') return { exitCode: 1, stderr: errors }
    const text = inputs[0]?.text ?? ''
    if (given.has('d') || given.has('D')) {
      const { bytes, ok } = bytesFromBase64(given.has('i') ? text.replace(/[^A-Za-z0-9+/=]/g, '') : text)
      return { exitCode: ok ? 0 : 1, stdout: textFromBytes(bytes), stderr: ok ? '' : 'base64: invalid input\n' }
    }
    const encoded = base64FromBytes(bytesFromText(text))
    const width = Number(given.get('w') ?? 76)
    if (width === 0) return { stdout: encoded }
    return { stdout: (encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).map((line) => `${line}\n`).join('') }
  },
}

function checksum(name: string, algorithm: string): Tool {
  return {
    names: [name],
    run(ctx): ToolResult {
      const { words, error } = parseOptions(ctx.argv, 'bt', { binary: 'b', text: 't' })
      if (error !== undefined) return { exitCode: 1, stderr: error.replace('invalid option', 'invalid or unsimulated option') }
      const { inputs, errors } = readInputs(ctx, words)
      return {
        exitCode: errors === '' ? 0 : 1,
        stdout: inputs
          .map(({ name: file, text }) => `${createHash(algorithm).update(bytesFromText(text)).digest('hex')}  ${file}\n`)
          .join(''),
        stderr: errors,
      }
    },
  }
}

export const md5sum = checksum('md5sum', 'md5')
export const sha1sum = checksum('sha1sum', 'sha1')
export const sha256sum = checksum('sha256sum', 'sha256')
export const sha512sum = checksum('sha512sum', 'sha512')

export const cksum: Tool = {
  names: ['cksum'],
  run(ctx): ToolResult {
    const { inputs, errors } = readInputs(ctx, ctx.argv.slice(1))
    const line = (text: string, name: string) => {
      const bytes = bytesFromText(text)
      const feed = [...bytes]
      for (let n = bytes.length; n > 0; n = Math.floor(n / 256)) feed.push(n & 255)
      let crc = 0
      for (const byte of feed) {
        crc ^= byte << 24
        for (let k = 0; k < 8; k++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
      }
      return `${~crc >>> 0} ${bytes.length}${name === '-' ? '' : ` ${name}`}\n`
    }
    return { exitCode: errors === '' ? 0 : 1, stdout: inputs.map(({ name, text }) => line(text, name)).join(''), stderr: errors }
  },
}

export const printenv: Tool = {
  names: ['printenv'],
  run(ctx): ToolResult {
    const names = ctx.argv.slice(1)
    if (names.length === 0)
      return {
        stdout: Object.keys(ctx.env)
          .map((name) => `${name}=${ctx.env[name]}\n`)
          .join(''),
      }
    const found = names.filter((name) => Object.hasOwn(ctx.env, name))
    return { exitCode: found.length === names.length ? 0 : 1, stdout: found.map((name) => `${ctx.env[name]}\n`).join('') }
  },
}

const hostOf = (ctx: ToolContext) => ctx.env.HOSTNAME ?? 'localhost'

export const hostname: Tool = {
  names: ['hostname'],
  run: (ctx) => ({
    stdout: ctx.argv[1] === '-i' || ctx.argv[1] === '-I' ? `${ctx.env.CLUSTERLAB_IP ?? '127.0.0.1'}\n` : `${hostOf(ctx)}\n`,
  }),
}
export const uname: Tool = {
  names: ['uname', 'arch'],
  run(ctx) {
    if (ctx.argv[0] === 'arch') return { stdout: 'x86_64\n' }
    const facts: Record<string, string> = {
      s: 'Linux',
      n: hostOf(ctx),
      r: '6.1.0-clusterlab',
      v: '#1 SMP PREEMPT_DYNAMIC',
      m: 'x86_64',
      o: 'GNU/Linux',
    }
    const letters = ctx.argv.slice(1).join('').replace(/-/g, '') || 's'
    return {
      stdout: `${(letters.includes('a') ? [...'snrvmo'] : [...'snrvmo'].filter((letter) => letters.includes(letter))).map((letter) => facts[letter]).join(' ')}\n`,
    }
  },
}

/** expr(1)'s grammar by precedence climbing. */
class Expr {
  private at = 0
  private readonly words: readonly string[]
  constructor(words: readonly string[]) {
    this.words = words
  }

  result(): string {
    const value = this.level(0)
    if (this.at < this.words.length) throw new PatternError(`syntax error: unexpected argument ‘${this.words[this.at]}’`)
    return value
  }

  private static readonly levels = [['|'], ['&'], ['<', '<=', '=', '==', '!=', '>=', '>'], ['+', '-'], ['*', '/', '%'], [':']]

  private level(n: number): string {
    const operators = Expr.levels[n]
    if (operators === undefined) return this.primary()
    let left = this.level(n + 1)
    while (this.at < this.words.length && operators.includes(this.words[this.at]!)) {
      const operator = this.words[this.at++]!
      left = apply(operator, left, this.level(n + 1))
    }
    return left
  }

  private primary(): string {
    const word = this.words[this.at++]
    if (word === undefined)
      throw new PatternError(
        this.words.length === 0 ? 'missing operand' : `syntax error: missing argument after ‘${this.words[this.words.length - 1]}’`,
      )
    if (word === '(') {
      const value = this.level(0)
      if (this.words[this.at++] !== ')') throw new PatternError('syntax error: expecting ‘)’')
      return value
    }
    if (word === 'length' && this.at < this.words.length) return String([...this.primary()].length)
    if (word === 'match') return apply(':', this.primary(), this.primary())
    if (word === 'substr') {
      const [text, from, length] = [this.primary(), Number(this.primary()), Number(this.primary())]
      return from < 1 || length < 1 ? '' : text.slice(from - 1, from - 1 + length)
    }
    if (word === 'index') {
      const [text, chars] = [this.primary(), this.primary()]
      return String([...text].findIndex((char) => chars.includes(char)) + 1)
    }
    return word
  }
}

function apply(operator: string, left: string, right: string): string {
  const isNull = (text: string) => text === '' || /^-?0+$/.test(text)
  const numeric = /^-?\d+$/.test(left) && /^-?\d+$/.test(right)
  if (operator === '|') return isNull(left) ? (isNull(right) ? '0' : right) : left
  if (operator === '&') return isNull(left) || isNull(right) ? '0' : left
  if (operator === ':') {
    const matcher = posixPattern(`^${right.replace(/^\^/, '')}`, false).matcher(left)
    const found = matcher.find()
    if (matcher.groupCount() > 0) return found ? (matcher.group(1) ?? '') : ''
    return String(found ? matcher.end() : 0)
  }
  if ('+-*/%'.includes(operator)) {
    if (!numeric) throw new PatternError('non-integer argument')
    if ((operator === '/' || operator === '%') && BigInt(right) === 0n) throw new PatternError('division by zero')
    const [a, b] = [BigInt(left), BigInt(right)]
    return String(operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b)
  }
  const order = numeric
    ? Number(BigInt(left) > BigInt(right)) - Number(BigInt(left) < BigInt(right))
    : left < right
      ? -1
      : left > right
        ? 1
        : 0
  const truth = {
    '<': order < 0,
    '<=': order <= 0,
    '=': order === 0,
    '==': order === 0,
    '!=': order !== 0,
    '>=': order >= 0,
    '>': order > 0,
  }[operator]
  return truth ? '1' : '0'
}

export const expr: Tool = {
  names: ['expr'],
  run(ctx): ToolResult {
    try {
      const value = new Expr(ctx.argv.slice(1)).result()
      return { exitCode: value === '' || /^-?0+$/.test(value) ? 1 : 0, stdout: `${value}\n` }
    } catch (error) {
      if (error instanceof PatternError) return { exitCode: 2, stderr: `expr: ${error.message}\n` }
      throw error
    }
  },
}

export const clear: Tool = { names: ['clear', 'reset-screen', 'sync', 'tput', 'stty'], run: () => ({}) }
