/** Expressions of JavaScript. */
import { type Def, type Expr, NotSimulated, type Parameter, ScriptSyntaxError, type Stmt } from '../scripting/ast.ts'
import { UNDEFINED } from '../scripting/values.ts'
import { KEYWORDS, Operands } from './parse-operand.ts'

const LEVELS: readonly (readonly string[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!=', '===', '!=='],
  ['<', '>', '<=', '>=', 'instanceof', 'in'],
  ['<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
]
const LOGIC: Readonly<Record<string, 'and' | 'or' | 'nullish'>> = { '&&': 'and', '||': 'or', '??': 'nullish' }
const COMPARISONS = new Set(['==', '!=', '===', '!==', '<', '>', '<=', '>=', 'instanceof', 'in'])
const ASSIGNMENTS = /^(?:\+|-|\*|\/|%|\*\*|<<|>>|>>>|&|\||\^|&&|\|\||\?\?)?=$/
const DEEPEST = 200

export abstract class Expressions extends Operands {
  #depth = 0

  /** `a, b`: the last one counts. */
  comma(): Expr {
    const e = this.expression()
    if (!this.is(',')) return e
    throw new NotSimulated('the comma operator', this.peek.line)
  }

  expression(): Expr {
    if (++this.#depth > DEEPEST) throw new ScriptSyntaxError('Maximum nesting depth exceeded', this.peek.line)
    try {
      return this.#assignment()
    } finally {
      this.#depth--
    }
  }

  #assignment(): Expr {
    const { line } = this.peek
    if (this.is('yield')) throw new NotSimulated('yield', line)
    const arrow = this.#arrow()
    if (arrow !== undefined) return arrow
    const target = this.#conditional()
    if (this.peek.kind === 'mark' && ASSIGNMENTS.test(this.peek.text)) {
      const op = this.next().text.slice(0, -1)
      if (!['name', 'attr', 'index', 'list', 'dict'].includes(target.k))
        throw new ScriptSyntaxError('Invalid left-hand side in assignment', line)
      const v = this.expression()
      return { k: 'assign', target: this.pattern(target), v, line, ...(op !== '' && { op: LOGIC[op] ?? op }) }
    }
    return target
  }

  /** An array or object that stands where a target does. */
  pattern(e: Expr): Expr {
    if (e.k === 'list') return { ...e, items: e.items.map((i) => ({ ...i, v: this.pattern(i.v) })) }
    if (e.k === 'dict') return { ...e, items: e.items.map((i) => ({ ...i, v: this.pattern(i.v) })) }
    return e.k === 'assign' ? { ...e, target: this.pattern(e.target) } : e
  }

  /** A parameter or a declared name: an identifier or a pattern. */
  binding(): Expr {
    return this.is('[') || this.is('{') ? this.pattern(this.primary()) : this.name()
  }

  parameters(): Parameter[] {
    const out: Parameter[] = []
    this.need('(')
    while (!this.is(')')) {
      if (this.take('...')) out.push({ target: this.binding(), rest: 'list' })
      else {
        const target = this.binding()
        out.push({ target, ...(this.take('=') && { preset: this.expression() }) })
      }
      if (!this.take(',')) break
    }
    this.need(')')
    return out
  }

  /** `x => …`, `(a, b) => …`, `async …`. */
  #arrow(): Expr | undefined {
    const { line, kind } = this.peek
    const isAsync = this.is('async') && !this.ahead(1).fresh && (this.ahead(1).kind === 'name' || this.ahead(1).text === '(')
    if (isAsync && this.ahead(1).text === 'function') return undefined
    const start = isAsync ? 1 : 0
    const first = this.ahead(start)
    if (
      first.kind === 'name' &&
      !KEYWORDS.has(first.text) &&
      this.ahead(start + 1).text === '=>' &&
      this.ahead(start + 1).kind === 'mark'
    ) {
      if (isAsync) this.next()
      const target = this.name()
      return this.#arrowBody([{ target }], isAsync, line)
    }
    if (first.text !== '(' || first.kind !== 'mark' || (kind === 'name' && !isAsync)) return undefined
    let depth = 0
    for (let n = start; ; n++) {
      const w = this.ahead(n)
      if (w.kind === 'end') return undefined
      if (w.kind !== 'mark') continue
      if ('([{'.includes(w.text)) depth++
      else if (')]}'.includes(w.text) && --depth === 0) {
        const after = this.ahead(n + 1)
        if (after.kind !== 'mark' || after.text !== '=>') return undefined
        break
      }
    }
    if (isAsync) this.next()
    return this.#arrowBody(this.parameters(), isAsync, line)
  }
  #arrowBody(parameters: Parameter[], isAsync: boolean, line: number): Expr {
    this.need('=>')
    const body: Stmt[] = this.is('{') ? this.functionBody() : [{ k: 'return', v: this.expression(), line: this.peek.line }]
    return this.made({ name: '', parameters, body, arrow: true, line, ...(isAsync && { async: true }) })
  }

  /** Presets are worked out at each call: they become the first lines of the body. */
  made(def: Def): Expr {
    const presets: Stmt[] = def.parameters.flatMap((p, i) => {
      if (p.preset === undefined) return []
      const name: Expr = p.target.k === 'name' ? p.target : { k: 'name', n: `.${i}`, line: def.line }
      const missing: Expr = {
        k: 'cmp',
        first: name,
        rest: [['===', { k: 'const', v: UNDEFINED, line: def.line }]],
        line: Math.abs(def.line),
      }
      return [
        {
          k: 'if',
          test: missing,
          then: [{ k: 'set', targets: [name], v: p.preset, line: Math.abs(def.line) }],
          or: [],
          line: Math.abs(def.line),
        },
      ]
    })
    const parameters = def.parameters.map(({ target, rest }) => ({ target, ...(rest && { rest }) }))
    return { k: 'fn', def: { ...def, parameters, body: [...presets, ...def.body] }, line: Math.abs(def.line) }
  }

  functionExpression(isAsync: boolean): Expr & { k: 'fn' } {
    const { line } = this.next()
    if (this.is('*')) throw new NotSimulated('generators', line)
    const name = this.is('(') ? '' : this.name().n
    const parameters = this.parameters()
    return this.made({ name, parameters, body: this.functionBody(), line, ...(isAsync && { async: true }) }) as Expr & { k: 'fn' }
  }

  #conditional(): Expr {
    const { line } = this.peek
    const test = this.#binary(0)
    if (!this.take('?')) return test
    const { noIn } = this
    this.noIn = false
    const yes = this.expression()
    this.noIn = noIn
    this.need(':')
    return { k: 'cond', test, yes, no: this.expression(), line }
  }

  #binary(level: number): Expr {
    if (level === LEVELS.length) return this.#power()
    let a = this.#binary(level + 1)
    for (;;) {
      const { kind, text, line } = this.peek
      if ((kind !== 'mark' && kind !== 'name') || !LEVELS[level]!.includes(text) || (text === 'in' && this.noIn)) return a
      this.next()
      const b = this.#binary(level + 1)
      const logic = LOGIC[text]
      if (logic !== undefined) a = { k: 'logic', op: logic, a, b, line }
      else if (COMPARISONS.has(text)) a = { k: 'cmp', first: a, rest: [[text, b]], line }
      else a = { k: 'bin', op: text, a, b, line }
    }
  }

  #power(): Expr {
    const a = this.#unary()
    const { line } = this.peek
    return this.take('**') ? { k: 'bin', op: '**', a, b: this.#power(), line } : a
  }

  #unary(): Expr {
    const { kind, text, line } = this.peek
    if (kind === 'mark' && ['!', '-', '+', '~'].includes(text)) {
      this.next()
      return { k: 'un', op: text === '!' ? 'not' : text, a: this.#unary(), line }
    }
    if (kind === 'mark' && (text === '++' || text === '--')) {
      this.next()
      const target = this.#unary()
      return { k: 'assign', target, op: text[0]!, v: { k: 'const', v: 1, line }, line }
    }
    if (kind === 'name' && (text === 'typeof' || text === 'void' || text === 'delete')) {
      this.next()
      const a = this.#unary()
      if (text !== 'delete') return { k: 'un', op: text, a, line }
      if (a.k !== 'attr' && a.k !== 'index') return { k: 'const', v: true, line }
      return {
        k: 'call',
        fn: { k: 'name', n: '.delete', line },
        args: [{ v: a.o }, { v: a.k === 'attr' ? { k: 'const', v: a.n, line } : a.i }],
        line,
      }
    }
    if (kind === 'name' && text === 'await') {
      this.next()
      return { k: 'await', a: this.#unary(), line }
    }
    const e = this.postfix(this.primary())
    if (this.peek.kind === 'mark' && (this.peek.text === '++' || this.peek.text === '--') && !this.peek.fresh) {
      const op = this.next().text[0]!
      return { k: 'assign', target: e, op, v: { k: 'const', v: 1, line }, before: true, line }
    }
    return e
  }
}
