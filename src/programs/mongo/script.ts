/** The subset of JavaScript that mongosh's scripts here may use: calls on `db` and `rs` with literals. Anything else says that it is not simulated. */
import type { Json } from './contract.ts'

/** `db.shop.find({}).limit(3)`: a root and what is done with it, step by step. */
export interface Chain {
  readonly root: string
  readonly steps: readonly Step[]
}
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly args: readonly (Json | Chain)[] }
  | { readonly kind: 'index'; readonly at: Json }

export class ScriptError extends Error {}

const TOKEN = /\s+|\/\/[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|[A-Za-z_$][\w$]*|[.,:;(){}[\]]/gy

function tokens(text: string): string[] {
  const out: string[] = []
  TOKEN.lastIndex = 0
  let at = 0
  for (let m = TOKEN.exec(text); m !== null; m = TOKEN.exec(text)) {
    at = TOKEN.lastIndex
    if (!/^(\s|\/\/)/.test(m[0])) out.push(m[0])
    else if (m[0].includes('\n')) out.push('\n')
    if (at === text.length) break
  }
  if (at < text.length)
    throw new ScriptError(`SyntaxError: clusterlab simulates only calls on db and rs with plain values, not: ${text.slice(at, at + 30)}`)
  return out
}

const isChain = (v: Json | Chain): v is Chain => typeof v === 'object' && v !== null && 'root' in v && 'steps' in v

class Reader {
  readonly #t: readonly string[]
  #i = 0
  constructor(text: string) {
    this.#t = tokens(text)
  }
  #skip(): void {
    while (this.#t[this.#i] === '\n') this.#i++
  }
  #peek(): string | undefined {
    this.#skip()
    return this.#t[this.#i]
  }
  #take(text: string): boolean {
    if (this.#peek() !== text) return false
    this.#i++
    return true
  }
  #need(text: string): void {
    if (!this.#take(text))
      throw new ScriptError(
        `SyntaxError: Unexpected token${this.#peek() === undefined ? ', end of input' : ` ${this.#peek()}`}, expected ${text}`,
      )
  }
  /** Statements: chains, one after another. */
  all(): Chain[] {
    const out: Chain[] = []
    for (;;) {
      while (this.#take(';'));
      if (this.#peek() === undefined) return out
      const value = this.#value()
      if (!isChain(value)) throw new ScriptError('SyntaxError: clusterlab simulates only calls on db and rs')
      out.push(value)
    }
  }
  #value(): Json | Chain {
    const t = this.#peek()
    if (t === undefined) throw new ScriptError('SyntaxError: Unexpected end of input')
    this.#i++
    if (t === '{') return this.#object()
    if (t === '[') return this.#list(']') as Json
    if (/^["']/.test(t)) return t.slice(1, -1).replace(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t' })[c] ?? c)
    if (/^-?\d/.test(t)) return Number(t)
    if (t === 'true' || t === 'false') return t === 'true'
    if (t === 'null' || t === 'undefined') return null
    if (t === 'new') return this.#value()
    if (!/^[A-Za-z_$]/.test(t)) throw new ScriptError(`SyntaxError: Unexpected token ${t}`)
    return this.#chain(t)
  }
  #object(): Json {
    const out: Record<string, Json> = {}
    while (!this.#take('}')) {
      this.#skip()
      const key = this.#t[this.#i++] ?? ''
      this.#need(':')
      out[/^["']/.test(key) ? key.slice(1, -1) : key] = this.#value() as Json
      if (!this.#take(',') && this.#peek() !== '}') this.#need('}')
    }
    return out
  }
  #list(end: string): (Json | Chain)[] {
    const out: (Json | Chain)[] = []
    while (!this.#take(end)) {
      out.push(this.#value())
      if (!this.#take(',') && this.#peek() !== end) this.#need(end)
    }
    return out
  }
  #chain(root: string): Json | Chain {
    const steps: Step[] = []
    for (;;) {
      // A call's parenthesis stands on its line; a dot may open the next one.
      const here = this.#t[this.#i]
      if (here === '(') {
        this.#i++
        steps.push({ kind: 'call', args: this.#list(')') })
      } else if (here === '[') {
        this.#i++
        steps.push({ kind: 'index', at: this.#value() as Json })
        this.#need(']')
      } else if (this.#peek() === '.') {
        this.#take('.')
        this.#skip()
        steps.push({ kind: 'name', name: this.#t[this.#i++] ?? '' })
      } else break
    }
    return literal(root, steps) ?? { root, steps }
  }
}

/** ObjectId('…'), ISODate('…'), NumberInt(5): values, not calls. */
function literal(root: string, [first, ...more]: readonly Step[]): Json | undefined {
  if (first?.kind !== 'call' || more.length > 0) return undefined
  const [arg] = first.args as readonly Json[]
  if (root === 'ObjectId') return { $oid: String(arg ?? '') }
  if (root === 'NumberInt' || root === 'NumberLong') return Number(arg)
  if ((root === 'ISODate' || root === 'Date') && typeof arg === 'string') return { $date: arg }
  return undefined
}

export const parseScript = (text: string): readonly Chain[] => new Reader(text).all()
