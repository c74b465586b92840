/** What stands between JavaScript's operators: values, names, calls, members, objects, lists. */
import {
  type Argument,
  type Def,
  type Expr,
  type Item,
  NotSimulated,
  type Parameter,
  ScriptSyntaxError,
  type Stmt,
} from '../scripting/ast.ts'
import { UNDEFINED } from '../scripting/values.ts'
import { lex, type Word } from './lex.ts'

export const KEYWORDS = new Set(
  'break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof new return super switch this throw try typeof var void while with yield let static enum'.split(
    ' ',
  ),
)

export abstract class Operands {
  readonly #words: readonly Word[]
  #at = 0
  /** `in` ends an expression here: the head of a for. */
  protected noIn = false

  constructor(text: string, line = 1) {
    this.#words = lex(text, line)
  }

  abstract functionBody(): Stmt[]
  abstract classMembers(): { base?: Expr; body: Stmt[]; name: string }
  abstract nested(source: string, line: number): Expr

  get peek(): Word {
    return this.#words[this.#at]!
  }
  ahead(n: number): Word {
    return this.#words[Math.min(this.#at + n, this.#words.length - 1)]!
  }
  next(): Word {
    const word = this.peek
    if (word.kind !== 'end') this.#at++
    return word
  }
  is(text: string): boolean {
    return (this.peek.kind === 'mark' || this.peek.kind === 'name') && this.peek.text === text
  }
  take(text: string): boolean {
    const is = this.is(text)
    if (is) this.next()
    return is
  }
  need(text: string): void {
    if (!this.take(text)) throw this.unexpected()
  }
  unexpected(): ScriptSyntaxError {
    const { kind, text, line } = this.peek
    return new ScriptSyntaxError(
      kind === 'end'
        ? 'Unexpected end of input'
        : kind === 'name'
          ? `Unexpected identifier '${text}'`
          : kind === 'text'
            ? 'Unexpected string'
            : kind === 'number'
              ? 'Unexpected number'
              : `Unexpected token '${text}'`,
      line,
    )
  }
  name(): Expr & { k: 'name' } {
    if (this.peek.kind !== 'name' || KEYWORDS.has(this.peek.text)) throw this.unexpected()
    const { text, line } = this.next()
    return { k: 'name', n: text, line }
  }

  abstract comma(): Expr
  abstract expression(): Expr
  abstract parameters(): Parameter[]
  abstract made(def: Def): Expr
  abstract functionExpression(isAsync: boolean): Expr & { k: 'fn' }

  postfix(start: Expr): Expr {
    let e = start
    for (;;) {
      const { line, kind } = this.peek
      if (this.take('.')) {
        if (this.is('#')) throw new NotSimulated('private members', line)
        e = { k: 'attr', o: e, n: this.#property(), line }
      } else if (this.take('?.')) {
        if (this.is('(')) e = { k: 'call', fn: e, args: this.arguments(), maybe: true, line }
        else if (this.take('[')) {
          e = { k: 'index', o: e, i: this.comma(), maybe: true, line }
          this.need(']')
        } else e = { k: 'attr', o: e, n: this.#property(), maybe: true, line }
      } else if (this.take('[')) {
        const { noIn } = this
        this.noIn = false
        e = { k: 'index', o: e, i: this.comma(), line }
        this.noIn = noIn
        this.need(']')
      } else if (this.is('(')) e = { k: 'call', fn: e, args: this.arguments(), line }
      else if (kind === 'template') throw new NotSimulated('tagged templates', line)
      else return e
    }
  }
  #property(): string {
    if (this.peek.kind !== 'name') throw this.unexpected()
    return this.next().text
  }

  arguments(): Argument[] {
    const args: Argument[] = []
    const { noIn } = this
    this.noIn = false
    this.need('(')
    while (!this.is(')')) {
      args.push(this.take('...') ? { v: this.expression(), spread: true } : { v: this.expression() })
      if (!this.take(',')) break
    }
    if (!this.take(')'))
      throw this.peek.kind === 'end' || this.peek.kind !== 'mark'
        ? new ScriptSyntaxError('missing ) after argument list', this.peek.line)
        : this.unexpected()
    this.noIn = noIn
    return args
  }

  primary(): Expr {
    const word = this.peek
    const { kind, text, line } = word
    if (kind === 'number') {
      this.next()
      return { k: 'const', v: Number(text), line }
    }
    if (kind === 'text') {
      this.next()
      return { k: 'const', v: text, line }
    }
    if (kind === 'template') {
      this.next()
      return { k: 'text', line, parts: word.pieces!.map((p) => (typeof p === 'string' ? p : { e: this.nested(p.source, p.line) })) }
    }
    if (kind === 'pattern') {
      this.next()
      return {
        k: 'call',
        fn: { k: 'name', n: 'RegExp', line },
        args: [{ v: { k: 'const', v: text, line } }, { v: { k: 'const', v: String(word.pieces?.[0] ?? ''), line } }],
        line,
      }
    }
    if (kind === 'mark') {
      if (text === '(') {
        this.next()
        const { noIn } = this
        this.noIn = false
        const e = this.comma()
        this.noIn = noIn
        this.need(')')
        return e
      }
      if (text === '[') return this.#list()
      if (text === '{') return this.#object()
      throw this.unexpected()
    }
    if (kind === 'end') throw this.unexpected()
    return this.#word(text, line)
  }

  #word(text: string, line: number): Expr {
    switch (text) {
      case 'function':
        return this.functionExpression(false)
      case 'class': {
        this.next()
        const { base, body, name } = this.classMembers()
        return { k: 'class', name, body, fields: true, line, ...(base && { base }) }
      }
      case 'new':
        return this.#new()
      case 'this':
        this.next()
        return { k: 'name', n: 'this', line }
      case 'super':
        this.next()
        if (this.is('(')) return { k: 'super', args: this.arguments(), line }
        this.need('.')
        return { k: 'super', args: [], method: this.#property(), line }
      case 'import':
        throw new NotSimulated('import()', line)
    }
    if (text === 'async' && this.ahead(1).text === 'function') {
      this.next()
      return this.functionExpression(true)
    }
    const constants: Readonly<Record<string, Expr>> = {
      null: { k: 'const', v: null, line },
      undefined: { k: 'const', v: UNDEFINED, line },
      true: { k: 'const', v: true, line },
      false: { k: 'const', v: false, line },
    }
    if (Object.hasOwn(constants, text)) {
      this.next()
      return constants[text]!
    }
    return this.name()
  }

  #new(): Expr {
    const { line } = this.next()
    if (this.take('.')) throw new NotSimulated('new.target', line)
    let fn = this.is('new') ? this.#new() : this.primary()
    while (this.take('.')) fn = { k: 'attr', o: fn, n: this.#property(), line }
    return { k: 'call', fn, args: this.is('(') ? this.arguments() : [], isNew: true, line }
  }

  #list(): Expr {
    const { line } = this.next()
    const items: Item[] = []
    while (!this.is(']')) {
      if (this.is(',')) items.push({ v: { k: 'const', v: UNDEFINED, line } })
      else items.push(this.take('...') ? { v: this.expression(), spread: true } : { v: this.expression() })
      if (!this.take(',')) break
    }
    this.need(']')
    return { k: 'list', items, line }
  }

  #object(): Expr {
    const { line } = this.next()
    const items: Item[] = []
    const { noIn } = this
    this.noIn = false
    while (!this.is('}')) {
      items.push(this.#member(line))
      if (!this.take(',')) break
    }
    this.noIn = noIn
    this.need('}')
    return { k: 'dict', items, line }
  }

  #member(line: number): Item {
    if (this.take('...')) return { v: this.expression(), spread: true }
    const isAsync = this.is('async') && ![',', ':', '(', '}'].includes(this.ahead(1).text)
    if (isAsync) this.next()
    if ((this.is('get') || this.is('set')) && ![',', ':', '(', '}'].includes(this.ahead(1).text))
      throw new NotSimulated('getters and setters', this.peek.line)
    const word = this.peek
    const key = this.key()
    if (this.is('(')) {
      const parameters = this.parameters()
      return { key, v: this.made({ name: word.text, parameters, body: this.functionBody(), line, ...(isAsync && { async: true }) }) }
    }
    if (this.take(':')) return { key, v: this.expression() }
    const own: Expr = { k: 'name', n: word.text, line: word.line }
    if (word.kind !== 'name') throw this.unexpected()
    return this.take('=') ? { key, v: { k: 'assign', target: own, v: this.expression(), line } } : { key, v: own }
  }

  /** A member's name: a word, a text, a number, `[computed]`. */
  key(): Expr {
    const { kind, text, line } = this.next()
    if (kind === 'mark' && text === '[') {
      const e = this.expression()
      this.need(']')
      return e
    }
    if (kind === 'mark' || kind === 'end') throw new ScriptSyntaxError(`Unexpected token '${text}'`, line)
    return { k: 'const', v: kind === 'number' ? String(Number(text)) : text, line }
  }
}
