/** Statements of JavaScript: the subset that clusterlab runs. What is beyond it is NotSimulated, with its line. */
import { type Expr, NotSimulated, ScriptSyntaxError, type Stmt } from '../scripting/ast.ts'
import { UNDEFINED } from '../scripting/values.ts'
import { Expressions } from './parse-expression.ts'

class Parser extends Expressions {
  module(): Stmt[] {
    const out: Stmt[] = []
    while (this.peek.kind !== 'end') out.push(...this.statement())
    return out
  }

  nested(source: string, line: number): Expr {
    return new Parser(source, line).comma()
  }

  functionBody(): Stmt[] {
    const { noIn } = this
    this.noIn = false
    const body = this.block()
    this.noIn = noIn
    return body
  }

  block(): Stmt[] {
    this.need('{')
    const out: Stmt[] = []
    while (!this.is('}')) {
      if (this.peek.kind === 'end') throw this.unexpected()
      out.push(...this.statement())
    }
    this.next()
    return out
  }

  /** A block, or one statement. */
  #body(): Stmt[] {
    return this.is('{') ? this.block() : this.statement()
  }

  /** A semicolon, or where one may be left out. */
  #end(): void {
    if (this.take(';') || this.is('}') || this.peek.kind === 'end' || this.peek.fresh) return
    throw this.unexpected()
  }

  statement(): Stmt[] {
    const { kind, text, line } = this.peek
    if (this.take(';')) return []
    if (kind === 'mark' && text === '{') return [{ k: 'block', body: this.block(), line }]
    if (kind === 'name') {
      const found = this.#keyword(text, line)
      if (found !== undefined) return found
    }
    const e = this.comma()
    this.#end()
    return [{ k: 'do', e, line }]
  }

  #keyword(text: string, line: number): Stmt[] | undefined {
    switch (text) {
      case 'const':
      case 'let':
      case 'var': {
        const out = this.#declaration()
        this.#end()
        return out
      }
      case 'function':
        return [this.#function(false, line)]
      case 'async':
        if (this.ahead(1).text !== 'function') return undefined
        this.next()
        return [this.#function(true, line)]
      case 'class': {
        const e = this.expression()
        return [{ k: 'set', targets: [{ k: 'name', n: (e as Expr & { k: 'class' }).name, line }], v: e, declare: true, line }]
      }
      case 'if': {
        this.next()
        const test = this.#head()
        const then = this.#body()
        return [{ k: 'if', test, then, or: this.take('else') ? this.#body() : [], line }]
      }
      case 'while': {
        this.next()
        return [{ k: 'while', test: this.#head(), body: this.#body(), line }]
      }
      case 'do': {
        this.next()
        const body = this.#body()
        this.need('while')
        const test = this.#head()
        this.take(';')
        return [{ k: 'while', test, body, last: true, line }]
      }
      case 'for':
        return [this.#for()]
      case 'switch':
        return [this.#switch()]
      case 'try':
        return [this.#try()]
      case 'return': {
        this.next()
        const v = this.is(';') || this.is('}') || this.peek.fresh || this.peek.kind === 'end' ? undefined : this.comma()
        this.#end()
        return [{ k: 'return', line, ...(v && { v }) }]
      }
      case 'break':
      case 'continue':
        this.next()
        if (this.peek.kind === 'name' && !this.peek.fresh) throw new NotSimulated('labels', line)
        this.#end()
        return [{ k: text, line }]
      case 'throw': {
        this.next()
        const v = this.comma()
        this.#end()
        return [{ k: 'raise', v, line }]
      }
      case 'import':
        return this.#import(line)
      case 'export':
        this.next()
        if (this.take('default')) {
          const v = this.expression()
          this.#end()
          return [{ k: 'do', e: v, line }]
        }
        return this.statement()
      default:
        return undefined
    }
  }

  #head(): Expr {
    this.need('(')
    const e = this.comma()
    this.need(')')
    return e
  }

  #declaration(): Stmt[] {
    const { line } = this.next()
    const out: Stmt[] = []
    do {
      const target = this.binding()
      const v: Expr = this.take('=') ? this.expression() : { k: 'const', v: UNDEFINED, line }
      out.push({ k: 'set', targets: [target], v: target.k === 'name' ? named(v, target.n) : v, declare: true, line })
    } while (this.take(','))
    return out
  }

  #function(isAsync: boolean, line: number): Stmt {
    const v = this.functionExpression(isAsync)
    const target: Expr = { k: 'name', n: v.def.name, line }
    // Declared functions are there before their line.
    return { k: 'set', targets: [target], v: { ...v, def: { ...v.def, line: -line } }, declare: true, line }
  }

  #for(): Stmt {
    const { line } = this.next()
    if (this.is('await')) throw new NotSimulated('for await', line)
    this.need('(')
    const declares = ['const', 'let', 'var'].includes(this.peek.text)
    if (declares && (this.ahead(1).kind === 'name' || ['[', '{'].includes(this.ahead(1).text))) {
      let n = 2
      if (this.ahead(1).kind === 'mark')
        for (let depth = 1; depth > 0 && this.ahead(n).kind !== 'end'; n++)
          depth +=
            '[{'.includes(this.ahead(n).text) && this.ahead(n).kind === 'mark'
              ? 1
              : ']}'.includes(this.ahead(n).text) && this.ahead(n).kind === 'mark'
                ? -1
                : 0
      const word = this.ahead(n).text
      if (word === 'of' || word === 'in') {
        this.next()
        const target = this.binding()
        this.next()
        const iter = this.comma()
        this.need(')')
        return { k: 'for', target, iter, body: this.#body(), declare: true, line, ...(word === 'in' && { keys: true }) }
      }
    }
    this.noIn = true
    const init: Stmt[] = this.is(';') ? [] : declares ? this.#declaration() : [{ k: 'do', e: this.comma(), line }]
    this.noIn = false
    this.need(';')
    const test = this.is(';') ? undefined : this.comma()
    this.need(';')
    const step = this.is(')') ? undefined : this.comma()
    this.need(')')
    return { k: 'loop', init, body: this.#body(), line, ...(test && { test }), ...(step && { step }) }
  }

  #switch(): Stmt {
    const { line } = this.next()
    const on = this.#head()
    const cases: { test?: Expr; body: Stmt[] }[] = []
    this.need('{')
    while (!this.take('}')) {
      const otherwise = this.take('default')
      if (!otherwise) this.need('case')
      const test = otherwise ? undefined : this.comma()
      this.need(':')
      const body: Stmt[] = []
      while (!this.is('case') && !this.is('default') && !this.is('}')) body.push(...this.statement())
      cases.push({ body, ...(test && { test }) })
    }
    return { k: 'switch', on, cases, line }
  }

  #try(): Stmt {
    const { line } = this.next()
    const body = this.block()
    const catches = []
    if (this.take('catch')) {
      const target = this.take('(') ? this.binding() : undefined
      if (target !== undefined) this.need(')')
      catches.push({ body: this.block(), ...(target && { target }) })
    }
    const last = this.take('finally') ? this.block() : undefined
    if (catches.length === 0 && last === undefined) throw new ScriptSyntaxError('Missing catch or finally after try', this.peek.line)
    return { k: 'try', body, catches, or: [], line, ...(last && { last }) }
  }

  /** `import http from 'http'`, `import { a as b } from './c.js'`, `import * as fs from 'fs'`. */
  #import(line: number): Stmt[] | undefined {
    if (this.ahead(1).text === '(' || this.ahead(1).text === '.') return undefined
    this.next()
    if (this.peek.kind === 'text') {
      const module = this.next().text
      this.#end()
      return [{ k: 'import', module, as: '.module', line }]
    }
    const out: ((module: string) => Stmt)[] = []
    do {
      if (this.take('*')) {
        this.need('as')
        const as = this.name().n
        out.push((module) => ({ k: 'import', module, as, line }))
      } else if (this.take('{')) {
        const names: [string, string][] = []
        while (!this.is('}')) {
          const from = this.next().text
          names.push([from, this.take('as') ? this.name().n : from])
          if (!this.take(',')) break
        }
        this.need('}')
        out.push((module) => ({ k: 'import', module, as: '', names, line }))
      } else {
        const as = this.name().n
        out.push((module) => ({ k: 'import', module, as, line }))
      }
    } while (this.take(','))
    this.need('from')
    const module = this.next().text
    this.#end()
    return out.map((make) => make(module))
  }

  /** `class A extends B { … }`: methods; fields become the first lines of the constructor. */
  classMembers(): { base?: Expr; body: Stmt[]; name: string } {
    const name = this.is('{') || this.is('extends') ? '' : this.name().n
    const base = this.take('extends') ? this.expression() : undefined
    const body: Stmt[] = []
    const fields: Stmt[] = []
    this.need('{')
    while (!this.take('}')) {
      if (this.take(';')) continue
      const { line } = this.peek
      if (this.is('#')) throw new NotSimulated('private members', line)
      const plain = (n: number): boolean => ['(', '=', ';', '}'].includes(this.ahead(n).text)
      const isStatic = this.is('static') && !plain(1)
      if (isStatic) this.next()
      const isAsync = this.is('async') && !plain(1)
      if (isAsync) this.next()
      if ((this.is('get') || this.is('set')) && !plain(1)) throw new NotSimulated('getters and setters', line)
      const key = this.key()
      if (key.k !== 'const') throw new NotSimulated('computed members of a class', line)
      const own = String(key.v)
      if (this.is('(')) {
        const parameters = this.parameters()
        const v = this.made({ name: own, parameters, body: this.functionBody(), line, ...(isAsync && { async: true }) })
        body.push({ k: 'set', targets: [{ k: 'name', n: own, line }], v, declare: true, line })
        continue
      }
      const v: Expr = this.take('=') ? this.expression() : { k: 'const', v: UNDEFINED, line }
      this.take(';')
      if (isStatic) body.push({ k: 'set', targets: [{ k: 'name', n: own, line }], v, declare: true, line })
      else fields.push({ k: 'set', targets: [{ k: 'attr', o: { k: 'name', n: 'this', line }, n: own, line }], v, line })
    }
    if (fields.length > 0) {
      const { line } = fields[0]!
      body.push({
        k: 'set',
        targets: [{ k: 'name', n: '.fields', line }],
        v: this.made({ name: '.fields', parameters: [], body: fields, line }),
        declare: true,
        line,
      })
    }
    return { body, name, ...(base && { base }) }
  }
}

/** A function without a name is called as what it is given to. */
const named = (v: Expr, name: string): Expr =>
  v.k === 'fn' && v.def.name === '' ? { ...v, def: { ...v.def, name } } : v.k === 'class' && v.name === '' ? { ...v, name } : v

/** The statements of a text. Throws NotSimulated and ScriptSyntaxError. */
export const parseJavaScript = (text: string): Stmt[] => new Parser(text).module()
