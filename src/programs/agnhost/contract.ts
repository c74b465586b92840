/** What a subcommand of agnhost is: its flags, and what it does as a server or as a command that ends. */
import { durationError, parseDuration } from '../../api/durations.ts'
import type { ProcessContext, ProcessEvent } from '../contract.ts'
import { slashedTime } from '../text/times.ts'

/** A flag's default as text, and how its value is read. */
export interface FlagSpec {
  readonly otherwise: string
  readonly type: 'int' | 'string' | 'bool' | 'duration'
  readonly short?: string
}

/** Values of flags by name. */
export class Flags {
  readonly values: Readonly<Record<string, string>>
  constructor(values: Readonly<Record<string, string>>) {
    this.values = values
  }
  text(name: string): string {
    return this.values[name] ?? ''
  }
  number(name: string): number {
    return Number(this.values[name])
  }
  is(name: string): boolean {
    return this.values[name] === 'true'
  }
  durationMs(name: string): number {
    return parseDuration(this.values[name]!)
  }
}

/** One run of agnhost. */
export interface Call {
  readonly ctx: ProcessContext
  readonly argv: readonly string[]
  readonly flags: Flags
  readonly args: readonly string[]
}

export type Asked = Extract<ProcessEvent, { type: 'request' }>

export interface Subcommand<S = unknown> {
  readonly name: string
  readonly flags: Readonly<Record<string, FlagSpec>>
  /** How many words beside flags it takes: exactly so many where `exact`, at most otherwise. */
  readonly words?: { readonly count: number; readonly exact?: boolean }
  /** It ends by itself: prints and gives its exit code. Absent: it serves until it is stopped. */
  readonly once?: (call: Call) => { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string }
  readonly start?: (call: Call) => S
  readonly asked?: (state: S, event: Asked, call: Call) => S
  readonly woken?: (state: S, timer: string, call: Call) => S
  readonly stopped?: (state: S, call: Call) => void
}

export const int = (otherwise: number, short?: string): FlagSpec => ({ otherwise: String(otherwise), type: 'int', ...(short && { short }) })
export const string = (otherwise = ''): FlagSpec => ({ otherwise, type: 'string' })
export const duration = (otherwise = '0s', short?: string): FlagSpec => ({ otherwise, type: 'duration', ...(short && { short }) })
export const bool: FlagSpec = { otherwise: 'false', type: 'bool' }

/** A line of Go's `log` package. */
export const say = (ctx: ProcessContext, text: string): void => ctx.log(`${slashedTime(ctx.nowMs)} ${text}`, 'stderr')

const PARSERS: Readonly<Record<FlagSpec['type'], (value: string) => string | undefined>> = {
  string: () => undefined,
  int: (v) => (/^[+-]?\d+$/.test(v) ? undefined : `strconv.ParseInt: parsing ${JSON.stringify(v)}: invalid syntax`),
  bool: (v) => (/^(true|false)$/.test(v) ? undefined : `strconv.ParseBool: parsing ${JSON.stringify(v)}: invalid syntax`),
  duration: durationError,
}

/** Takes apart what follows the subcommand's name; a text says what is wrong, as cobra words it. */
export function readFlags(command: Subcommand, words: readonly string[]): { values: Record<string, string>; args: string[] } | string {
  const values = Object.fromEntries(Object.entries(command.flags).map(([name, { otherwise }]) => [name, otherwise]))
  const args: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    if (!word.startsWith('-') || word === '-') {
      args.push(word)
      continue
    }
    if (word === '--') {
      args.push(...words.slice(i + 1))
      break
    }
    const [given = '', attached] = word.startsWith('--') ? splitOnce(word.slice(2)) : [word.slice(1, 2), word.slice(2) || undefined]
    const long = word.startsWith('--')
    const name = long ? given : Object.keys(command.flags).find((n) => command.flags[n]!.short === given)
    const spec = name === undefined ? undefined : command.flags[name]
    if (spec === undefined) return long ? `unknown flag: --${given}` : `unknown shorthand flag: '${given}' in ${word}`
    const value = attached?.replace(/^=/, long ? '=' : '') ?? (spec.type === 'bool' ? 'true' : words[++i])
    if (value === undefined) return `flag needs an argument: ${long ? `--${given}` : `'${given}' in ${word}`}`
    const wrong = PARSERS[spec.type](value)
    if (wrong !== undefined)
      return `invalid argument ${JSON.stringify(value)} for "${spec.short ? `-${spec.short}, ` : ''}--${name}" flag: ${wrong}`
    values[name!] = value
  }
  const { count, exact } = command.words ?? { count: 0 }
  if (exact === true && args.length !== count) return `accepts ${count} arg(s), received ${args.length}`
  if (args.length > count) return `accepts at most ${count} arg(s), received ${args.length}`
  return { values, args }
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
