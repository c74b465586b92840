/** cat(1): streams, so that it can stand between a watch and a `head`. */
import type { Json, Tool, ToolContext, ToolEvent, ToolStep } from '../contract.ts'
import { FileError } from '../files.ts'
import { parseOptions } from './options.ts'

interface CatState {
  names: string[]
  at: number
  line: number
  fresh: boolean
  blank: boolean
  failed: boolean
}

function decorate(text: string, state: CatState, options: ReadonlyMap<string, string>): string {
  const number = options.has('n') || options.has('b')
  if (!number && !options.has('E') && !options.has('A') && !options.has('s') && !options.has('T') && !options.has('e')) return text
  let out = ''
  for (const part of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const empty = part === '\n' && state.fresh
    if (options.has('s') && empty && state.blank) continue
    state.blank = empty
    if (state.fresh && number && !(options.has('b') && empty)) out += `${String(++state.line).padStart(6)}\t`
    const ends = options.has('E') || options.has('A') || options.has('e')
    const shown = options.has('T') || options.has('A') ? part.replace(/\t/g, '^I') : part
    out += ends ? shown.replace(/\n$/, '$\n') : shown
    state.fresh = part.endsWith('\n')
  }
  return out
}

function advance(ctx: ToolContext, state: CatState, already: string): ToolStep {
  const { given } = options(ctx)
  let stdout = already
  let stderr = ''
  for (; state.at < state.names.length; state.at++) {
    const name = state.names[state.at]!
    if (name === '-') return { done: false, stdout, stderr, state: state as unknown as Json, want: { kind: 'input' } }
    try {
      stdout += decorate(ctx.files.read(ctx.path(name)), state, given)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      state.failed = true
      stderr +=
        ctx.shellName === 'bash' || error.code !== 'ENOENT'
          ? `cat: ${name}: ${error.message}\n`
          : `cat: can't open '${name}': ${error.message}\n`
    }
  }
  return { done: true, exitCode: state.failed ? 1 : 0, stdout, stderr }
}

const options = (ctx: ToolContext) =>
  parseOptions(ctx.argv, 'nbsETAuve', {
    number: 'n',
    'show-ends': 'E',
    'show-all': 'A',
    'squeeze-blank': 's',
    'number-nonblank': 'b',
    'show-tabs': 'T',
  })

export const cat: Tool = {
  names: ['cat'],
  start(ctx) {
    const { words, error } = options(ctx)
    if (error !== undefined) return { done: true, exitCode: 1, stderr: error }
    return advance(ctx, { names: words.length === 0 ? ['-'] : [...words], at: 0, line: 0, fresh: true, blank: false, failed: false }, '')
  },
  resume(json, event: ToolEvent, ctx) {
    const state = { ...(json as unknown as CatState) }
    if (event.kind !== 'input') return { done: true }
    const stdout = decorate(event.text, state, options(ctx).given)
    if (!event.end) return { done: false, stdout, state: state as unknown as Json, want: { kind: 'input' } }
    state.at++
    return advance(ctx, state, stdout)
  },
}
