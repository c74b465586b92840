/**
 * A clone of spf13/pflag's parser: flags and arguments in any order, `--` ends flags, shorthands combine, and its error texts.
 */
import { durationError, parseDuration } from '../../api/durations.ts'
import { getOrMake } from '../../lib/get-or-make.ts'
import { CommandError } from '../errors.ts'

export type FlagType = 'bool' | 'string' | 'int' | 'duration' | 'slice' | 'array'

export interface FlagDefinition {
  readonly name: string
  readonly short?: string
  readonly type: FlagType
  /** As pflag prints it: `false`, `[]`, `30s`, text. */
  readonly default: string
  /** The value of a flag that stands alone (NoOptDefVal); booleans have `true`. */
  readonly bare?: string
  /** Hidden from help; using it tells this on standard error. */
  readonly deprecated?: string
  /** One of kubectl's global flags, and not a command's own flag of the same name. */
  readonly global?: boolean
}

/** The flags of one command as they were given. */
export class Flags {
  readonly #values = new Map<string, string | string[]>()
  /** What pflag says of deprecated flags that were given. */
  readonly deprecations: string[] = []
  /** Each flag as it was given, by its long name, in order. */
  readonly asGiven: (readonly [name: string, value: string])[] = []
  readonly #definitions: ReadonlyMap<string, FlagDefinition>

  constructor(definitions: ReadonlyMap<string, FlagDefinition>) {
    this.#definitions = definitions
  }

  has(name: string): boolean {
    return this.#definitions.has(name)
  }

  /** Whether the flag was given on the command line. */
  changed(name: string): boolean {
    return this.#values.has(name)
  }

  /** The flags that were given, as they are defined. */
  given(): readonly FlagDefinition[] {
    return [...this.#values.keys()].flatMap((name) => this.#definitions.get(name) ?? [])
  }

  text(name: string): string {
    const value = this.#values.get(name)
    return typeof value === 'string' ? value : (this.#definitions.get(name)?.default ?? '')
  }

  /** A global flag's value, '' where the command has a flag of its own by that name (`create rolebinding --user`). */
  globalText(name: string): string {
    return this.#definitions.get(name)?.global === true ? this.text(name) : ''
  }

  bool(name: string): boolean {
    return this.text(name) === 'true'
  }

  int(name: string): number {
    return Number(this.text(name))
  }

  /** Milliseconds. */
  duration(name: string): number {
    return parseDuration(this.text(name))
  }

  list(name: string): readonly string[] {
    const value = this.#values.get(name)
    if (Array.isArray(value)) return value
    const fallback = this.#definitions.get(name)?.default ?? '[]'
    const inner = fallback.replace(/^\[(.*)\]$/, '$1')
    return inner === '' ? [] : inner.split(',')
  }

  set(definition: FlagDefinition, raw: string): void {
    this.asGiven.push([definition.name, raw])
    if (definition.deprecated !== undefined)
      this.deprecations.push(`Flag --${definition.name} has been deprecated, ${definition.deprecated}\n`)
    if (definition.type === 'slice' || definition.type === 'array') {
      const before = this.#values.get(definition.name)
      const added = definition.type === 'slice' ? splitCsv(raw) : [raw]
      this.#values.set(definition.name, [...(Array.isArray(before) ? before : []), ...added])
      return
    }
    this.#values.set(definition.name, normalise(definition, raw))
  }
}

/** One line of comma-separated values with Go's quoting. */
export function splitCsv(raw: string): string[] {
  if (raw === '') return []
  const out: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i]!
    if (quoted && char === '"' && raw[i + 1] === '"') {
      field += '"'
      i++
    } else if (char === '"' && (quoted || field === '')) quoted = !quoted
    else if (char === ',' && !quoted) {
      out.push(field)
      field = ''
    } else field += char
  }
  out.push(field)
  return out
}

const truths: Record<string, string> = {
  '1': 'true',
  t: 'true',
  T: 'true',
  true: 'true',
  TRUE: 'true',
  True: 'true',
  '0': 'false',
  f: 'false',
  F: 'false',
  false: 'false',
  FALSE: 'false',
  False: 'false',
}

/** Flags of 32 bits. */
const narrow = new Set(['value', 'max', 'min'])

function problem(definition: FlagDefinition, raw: string): string | undefined {
  if (definition.type === 'bool' && truths[raw] === undefined) return `strconv.ParseBool: parsing ${JSON.stringify(raw)}: invalid syntax`
  if (definition.type === 'int' && !/^[+-]?\d+$/.test(raw)) return `strconv.ParseInt: parsing ${JSON.stringify(raw)}: invalid syntax`
  if (definition.type === 'int' && Math.abs(Number(raw)) > 2 ** (narrow.has(definition.name) ? 31 : 63))
    return `strconv.ParseInt: parsing ${JSON.stringify(raw)}: value out of range`
  if (definition.type === 'duration') return durationError(raw)
  return undefined
}

function normalise(definition: FlagDefinition, raw: string): string {
  const wrong = problem(definition, raw)
  if (wrong !== undefined) {
    const name = definition.short === undefined ? `--${definition.name}` : `-${definition.short}, --${definition.name}`
    throw new CommandError(`invalid argument ${JSON.stringify(raw)} for "${name}" flag: ${wrong}`)
  }
  return definition.type === 'bool' ? truths[raw]! : raw
}

export interface ParsedArguments {
  readonly flags: Flags
  readonly args: readonly string[]
  /** How many arguments stand before `--`; -1 where there is none. */
  readonly dash: number
}

const bareValue = (definition: FlagDefinition): string | undefined => (definition.type === 'bool' ? 'true' : definition.bare)

interface FlagTable {
  readonly byName: ReadonlyMap<string, FlagDefinition>
  readonly byShort: ReadonlyMap<string, FlagDefinition>
}

/** A command's flags are the same list each time. */
const tables = new WeakMap<readonly FlagDefinition[], FlagTable>()
const tableOf = (definitions: readonly FlagDefinition[]): FlagTable => ({
  byName: new Map(definitions.map((d) => [d.name, d])),
  byShort: new Map(definitions.filter((d) => d.short !== undefined).map((d) => [d.short!, d])),
})

/** Parses what follows the verb. Throws CommandError with pflag's words, or `HelpWanted`. */
export function parseFlags(argv: readonly string[], definitions: readonly FlagDefinition[]): ParsedArguments {
  const { byName, byShort } = getOrMake(tables, definitions, () => tableOf(definitions))
  const flags = new Flags(byName)
  const args: string[] = []
  let dash = -1
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') {
      dash = args.length
      args.push(...argv.slice(i + 1))
      break
    }
    if (word.startsWith('--')) i = parseLong(word, argv, i, byName, flags)
    else if (word.length > 1 && word.startsWith('-')) i = parseShorts(word, argv, i, byShort, flags)
    else args.push(word)
  }
  return { flags, args, dash }
}

/** Thrown where `-h` or `--help` is met. */
export class HelpWanted extends Error {
  override readonly name = 'HelpWanted'
}

function parseLong(word: string, argv: readonly string[], at: number, byName: ReadonlyMap<string, FlagDefinition>, flags: Flags): number {
  const equals = word.indexOf('=')
  const given = equals < 0 ? word.slice(2) : word.slice(2, equals)
  if (given === '' || given.startsWith('-') || given.startsWith('=')) throw new CommandError(`bad flag syntax: ${word}`)
  // kubectl's word separator normaliser: `_` reads as `-`.
  const name = given.replaceAll('_', '-')
  const definition = byName.get(name)
  if (definition === undefined) {
    if (name === 'help') throw new HelpWanted()
    throw new CommandError(`unknown flag: --${given}`)
  }
  if (equals >= 0) {
    flags.set(definition, word.slice(equals + 1))
    return at
  }
  const bare = bareValue(definition)
  if (bare !== undefined) {
    flags.set(definition, bare)
    return at
  }
  const next = argv[at + 1]
  if (next === undefined) throw new CommandError(`flag needs an argument: --${given}`)
  flags.set(definition, next)
  return at + 1
}

function parseShorts(
  word: string,
  argv: readonly string[],
  at: number,
  byShort: ReadonlyMap<string, FlagDefinition>,
  flags: Flags,
): number {
  const letters = word.slice(1)
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!
    const definition = byShort.get(letter)
    if (definition === undefined) {
      if (letter === 'h') throw new HelpWanted()
      throw new CommandError(`unknown shorthand flag: '${letter}' in ${word}`)
    }
    const rest = letters.slice(i + 1)
    if (rest.startsWith('=')) {
      flags.set(definition, rest.slice(1))
      return at
    }
    const bare = bareValue(definition)
    if (bare !== undefined) {
      flags.set(definition, bare)
      continue
    }
    if (rest !== '') {
      flags.set(definition, rest)
      return at
    }
    const next = argv[at + 1]
    if (next === undefined) throw new CommandError(`flag needs an argument: '${letter}' in ${word}`)
    flags.set(definition, next)
    return at + 1
  }
  return at
}
