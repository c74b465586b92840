/** PromQL, the part of it that is simulated: selectors, ranges in functions, aggregations, arithmetic and comparisons one to one. */
import { durationMs } from './config.ts'
import { pattern } from './labels.ts'

export interface Matcher {
  readonly name: string
  readonly op: '=' | '!=' | '=~' | '!~'
  readonly value: string
}
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'select'; readonly matchers: readonly Matcher[]; readonly rangeMs?: number; readonly offsetMs: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'aggregate'
      readonly op: string
      readonly of: Expression
      readonly parameter?: Expression
      readonly by?: readonly string[]
      readonly without?: readonly string[]
    }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression; readonly bool: boolean }
  | { readonly kind: 'negate'; readonly of: Expression }

/** Prometheus answers 400 `bad_data` with it. */
export class PromqlError extends Error {}

export const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'topk', 'bottomk']
export const RANGE_FUNCTIONS = [
  'rate',
  'irate',
  'increase',
  'delta',
  'avg_over_time',
  'max_over_time',
  'min_over_time',
  'sum_over_time',
  'count_over_time',
  'changes',
  'resets',
]
export const FUNCTIONS = [
  ...RANGE_FUNCTIONS,
  'abs',
  'ceil',
  'floor',
  'round',
  'absent',
  'time',
  'scalar',
  'vector',
  'clamp_min',
  'clamp_max',
]

const LEVELS: readonly (readonly string[])[] = [
  ['or', 'and', 'unless'],
  ['==', '!=', '>=', '<=', '>', '<'],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]

type Token = { readonly kind: 'name' | 'number' | 'text' | 'duration' | 'mark' | 'end'; readonly text: string; readonly at: number }

function tokens(text: string): Token[] {
  const out: Token[] = []
  const rule =
    /\s+|#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\d+(?:ms|[smhdw])(?:\d+(?:ms|[smhdw]))*)(?![\w.])|(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([a-zA-Z_:][\w:]*)|(==|!=|>=|<=|=~|!~|[-+*/%^=<>(){}[\],])/y
  while (rule.lastIndex < text.length) {
    const at = rule.lastIndex
    const m = rule.exec(text)
    if (m === null) throw new PromqlError(`1:${at + 1}: parse error: unexpected character: '${text[at]}'`)
    if (m[1] !== undefined || m[2] !== undefined)
      out.push({ kind: 'text', text: (m[1] ?? m[2]!).replaceAll('\\\\', '\\').replaceAll('\\"', '"'), at })
    else if (m[3] !== undefined) out.push({ kind: 'duration', text: m[3], at })
    else if (m[4] !== undefined) out.push({ kind: 'number', text: m[4], at })
    else if (m[5] !== undefined) out.push({ kind: 'name', text: m[5], at })
    else if (m[6] !== undefined) out.push({ kind: 'mark', text: m[6], at })
  }
  out.push({ kind: 'end', text: '', at: text.length })
  return out
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  constructor(text: string) {
    this.#tokens = tokens(text)
  }
  get #next(): Token {
    return this.#tokens[this.#at]!
  }
  #is(text: string): boolean {
    return this.#next.text === text && (this.#next.kind === 'mark' || this.#next.kind === 'name')
  }
  #fail(where: string): never {
    const { text, at, kind } = this.#next
    throw new PromqlError(
      `1:${at + 1}: parse error: unexpected ${kind === 'end' ? 'end of input' : `"${text}"`}${where === '' ? '' : ` in ${where}`}`,
    )
  }
  #ended(): boolean {
    return this.#next.kind === 'end'
  }
  #take(text?: string, where = ''): Token {
    if (text === undefined ? this.#ended() : !this.#is(text)) this.#fail(where)
    return this.#tokens[this.#at++]!
  }

  whole(): Expression {
    if (this.#ended()) throw new PromqlError('unknown position: parse error: no expression found in input')
    const e = this.#level(0)
    if (!this.#ended()) this.#fail('')
    return e
  }

  #level(n: number): Expression {
    const ops = LEVELS[n]
    if (ops === undefined) return this.#unary()
    let left = this.#level(n + 1)
    while (ops.some((op) => this.#is(op))) {
      const op = this.#take().text
      const bool = this.#is('bool')
      if (bool) this.#take()
      if (['on', 'ignoring', 'group_left'].some((w) => this.#is(w)))
        throw new PromqlError(`clusterlab does not simulate ${this.#next.text} of PromQL`)
      const right = this.#level(op === '^' ? n : n + 1)
      left = { kind: 'binary', op, left, right, bool }
    }
    return left
  }

  #unary(): Expression {
    if (++this.#depth > 60) throw new PromqlError('clusterlab: the expression is nested too deeply')
    try {
      if (this.#is('-') || this.#is('+'))
        return this.#take().text === '-' ? { kind: 'negate', of: this.#level(LEVELS.length - 1) } : this.#unary()
      return this.#ranged(this.#primary())
    } finally {
      this.#depth--
    }
  }

  #ranged(e: Expression): Expression {
    let out = e
    if (this.#is('[')) {
      if (out.kind !== 'select') throw new PromqlError('parse error: ranges only allowed for vector selectors')
      this.#take('[')
      const rangeMs = durationMs(this.#next.text)
      if (rangeMs === undefined) this.#fail('matrix selector')
      this.#take()
      this.#take(']', 'matrix selector')
      out = { ...out, rangeMs: rangeMs! }
    }
    if (this.#is('offset')) {
      this.#take()
      const offsetMs = durationMs(this.#take().text)
      if (offsetMs === undefined || out.kind !== 'select') this.#fail('offset')
      out = { ...(out as Expression & { kind: 'select' }), offsetMs: offsetMs! }
    }
    return out
  }

  #primary(): Expression {
    const token = this.#next
    if (token.kind === 'number') return { kind: 'number', value: Number(this.#take().text) }
    if (this.#is('(')) {
      this.#take()
      const e = this.#level(0)
      this.#take(')', 'parenthesized expression')
      return e
    }
    if (this.#is('{')) return { kind: 'select', matchers: this.#matchers(), offsetMs: 0 }
    if (token.kind !== 'name') this.#fail('')
    this.#take()
    if (AGGREGATIONS.includes(token.text) && ['(', 'by', 'without'].some((t) => this.#is(t))) return this.#aggregate(token.text)
    if (this.#is('(')) {
      if (!FUNCTIONS.includes(token.text))
        throw new PromqlError(
          `1:${token.at + 1}: parse error: unknown function with name "${token.text}" (clusterlab simulates ${FUNCTIONS.join(', ')})`,
        )
      const args = this.#args()
      if (RANGE_FUNCTIONS.includes(token.text) && (args[0]?.kind !== 'select' || args[0].rangeMs === undefined))
        throw new PromqlError(
          `1:${token.at + token.text.length + 2}: parse error: expected type range vector in call to function "${token.text}", got instant vector`,
        )
      return { kind: 'call', name: token.text, args }
    }
    const name: Matcher = { name: '__name__', op: '=', value: token.text }
    return { kind: 'select', matchers: [name, ...(this.#is('{') ? this.#matchers() : [])], offsetMs: 0 }
  }

  #args(): Expression[] {
    this.#take('(')
    const args: Expression[] = []
    while (!this.#is(')')) {
      args.push(this.#level(0))
      if (!this.#is(')')) this.#take(',', 'function call')
    }
    this.#take(')')
    return args
  }

  #names(): string[] {
    this.#take('(')
    const names: string[] = []
    while (!this.#is(')')) {
      names.push(this.#take().text)
      if (!this.#is(')')) this.#take(',', 'grouping opts')
    }
    this.#take(')')
    return names
  }

  #aggregate(op: string): Expression {
    const grouping = (): { by?: string[]; without?: string[] } => {
      if (this.#is('by')) {
        this.#take()
        return { by: this.#names() }
      }
      if (!this.#is('without')) return {}
      this.#take()
      return { without: this.#names() }
    }
    const before = grouping()
    const args = this.#args()
    const after = grouping()
    const of = args.at(-1)
    if (of === undefined || args.length !== (op.endsWith('k') ? 2 : 1))
      throw new PromqlError(
        `parse error: wrong number of arguments for aggregate expression provided, expected ${op.endsWith('k') ? 2 : 1}, got ${args.length}`,
      )
    return { kind: 'aggregate', op, of, ...(args.length === 2 && { parameter: args[0]! }), ...before, ...after }
  }

  #matchers(): Matcher[] {
    this.#take('{')
    const out: Matcher[] = []
    while (!this.#is('}')) {
      const name = this.#take().text
      const op = this.#take().text
      if (op !== '=' && op !== '!=' && op !== '=~' && op !== '!~')
        throw new PromqlError(`parse error: unexpected "${op}" in label matching, expected label matching operator`)
      if (this.#next.kind !== 'text') this.#fail('label matching')
      const value = this.#take().text
      if (op.includes('~')) {
        try {
          pattern(value)
        } catch (error) {
          throw new PromqlError(`parse error: ${(error as SyntaxError).message}`)
        }
      }
      out.push({ name, op, value })
      if (!this.#is('}')) this.#take(',', 'label matching')
    }
    this.#take('}')
    return out
  }
}

/** Throws PromqlError. */
export const parsePromql = (text: string): Expression => new Parser(text).whole()
