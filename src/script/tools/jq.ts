/** jq(1) 1.7: the command line around the language. */
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { completeLines, linesOf, readInputs } from './files-in.ts'
import { JqHalt, revive } from './jq-functions.ts'
import { type Jq, JqError, parseJq } from './jq-parse.ts'
import { JqMachine } from './jq-run.ts'
import { objectFrom, print, type Value } from './jq-values.ts'

export interface JqCommand {
  flags: Set<string>
  indent: string
  program: string | undefined
  files: string[]
  variables: Record<string, Value>
  positional: Value[]
  error?: string
}

const longFlags: Record<string, string> = {
  'raw-output': 'r',
  'compact-output': 'c',
  'null-input': 'n',
  slurp: 's',
  'exit-status': 'e',
  'join-output': 'j',
  'raw-input': 'R',
  'sort-keys': 'S',
  'ascii-output': 'a',
  tab: 'T',
  'color-output': 'C',
  'monochrome-output': 'M',
  'raw-output0': '0',
  unbuffered: 'u',
  seq: 'q',
  stream: '%',
}

function readCommand(ctx: ToolContext): JqCommand {
  const out: JqCommand = { flags: new Set(), indent: '  ', program: undefined, files: [], variables: {}, positional: [] }
  let named: Record<string, Value> = {}
  const words = ctx.argv.slice(1)
  let rest: 'files' | 'args' | 'jsonargs' = 'files'
  const take = () => {
    const word = words.shift()
    if (word === undefined) throw new JqError('not enough arguments')
    return word
  }
  while (words.length > 0) {
    const word = words.shift()!
    if (word === '--') {
      for (const left of words.splice(0)) place(out, left, rest)
    } else if (word === '--arg' || word === '--argjson' || word === '--rawfile' || word === '--slurpfile') {
      const name = take()
      const value = take()
      const text = word.endsWith('file') ? ctx.files.read(ctx.path(value)) : value
      named = { ...named, [name]: word === '--argjson' ? json(text, name) : word === '--slurpfile' ? parseDocuments(text) : text }
    } else if (word === '--indent') out.indent = ' '.repeat(Math.min(8, Number(take()) || 0))
    else if (word === '--args') rest = 'args'
    else if (word === '--jsonargs') rest = 'jsonargs'
    else if (word === '-f' || word === '--from-file') {
      const source = ctx.files.read(ctx.path(take()))
      if (out.program !== undefined) out.files.unshift(out.program)
      out.program = source
    } else if (word.startsWith('--')) {
      const letter = longFlags[word.slice(2)]
      if (letter === undefined) throw new JqError(`Unknown arguments`)
      out.flags.add(letter)
    } else if (/^-./.test(word))
      for (const letter of word.slice(1)) {
        if (!'rcnsejRSaCMTfu'.includes(letter)) throw new JqError('Unknown arguments')
        if (letter === 'f') out.program = ctx.files.read(ctx.path(take()))
        out.flags.add(letter)
      }
    else place(out, word, rest)
  }
  out.variables = {
    ...named,
    ARGS: objectFrom([
      ['positional', out.positional],
      ['named', objectFrom(Object.entries(named))],
    ]),
  }
  return out
}

function place(out: JqCommand, word: string, rest: 'files' | 'args' | 'jsonargs'): void {
  if (out.program === undefined) out.program = word
  else if (rest === 'files') out.files.push(word)
  else out.positional.push(rest === 'args' ? word : json(word, 'jsonargs'))
}

function json(text: string, name: string): Value {
  try {
    return revive(JSON.parse(text) as Value)
  } catch {
    throw new JqError(`Invalid JSON text passed to --${name === 'jsonargs' ? name : 'argjson'}`)
  }
}

/** A stream of JSON texts. Throws `JqError` at the first that is none, after giving the ones before it. */
export function* splitDocuments(text: string): Generator<Value> {
  let at = 0
  for (;;) {
    while (at < text.length && /[\s\x1e]/.test(text[at]!)) at++
    if (at >= text.length) return
    const end = documentEnd(text, at)
    try {
      yield revive(JSON.parse(text.slice(at, end)) as Value)
    } catch {
      const literal = /^(nan|NaN)/.exec(text.slice(at, end))
      if (literal === null) throw new JqError(inputError(text, at, end))
      yield Number.NaN
    }
    at = end
  }
}

function inputError(text: string, at: number, end: number): string {
  const line = text.slice(0, end).split('\n').length
  const column = end - text.lastIndexOf('\n', end - 1) - 1
  const start = text[at]!
  const why =
    end >= text.length && /[[{"]/.test(start)
      ? 'Unfinished JSON term'
      : /[[{"\d-]/.test(start)
        ? 'Invalid literal'
        : 'Invalid numeric literal'
  return `${why} at ${why.startsWith('Unfinished') ? 'EOF at ' : ''}line ${line}, column ${Math.max(0, column)}`
}

function documentEnd(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const char = text[i]!
    if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
      if (depth === 0) return i + 1
    } else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth <= 0) return i + 1
    else if (depth === 0 && /\s/.test(char)) return i
    else if (depth === 0 && i > start && /[[{"]/.test(text[i + 1] ?? '')) return i + 1
  }
  return text.length
}

function parseDocuments(text: string): Value[] {
  return [...splitDocuments(text)]
}

/** Everything that is printed, and the status, of a program over inputs. */
export function runJq(
  tree: Jq,
  inputs: Iterator<Value>,
  command: Pick<JqCommand, 'flags' | 'indent' | 'variables'>,
  ctx: ToolContext,
  show?: (value: Value) => string,
): ToolResult {
  const { flags } = command
  const next = () => {
    const step = inputs.next()
    return step.done === true ? undefined : step.value
  }
  const machine = new JqMachine({ next, env: ctx.env, nowSeconds: ctx.now() / 1000 }, command.variables)
  const raw = flags.has('r') || flags.has('j') || flags.has('0')
  const options = { indent: flags.has('c') ? '' : flags.has('T') ? '\t' : command.indent, sorted: flags.has('S'), ascii: flags.has('a') }
  let stdout = ''
  let stderr = ''
  let exitCode = 0
  let last: Value | undefined
  try {
    for (let input = flags.has('n') ? null : next(); input !== undefined; input = flags.has('n') ? undefined : next()) {
      try {
        for (const value of machine.run(tree, input)) {
          last = value
          stdout +=
            show?.(value) ??
            (raw && typeof value === 'string' ? value : print(value, options)) + (flags.has('j') ? '' : flags.has('0') ? '\0' : '\n')
          if (stdout.length > 16_000_000) throw new JqError('the output is too long')
        }
      } catch (error) {
        if (!(error instanceof JqError)) throw error
        stderr += `jq: error (at ${command.flags.has('n') ? '<unknown>' : '<stdin>:0'}): ${error.message}\n`
        exitCode = 5
      }
    }
  } catch (error) {
    if (error instanceof RangeError)
      return { exitCode: 5, stdout, stderr: `${stderr}jq: error: a value is nested too deeply or too long\n` }
    if (error instanceof JqHalt) return { exitCode: error.exitCode, stdout, stderr: stderr + error.text }
    if (!(error instanceof JqError)) throw error
    return {
      exitCode: 2,
      stdout,
      stderr: `${stderr}jq: error (at <stdin>:0): ${error.message}\n`.replace('error (at <stdin>:0)', 'parse error'),
    }
  } finally {
    ctx.charge?.((machine.steps >> 2) + (stdout.length >> 7))
  }
  if (exitCode === 0 && flags.has('e')) exitCode = last === undefined ? 4 : last === null || last === false ? 1 : 0
  return { exitCode, stdout, stderr }
}

/** How far complete documents reach: to the end of the last line at which none is open. */
function completeDocuments(text: string): number {
  let [depth, inString, end] = [0, false, 0]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (char === '\n' && depth === 0) end = at + 1
  }
  return end
}

/** What takes all of the input, or more of it than its turn. */
const NOT_IN_PASSING = ['n', 's', '%', 'e']

export const jq: Tool = {
  names: ['jq'],
  worksOn(ctx, text) {
    try {
      const { flags, program = '' } = readCommand(ctx)
      if (NOT_IN_PASSING.some((flag) => flags.has(flag)) || /\binputs?\b|\blimit\b|\bfirst\b|\bhalt/.test(program)) return 0
      return flags.has('R') ? completeLines(text) : completeDocuments(text)
    } catch (error) {
      if (error instanceof JqError) return 0
      throw error
    }
  },
  run(ctx): ToolResult {
    let command: JqCommand
    let tree: Jq
    try {
      command = readCommand(ctx)
    } catch (error) {
      if (!(error instanceof JqError)) throw error
      return {
        exitCode: 2,
        stderr: `jq: ${error.message}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n`,
      }
    }
    if (command.program === undefined)
      return { exitCode: 2, stderr: 'Usage:\tjq [OPTIONS] FILTER [FILES...]\n\tjq [OPTIONS] --args FILTER [ARGUMENTS...]\n' }
    try {
      tree = parseJq(command.program)
    } catch (error) {
      if (!(error instanceof JqError)) throw error
      return {
        exitCode: 3,
        stderr: `jq: error: ${error.message} (Unix shell quoting issues?) at <top-level>, line 1:\n${command.program}\njq: 1 compile error\n`,
      }
    }
    const { flags } = command
    let errors = ''
    let text = ''
    if (!flags.has('n') || command.files.length > 0 || /\binputs?\b/.test(command.program)) {
      const read = readInputs(ctx, command.files, 'jq')
      text = read.inputs.map((input) => input.text).join('')
      errors = read.errors.replace(/^jq: (.*?): (.*)$/gm, 'jq: error: Could not open $1: $2')
    }
    const inputs = flags.has('R')
      ? flags.has('s')
        ? [text][Symbol.iterator]()
        : linesOf(text)[Symbol.iterator]()
      : flags.has('s')
        ? slurped(text)
        : splitDocuments(text)
    const result = runJq(tree, inputs, command, ctx)
    return { ...result, exitCode: errors === '' ? (result.exitCode ?? 0) : 2, stderr: errors + (result.stderr ?? '') }
  },
}

function* slurped(text: string): Generator<Value> {
  yield parseDocuments(text)
}
