/** Tools that run other commands: xargs, timeout, env, nohup, watch, and a shell that reads its script from stdin. */
import type { Json, Tool, ToolContext, ToolStep } from '../contract.ts'
import { parseOptions } from './options.ts'
import { durationMs } from './sleep.ts'

interface XargsState {
  runs: string[][]
  /** The next one: the list itself is never copied. */
  at: number
  failed: number
}

function splitWords(text: string): string[] {
  const out: string[] = []
  for (const match of text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g))
    out.push(match[0].replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, (_, a, b, c) => a ?? b ?? c))
  return out
}

function parseXargs(ctx: ToolContext) {
  return parseOptions(
    ctx.argv,
    'n:I:i0d:rtL:P:a:x',
    { null: '0', 'max-args': 'n=', replace: 'I=', 'no-run-if-empty': 'r', delimiter: 'd=', 'max-procs': 'P=', verbose: 't' },
    true,
  )
}

function nextRun(state: XargsState, trace: boolean): ToolStep {
  const argv = state.runs[state.at]
  if (argv === undefined) return { done: true, exitCode: state.failed }
  return {
    done: false,
    state: { runs: state.runs, at: state.at + 1, failed: state.failed },
    ...(trace ? { stderr: `${argv.join(' ')}\n` } : {}),
    want: { kind: 'spawn', argv, stdin: '' },
  }
}

export const xargs: Tool = {
  names: ['xargs'],
  start(ctx) {
    const { given, words, error } = parseXargs(ctx)
    if (error !== undefined) return { done: true, exitCode: 1, stderr: error }
    const text = given.has('a') ? ctx.files.read(ctx.path(given.get('a')!)) : ctx.stdin()
    const command = words.length === 0 ? ['echo'] : [...words]
    const delimiter = given.has('0') ? '\0' : given.get('d')?.replace('\\n', '\n')
    const pieces = (separator: string) =>
      (text.endsWith(separator) ? text.slice(0, -separator.length) : text).split(separator).filter((item) => item !== '')
    const mark = given.get('I')
    let runs: string[][]
    if (mark !== undefined) runs = pieces(delimiter ?? '\n').map((line) => command.map((word) => word.replaceAll(mark, line.trimStart())))
    else {
      const items = delimiter === undefined ? splitWords(text) : pieces(delimiter)
      const size = Number(given.get('n') ?? 5000) || 5000
      const groups = given.has('L')
        ? pieces('\n').map(splitWords)
        : Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
      if (groups.length === 0 && !given.has('r')) groups.push([])
      runs = groups.map((group) => [...command, ...group])
    }
    return nextRun({ runs, at: 0, failed: 0 }, given.has('t'))
  },
  resume(json, event, ctx) {
    const state = json as unknown as XargsState
    const code = event.kind === 'exited' ? event.exitCode : 0
    if (code === 255) return { done: true, exitCode: 124, stderr: `xargs: ${parseXargs(ctx).words[0]}: exited with status 255; aborting\n` }
    if (code === 126 || code === 127) return { done: true, exitCode: code }
    return nextRun(
      { runs: state.runs, at: state.at, failed: code === 0 ? state.failed : code > 128 ? 125 : 123 },
      parseXargs(ctx).given.has('t'),
    )
  },
}

export const timeout: Tool = {
  names: ['timeout'],
  start(ctx) {
    const { given, words, error } = parseOptions(
      ctx.argv,
      's:k:pvt:',
      { signal: 's=', 'kill-after': 'k=', 'preserve-status': 'p', foreground: 'f' },
      true,
    )
    if (error !== undefined) return { done: true, exitCode: 125, stderr: error }
    const [limit, ...argv] = given.has('t') ? [given.get('t')!, ...words] : words
    if (limit === undefined || argv.length === 0)
      return { done: true, exitCode: 125, stderr: "timeout: missing operand\nTry 'timeout --help' for more information.\n" }
    const ms = durationMs(limit)
    if (ms === undefined)
      return {
        done: true,
        exitCode: 125,
        stderr: `timeout: invalid time interval ‘${limit}’\nTry 'timeout --help' for more information.\n`,
      }
    const signal = (given.get('s') ?? 'TERM').replace(/^SIG/, '')
    return {
      done: false,
      state: { keep: given.has('p') },
      want: { kind: 'spawn', argv, signal: signal === '9' ? 'KILL' : signal, ...(ms === 0 ? {} : { untilMs: ctx.now() + ms }) },
    }
  },
  resume(state, event) {
    if (event.kind !== 'exited') return { done: true }
    const code = event.timedOut && !(state as { keep: boolean }).keep ? (event.exitCode === 137 ? 137 : 124) : event.exitCode
    return { done: true, exitCode: code }
  },
}

export const env: Tool = {
  names: ['env'],
  start(ctx) {
    const { given, list, words, error } = parseOptions(ctx.argv, 'iu:0', { 'ignore-environment': 'i', unset: 'u=' }, true)
    if (error !== undefined) return { done: true, exitCode: 125, stderr: error }
    const values: Record<string, string> = given.has('i') ? {} : { ...ctx.env }
    for (const [name, value] of list) if (name === 'u') delete values[value]
    let at = words[0] === '-' ? 1 : 0
    for (; at < words.length && /^[^=]+=/.test(words[at]!); at++) values[words[at]!.split('=')[0]!] = words[at]!.replace(/^[^=]*=/, '')
    const argv = words.slice(at)
    if (argv.length === 0)
      return {
        done: true,
        stdout: Object.keys(values)
          .map((name) => `${name}=${values[name]}\n`)
          .join(''),
      }
    return { done: false, state: null, want: { kind: 'spawn', argv, env: values } }
  },
  resume: (_state, event) => ({ done: true, exitCode: event.kind === 'exited' ? event.exitCode : 0 }),
}

/** Commands that do no more than run another one here. */
export const nohup: Tool = {
  names: ['nohup', 'nice', 'stdbuf', 'setsid', 'busybox'],
  start(ctx) {
    const argv = ctx.argv
      .slice(1)
      .filter(
        (word, i, all) => !(ctx.argv[0] === 'stdbuf' && /^-/.test(word) && all.slice(0, i).every((earlier) => earlier.startsWith('-'))),
      )
    if (argv.length === 0) return { done: true, exitCode: 125, stderr: `${ctx.argv[0]}: missing operand\n` }
    return { done: false, state: null, want: { kind: 'spawn', argv } }
  },
  resume: (_state, event) => ({ done: true, exitCode: event.kind === 'exited' ? event.exitCode : 0 }),
}

export const watch: Tool = {
  names: ['watch'],
  start(ctx) {
    const { words, given, error } = parseOptions(ctx.argv, 'n:dtcgxe', { interval: 'n=', 'no-title': 't', differences: 'd' }, true)
    if (error !== undefined || words.length === 0) return { done: true, exitCode: 1, stderr: error ?? 'watch: missing command\n' }
    return { done: false, state: { waiting: false }, want: { kind: 'spawn', argv: given.has('x') ? words : ['sh', '-c', words.join(' ')] } }
  },
  resume(json, event, ctx): ToolStep {
    const { words, given } = parseOptions(ctx.argv, 'n:dtcgxe', { interval: 'n=', 'no-title': 't', differences: 'd' }, true)
    const seconds = Number(given.get('n') ?? 2) || 2
    if (event.kind === 'exited')
      return { done: false, state: { waiting: true } as Json, want: { kind: 'sleep', untilMs: ctx.now() + seconds * 1000 } }
    void json
    return {
      done: false,
      stdout: '\n',
      state: { waiting: false },
      want: { kind: 'spawn', argv: given.has('x') ? words : ['sh', '-c', words.join(' ')] },
    }
  },
}

/** A shell without a script of its own: it reads all of stdin and runs that. */
export const shellFromInput: Tool = {
  names: ['sh', 'bash', 'ash', 'dash'],
  start(ctx) {
    const text = ctx.stdin()
    if (text.trim() === '') return { done: true }
    const options = ctx.argv.slice(1).filter((word) => /^-[eux]+$/.test(word))
    return { done: false, state: null, want: { kind: 'spawn', argv: [ctx.argv[0]!, ...options, '-c', text, ctx.argv[0]!], stdin: '' } }
  },
  resume: (_state, event) => ({ done: true, exitCode: event.kind === 'exited' ? event.exitCode : 0 }),
}
