/** grep(1), egrep, fgrep: streams when it reads one stdin, so that a watch can be filtered; GNU's options and messages. */
import type { Json, Tool, ToolContext, ToolStep } from '../contract.ts'
import { FileError } from '../files.ts'
import { compile, searchSteps } from '../language/pattern.ts'
import { literalSource, PatternError, posixSource } from '../posix-regex.ts'
import { linesOf } from './files-in.ts'
import { type Options, parseOptions } from './options.ts'

const long = {
  'ignore-case': 'i',
  'invert-match': 'v',
  'line-number': 'n',
  count: 'c',
  'only-matching': 'o',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'perl-regexp': 'P',
  'after-context': 'A=',
  'before-context': 'B=',
  context: 'C=',
  quiet: 'q',
  silent: 'q',
  recursive: 'r',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'files-with-matches': 'l',
  'files-without-match': 'L',
  regexp: 'e=',
  file: 'f=',
  'max-count': 'm=',
  'no-filename': 'h',
  'with-filename': 'H',
  'no-messages': 's',
  color: 'K',
  include: 'I=',
  'line-buffered': 'u',
  text: 'a',
  exclude: 'X=',
}

interface Search {
  find: (line: string) => { start: number; end: number }[] | undefined
  options: Options
  words: readonly string[]
}

function parse(ctx: ToolContext): Search | { error: string } {
  const argv = ctx.argv.flatMap((word) => (/^-\d+$/.test(word) ? ['-C', word.slice(1)] : [word]))
  const options = parseOptions(argv, 'ivncoEFGPA:B:C:qrRwxlLe:f:m:hHsKuaIX:', long)
  if (options.error !== undefined) return { error: options.error }
  const patterns = options.list.filter(([name]) => name === 'e').flatMap(([, value]) => value.split('\n'))
  const file = options.given.get('f')
  if (file !== undefined) for (const line of linesOf(file === '-' ? ctx.stdin() : ctx.files.read(ctx.path(file)))) patterns.push(line)
  const words = [...options.words]
  if (patterns.length === 0 && file === undefined) {
    const first = words.shift()
    if (first === undefined) return { error: "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n" }
    patterns.push(...first.split('\n'))
  }
  return { find: matcher(ctx, patterns, options.given), options, words }
}

/** A search whose patterns are so many and so long that it would take minutes is given up, in grep's own words. */
const MOST_WORK = 500_000

function matcher(ctx: ToolContext, patterns: readonly string[], given: ReadonlyMap<string, string>): Search['find'] {
  const name = ctx.argv[0]!
  const fixed = given.has('F') || name === 'fgrep'
  const extended = given.has('E') || name === 'egrep'
  const one = (pattern: string) => (fixed ? literalSource(pattern) : given.has('P') ? pattern : posixSource(pattern, extended))
  let source = patterns.map((pattern) => `(?:${one(pattern)})`).join('|')
  if (given.has('w')) source = `\\b(?:${source})\\b`
  if (given.has('x')) source = `^(?:${source})$`
  let expression: ReturnType<typeof compile>
  try {
    expression = compile(source, given.has('i') ? 1 : 0)
  } catch {
    throw new PatternError('Invalid regular expression')
  }
  let work = 0
  return (line) => {
    const steps = 1 + searchSteps(line, source)
    work += steps
    ctx.charge?.(steps)
    if (work > MOST_WORK) throw new PatternError('memory exhausted')
    const found = expression.matcher(line)
    if (!found.find()) return undefined
    const spans = [{ start: found.start(), end: found.end() }]
    if (given.has('o')) while (found.find()) spans.push({ start: found.start(), end: found.end() })
    return spans
  }
}

interface GrepState {
  line: number
  count: number
  rest: string
  /** Lines before, kept for context. */
  held: string[]
  after: number
  lastShown: number
}

const fresh = (): GrepState => ({ line: 0, count: 0, rest: '', held: [], after: 0, lastShown: 0 })

/** Looks through some whole lines; gives what is printed. */
function scan(lines: readonly string[], state: GrepState, search: Search, prefix: string): string {
  const { given } = search.options
  const before = Number(given.get('B') ?? given.get('C') ?? 0)
  const after = Number(given.get('A') ?? given.get('C') ?? 0)
  const most = given.has('m') ? Number(given.get('m')) : Number.POSITIVE_INFINITY
  const silent = given.has('c') || given.has('q') || given.has('l') || given.has('L')
  let out = ''
  const show = (line: string, number: number, separator: string) => {
    if (silent) return
    if ((before > 0 || after > 0) && state.lastShown > 0 && number > state.lastShown + 1) out += '--\n'
    state.lastShown = number
    out += `${prefix === '' ? '' : `${prefix}${separator}`}${given.has('n') ? `${number}${separator}` : ''}${line}\n`
  }
  for (const line of lines) {
    state.line++
    const spans = state.count >= most ? undefined : search.find(line)
    const hit = state.count < most && (spans !== undefined) !== given.has('v')
    if (hit) {
      state.count++
      state.held.forEach((old, i) => {
        show(old, state.line - state.held.length + i, '-')
      })
      state.held = []
      if (!given.has('o')) show(line, state.line, ':')
      else for (const { start, end } of spans ?? []) if (end > start && !given.has('v')) show(line.slice(start, end), state.line, ':')
      state.after = after
    } else if (state.after > 0) {
      state.after--
      show(line, state.line, '-')
    } else if (before > 0) {
      state.held.push(line)
      if (state.held.length > before) state.held.shift()
    }
  }
  return out
}

function conclude(state: GrepState, given: ReadonlyMap<string, string>, name: string, prefix: string): string {
  if (given.has('q')) return ''
  if (given.has('l')) return state.count > 0 ? `${name}\n` : ''
  if (given.has('L')) return state.count > 0 ? '' : `${name}\n`
  return given.has('c') ? `${prefix === '' ? '' : `${prefix}:`}${state.count}\n` : ''
}

function collect(ctx: ToolContext, words: readonly string[], recursive: boolean): { names: string[]; errors: string; failed: boolean } {
  const names: string[] = []
  let errors = ''
  const visit = (name: string, top: boolean) => {
    const stat = name === '-' ? undefined : ctx.files.stat(ctx.path(name))
    if (stat?.kind === 'directory') {
      if (recursive)
        for (const child of ctx.files.list(ctx.path(name))) visit(name === '' ? child : `${name.replace(/\/$/, '')}/${child}`, false)
      else errors += `grep: ${name}: Is a directory\n`
    } else if (name === '-' || stat !== undefined) names.push(name)
    else if (top) errors += `grep: ${name}: No such file or directory\n`
  }
  for (const word of words) visit(word, true)
  return { names, errors, failed: errors.includes('No such') }
}

function overFiles(ctx: ToolContext, search: Search): ToolStep {
  const { given } = search.options
  const recursive = given.has('r') || given.has('R')
  const { names, errors, failed } = collect(ctx, search.words.length === 0 ? [recursive ? '.' : '-'] : search.words, recursive)
  const titled = given.has('H') || (!given.has('h') && (search.words.length > 1 || recursive))
  let stdout = ''
  let any = false
  let stderr = errors
  for (const name of names) {
    const state = fresh()
    const shown = name === '-' ? '(standard input)' : name.replace(/^\.\/(?=.)/, search.words.length === 0 ? '' : './')
    try {
      const text = name === '-' ? ctx.stdin() : ctx.files.read(ctx.path(name))
      stdout += scan(linesOf(text), state, search, titled ? shown : '')
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      stderr += `grep: ${name}: ${error.message}\n`
    }
    stdout += conclude(state, given, shown, titled ? shown : '')
    if (state.count > 0) any = true
  }
  const exitCode = any && (given.has('q') || !failed) ? 0 : failed ? 2 : given.has('L') ? (stdout === '' ? 1 : 0) : 1
  return { done: true, exitCode, stdout, stderr: given.has('s') ? '' : stderr }
}

function guarded(work: () => ToolStep): ToolStep {
  try {
    return work()
  } catch (error) {
    if (error instanceof PatternError) return { done: true, exitCode: 2, stderr: `grep: ${error.message}\n` }
    throw error
  }
}

export const grep: Tool = {
  names: ['grep', 'egrep', 'fgrep'],
  start: (ctx) =>
    guarded(() => {
      const search = parse(ctx)
      if ('error' in search) return { done: true, exitCode: 2, stderr: search.error }
      const { given } = search.options
      if (search.words.length > 0 || given.has('r') || given.has('R') || given.has('H')) return overFiles(ctx, search)
      return { done: false, state: fresh() as unknown as Json, want: { kind: 'input' } }
    }),
  resume: (json, event, ctx) =>
    guarded(() => {
      const search = parse(ctx)
      if ('error' in search || event.kind !== 'input') return { done: true }
      const { given } = search.options
      const state = { ...(json as unknown as GrepState) }
      state.held = [...state.held]
      const text = state.rest + event.text
      const end = event.end ? text.length : text.lastIndexOf('\n') + 1
      state.rest = text.slice(end)
      const stdout = scan(linesOf(text.slice(0, end)), state, search, '')
      const enough =
        state.count > 0 && (given.has('q') || given.has('l') || state.count >= Number(given.get('m') ?? Number.POSITIVE_INFINITY))
      if (!event.end && !enough) return { done: false, stdout, state: state as unknown as Json, want: { kind: 'input' } }
      return { done: true, exitCode: state.count > 0 ? 0 : 1, stdout: stdout + conclude(state, given, '(standard input)', '') }
    }),
}
