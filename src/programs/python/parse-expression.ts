/** Expressions of Python. */
import { type Argument, type Expr, type Item, NotSimulated, ScriptSyntaxError, type Stmt } from '../scripting/ast.ts'
import { formattedParts } from './format-text.ts'
import { lex, type Word } from './lex.ts'

const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
)
const LEVELS: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/', '//', '%', '@']]
const COMPARISONS = new Set(['<', '>', '==', '>=', '<=', '!='])
const DEEPEST = 200

export class Expressions {
  readonly #words: readonly Word[]
  #at = 0
  #depth = 0

  constructor(text: string, line = 1) {
    const words = lex(text)
    this.#words = line === 1 ? words : words.map((w) => ({ ...w, line: w.line + line - 1 }))
  }

  get peek(): Word {
    return this.#words[this.#at]!
  }
  get after(): Word {
    return this.#words[this.#at + 1] ?? this.peek
  }
  next(): Word {
    const word = this.peek
    if (word.kind !== 'end') this.#at++
    return word
  }
  /** A keyword. */
  take(name: string): boolean {
    const is = this.peek.kind === 'name' && this.peek.text === name
    if (is) this.next()
    return is
  }
  isMark(mark: string): boolean {
    return this.peek.kind === 'mark' && this.peek.text === mark
  }
  takeMark(mark: string): boolean {
    const is = this.isMark(mark)
    if (is) this.next()
    return is
  }
  need(mark: string): void {
    if (!this.takeMark(mark))
      throw new ScriptSyntaxError(
        mark === ':' ? "expected ':'" : this.peek.kind === 'end' ? `'${mark}' was never closed` : 'invalid syntax',
        this.peek.line,
      )
  }
  needName(name: string): void {
    if (!this.take(name)) throw new ScriptSyntaxError('invalid syntax', this.peek.line)
  }
  get ends(): boolean {
    return this.peek.kind === 'line' || this.peek.kind === 'end' || this.peek.kind === 'out' || this.isMark(';')
  }
  name(): Expr & { k: 'name' } {
    const { kind, text, line } = this.next()
    if (kind !== 'name' || KEYWORDS.has(text)) throw new ScriptSyntaxError('invalid syntax', line)
    return { k: 'name', n: text, line }
  }

  /** `a, b`: a tuple; one alone is itself. */
  tests(): Expr {
    const { line } = this.peek
    const first = this.#starred()
    if (!this.isMark(',')) {
      if (first.spread === true) throw new ScriptSyntaxError("can't use starred expression here", line)
      return first.v
    }
    const items: Item[] = [first]
    while (this.takeMark(',')) {
      if (this.ends || (this.peek.kind === 'mark' && [')', ']', '}', '=', ':'].includes(this.peek.text))) break
      items.push(this.#starred())
    }
    return { k: 'tuple', items, line }
  }

  #starred(): Item {
    return this.takeMark('*') ? { v: this.#binary(0), spread: true } : { v: this.test() }
  }

  /** Targets of a loop: names, tuples of them. */
  targets(): Expr {
    const { line } = this.peek
    const items: Item[] = []
    let comma = false
    do {
      if (this.peek.kind === 'name' && this.peek.text === 'in') break
      items.push(this.takeMark('*') ? { v: this.primary(), spread: true } : { v: this.primary() })
      if (!this.isMark(',')) break
      comma = true
    } while (this.takeMark(','))
    return comma ? { k: 'tuple', items, line } : items[0]!.v
  }

  test(): Expr {
    if (++this.#depth > DEEPEST) throw new ScriptSyntaxError('too many nested parentheses', this.peek.line)
    try {
      return this.#test()
    } finally {
      this.#depth--
    }
  }

  #test(): Expr {
    const { line } = this.peek
    if (this.take('lambda')) return this.#lambda(line)
    if (this.peek.kind === 'name' && (this.peek.text === 'yield' || this.peek.text === 'await'))
      throw new NotSimulated(this.peek.text, line)
    const yes = this.#or()
    if (this.isMark(':=') && yes.k === 'name') {
      this.next()
      return { k: 'assign', target: yes, v: this.test(), line }
    }
    if (!this.take('if')) return yes
    const test = this.#or()
    this.needName('else')
    return { k: 'cond', test, yes, no: this.test(), line }
  }

  #lambda(line: number): Expr {
    const parameters = []
    while (!this.isMark(':')) {
      const rest = this.takeMark('*') ? ('list' as const) : undefined
      const target = this.name()
      const preset = this.takeMark('=') ? this.test() : undefined
      parameters.push({ target, ...(preset && { preset }), ...(rest && { rest }) })
      if (!this.takeMark(',')) break
    }
    this.need(':')
    const v = this.test()
    return { k: 'fn', def: { name: '<lambda>', parameters, body: [{ k: 'return', v, line }], line }, line }
  }

  #or(): Expr {
    let a = this.#and()
    while (this.peek.kind === 'name' && this.peek.text === 'or') {
      const { line } = this.next()
      a = { k: 'logic', op: 'or', a, b: this.#and(), line }
    }
    return a
  }
  #and(): Expr {
    let a = this.#not()
    while (this.peek.kind === 'name' && this.peek.text === 'and') {
      const { line } = this.next()
      a = { k: 'logic', op: 'and', a, b: this.#not(), line }
    }
    return a
  }
  #not(): Expr {
    const { line } = this.peek
    return this.take('not') ? { k: 'un', op: 'not', a: this.#not(), line } : this.#comparison()
  }

  #comparison(): Expr {
    const { line } = this.peek
    const first = this.#binary(0)
    const rest: [string, Expr][] = []
    for (;;) {
      const { kind, text } = this.peek
      if (kind === 'mark' && COMPARISONS.has(text)) {
        this.next()
        rest.push([text, this.#binary(0)])
      } else if (this.take('in')) rest.push(['in', this.#binary(0)])
      else if (this.take('is')) {
        const not = this.take('not')
        rest.push([not ? 'is not' : 'is', this.#binary(0)])
      } else if (kind === 'name' && text === 'not' && this.after.text === 'in') {
        this.next()
        this.next()
        rest.push(['not in', this.#binary(0)])
      } else return rest.length === 0 ? first : { k: 'cmp', first, rest, line }
    }
  }

  #binary(level: number): Expr {
    if (level === LEVELS.length) return this.#unary()
    let a = this.#binary(level + 1)
    while (this.peek.kind === 'mark' && LEVELS[level]!.includes(this.peek.text)) {
      const { text, line } = this.next()
      if (text === '@') throw new NotSimulated('matrix multiplication', line)
      a = { k: 'bin', op: text, a, b: this.#binary(level + 1), line }
    }
    return a
  }

  #unary(): Expr {
    const { kind, text, line } = this.peek
    if (kind === 'mark' && ['-', '+', '~'].includes(text)) {
      this.next()
      return { k: 'un', op: text, a: this.#unary(), line }
    }
    const a = this.primary()
    if (!this.takeMark('**')) return a
    return { k: 'bin', op: '**', a, b: this.#unary(), line }
  }

  /** An atom with its calls, attributes and subscripts. */
  primary(): Expr {
    let e = this.#atom()
    for (;;) {
      const { line } = this.peek
      if (this.takeMark('.')) e = { k: 'attr', o: e, n: this.name().n, line }
      else if (this.takeMark('(')) e = this.#call(e, line)
      else if (this.takeMark('[')) e = this.#subscript(e, line)
      else return e
    }
  }

  #call(fn: Expr, line: number): Expr {
    const args: Argument[] = []
    while (!this.isMark(')')) {
      if (this.takeMark('**')) args.push({ v: this.test(), spreadNames: true })
      else if (this.takeMark('*')) args.push({ v: this.test(), spread: true })
      else if (this.peek.kind === 'name' && this.after.kind === 'mark' && this.after.text === '=') {
        const name = this.name().n
        this.next()
        args.push({ v: this.test(), name })
      } else {
        const v = this.test()
        args.push({ v: this.peek.kind === 'name' && this.peek.text === 'for' ? this.#comprehension('list', v, undefined, line) : v })
      }
      if (!this.takeMark(',')) break
    }
    this.need(')')
    if (fn.k === 'name' && fn.n === 'super' && args.length === 0) return { k: 'super', args: [], method: '', line }
    return { k: 'call', fn, args, line }
  }

  #subscript(o: Expr, line: number): Expr {
    const parts: (Expr | undefined)[] = []
    let colons = 0
    let part: Expr | undefined
    while (!this.isMark(']')) {
      if (this.takeMark(':')) {
        colons++
        parts.push(part)
        part = undefined
      } else part = this.tests()
    }
    this.need(']')
    if (colons === 0) return { k: 'index', o, i: part!, line }
    parts.push(part)
    return { k: 'slice', o, parts: [parts[0], parts[1], parts[2]], line }
  }

  #atom(): Expr {
    const word = this.next()
    const { kind, text, line } = word
    if (kind === 'int') {
      const v = Number(text)
      if (!Number.isSafeInteger(v)) throw new NotSimulated('whole numbers beyond 2**53', line)
      return { k: 'const', v, line }
    }
    if (kind === 'float') return { k: 'const', v: { f: Number(text) }, line }
    if (kind === 'text') return this.#text(word)
    if (kind === 'mark') {
      if (text === '(') return this.#parenthesis(line)
      if (text === '[') return this.#bracket(line)
      if (text === '{') return this.#brace(line)
      if (text === '...') return { k: 'const', v: null, line }
    }
    if (kind === 'name') {
      if (text === 'None') return { k: 'const', v: null, line }
      if (text === 'True' || text === 'False') return { k: 'const', v: text === 'True', line }
      if (!KEYWORDS.has(text)) return { k: 'name', n: text, line }
    }
    throw new ScriptSyntaxError('invalid syntax', line)
  }

  #parenthesis(line: number): Expr {
    if (this.takeMark(')')) return { k: 'tuple', items: [], line }
    const { line: inner } = this.peek
    const e = this.tests()
    const made = this.peek.kind === 'name' && this.peek.text === 'for' ? this.#comprehension('list', e, undefined, inner) : e
    this.need(')')
    return made
  }

  #bracket(line: number): Expr {
    const items: Item[] = []
    while (!this.isMark(']')) {
      const item = this.#starred()
      if (this.peek.kind === 'name' && this.peek.text === 'for') {
        const made = this.#comprehension('list', item.v, undefined, line)
        this.need(']')
        return made
      }
      items.push(item)
      if (!this.takeMark(',')) break
    }
    this.need(']')
    return { k: 'list', items, line }
  }

  #brace(line: number): Expr {
    const items: Item[] = []
    let kind: 'dict' | 'set' = 'dict'
    while (!this.isMark('}')) {
      if (this.takeMark('**')) items.push({ v: this.#binary(0), spread: true })
      else {
        const first = this.#starred()
        if (this.takeMark(':')) {
          const v = this.test()
          if (this.peek.kind === 'name' && this.peek.text === 'for') {
            const made = this.#comprehension('dict', v, first.v, line)
            this.need('}')
            return made
          }
          items.push({ key: first.v, v })
        } else {
          kind = 'set'
          if (this.peek.kind === 'name' && this.peek.text === 'for') {
            const made = this.#comprehension('set', first.v, undefined, line)
            this.need('}')
            return made
          }
          items.push(first)
        }
      }
      if (!this.takeMark(',')) break
    }
    this.need('}')
    return { k: kind, items, line }
  }

  /** As the function that it is: a loop that fills a collection. */
  #comprehension(kind: 'list' | 'set' | 'dict', v: Expr, key: Expr | undefined, line: number): Expr {
    const out: Expr = { k: 'name', n: '.out', line }
    const put: Stmt =
      key === undefined
        ? { k: 'do', e: { k: 'call', fn: { k: 'attr', o: out, n: kind === 'set' ? 'add' : 'append', line }, args: [{ v }], line }, line }
        : { k: 'set', targets: [{ k: 'index', o: out, i: key, line }], v, line }
    const clauses: { target: Expr; iter: Expr; tests: Expr[] }[] = []
    while (this.take('for')) {
      const target = this.targets()
      this.needName('in')
      const iter = this.#or()
      const tests: Expr[] = []
      while (this.take('if')) tests.push(this.#or())
      clauses.push({ target, iter, tests })
    }
    const body = clauses.reduceRight<Stmt[]>(
      (inner, c) => [
        {
          k: 'for',
          target: c.target,
          iter: c.iter,
          line,
          body: c.tests.reduceRight<Stmt[]>((b, test) => [{ k: 'if', test, then: b, or: [], line }], inner),
        },
      ],
      [put],
    )
    const made: Stmt[] = [{ k: 'set', targets: [out], v: { k: kind, items: [], line }, line }, ...body, { k: 'return', v: out, line }]
    return { k: 'call', fn: { k: 'fn', def: { name: `<${kind}comp>`, parameters: [], body: made, line }, line }, args: [], line }
  }

  // ── texts ──

  #text(first: Word): Expr {
    const words = [first]
    while (this.peek.kind === 'text') words.push(this.next())
    const { line } = first
    if (words.every((w) => !w.prefix?.includes('f'))) return { k: 'const', v: words.map((w) => w.text).join(''), line }
    const inner = (source: string, at: number): Expr => new Expressions(source, at).test()
    const parts = words.flatMap((w) => (w.prefix?.includes('f') ? formattedParts(w.text, w.prefix === 'fr', w.line, inner) : [w.text]))
    return { k: 'text', parts, line }
  }
}
