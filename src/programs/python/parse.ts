/** Statements of Python 3: the subset that clusterlab runs. What is beyond it is NotSimulated, with its line. */
import { type Catch, type Def, type Expr, NotSimulated, type Parameter, ScriptSyntaxError, type Stmt } from '../scripting/ast.ts'
import { Expressions } from './parse-expression.ts'

const NOT_HERE: Readonly<Record<string, string>> = { async: 'async', match: 'match' }
const AUGMENTED: Readonly<Record<string, string>> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '//=': '//',
  '%=': '%',
  '**=': '**',
  '&=': '&',
  '|=': '|',
  '^=': '^',
  '>>=': '>>',
  '<<=': '<<',
}

class Parser extends Expressions {
  /** Names that the function being read declares global or nonlocal. */
  #globals: string[] = []
  #outer: string[] = []

  module(): Stmt[] {
    const out: Stmt[] = []
    while (this.peek.kind !== 'end') out.push(...this.statement())
    return out
  }

  block(): Stmt[] {
    this.need(':')
    if (!this.ends || this.isMark(';')) return this.simple()
    this.next()
    const open = this.next()
    if (open.kind !== 'in') throw new ScriptSyntaxError('expected an indented block', open.line)
    const out: Stmt[] = []
    while (this.peek.kind !== 'out') out.push(...this.statement())
    this.next()
    return out
  }

  statement(): Stmt[] {
    const { kind, text, line } = this.peek
    if (kind === 'in') throw new ScriptSyntaxError('unexpected indent', line)
    if (kind === 'mark' && text === '@') return this.#decorated()
    if (kind !== 'name') return this.simple()
    switch (text) {
      case 'if':
        return [this.#if()]
      case 'while': {
        this.next()
        const test = this.test()
        const body = this.block()
        return [{ k: 'while', test, body, line, ...(this.take('else') && { or: this.block() }) }]
      }
      case 'for': {
        this.next()
        const target = this.targets()
        this.needName('in')
        const iter = this.tests()
        const body = this.block()
        return [{ k: 'for', target, iter, body, line, ...(this.take('else') && { or: this.block() }) }]
      }
      case 'try':
        return [this.#try()]
      case 'with':
        return [this.#with()]
      case 'def':
        return [this.#def()]
      case 'class':
        return [this.#class()]
    }
    if (NOT_HERE[text] !== undefined && this.after.kind === 'name') throw new NotSimulated(NOT_HERE[text], line)
    return this.simple()
  }

  #if(): Stmt {
    const { line } = this.next()
    const test = this.test()
    const then = this.block()
    if (this.peek.kind === 'name' && this.peek.text === 'elif') return { k: 'if', test, then, or: [this.#if()], line }
    return { k: 'if', test, then, or: this.take('else') ? this.block() : [], line }
  }

  #try(): Stmt {
    const { line } = this.next()
    const body = this.block()
    const catches: Catch[] = []
    while (this.take('except')) {
      if (this.isMark('*')) throw new NotSimulated('except*', this.peek.line)
      let type: Expr | undefined
      let target: Expr | undefined
      if (!this.isMark(':')) {
        type = this.tests()
        if (this.take('as')) target = this.name()
      }
      catches.push({ ...(type && { type }), ...(target && { target }), body: this.block() })
    }
    const or = this.take('else') ? this.block() : []
    const last = this.take('finally') ? this.block() : undefined
    if (catches.length === 0 && last === undefined) throw new ScriptSyntaxError("expected 'except' or 'finally' block", this.peek.line)
    return { k: 'try', body, catches, or, line, ...(last && { last }) }
  }

  #with(): Stmt {
    const { line } = this.next()
    const items: { v: Expr; target?: Expr }[] = []
    do {
      const v = this.test()
      items.push({ v, ...(this.take('as') && { target: this.primary() }) })
    } while (this.takeMark(','))
    const body = this.block()
    return items.reduceRight<Stmt[]>((inner, item) => [{ k: 'with', ...item, body: inner, line }], body)[0]!
  }

  #parameters(): Parameter[] {
    const out: Parameter[] = []
    let named = false
    while (!this.isMark(')')) {
      if (this.takeMark('**')) out.push({ target: this.name(), rest: 'names' })
      else if (this.takeMark('*')) {
        named = true
        if (!this.isMark(',')) out.push({ target: this.name(), rest: 'list' })
      } else if (!this.takeMark('/')) {
        const target = this.name()
        if (this.takeMark(':')) this.test()
        const preset = this.takeMark('=') ? this.test() : undefined
        out.push({ target, ...(preset && { preset }), ...(named && { named }) })
      }
      if (!this.takeMark(',')) break
    }
    return out
  }

  #def(): Stmt {
    const { line } = this.next()
    const name = this.name()
    const outer = [this.#globals, this.#outer] as const
    ;[this.#globals, this.#outer] = [[], []]
    this.need('(')
    const parameters = this.#parameters()
    this.need(')')
    if (this.takeMark('->')) this.test()
    const body = this.block()
    const def: Def = { name: name.n, parameters, body, line, globals: this.#globals, outer: this.#outer }
    ;[this.#globals, this.#outer] = outer
    return { k: 'set', targets: [name], v: { k: 'fn', def, line }, line }
  }

  #class(): Stmt {
    const { line } = this.next()
    const name = this.name()
    let base: Expr | undefined
    if (this.takeMark('(')) {
      const bases: Expr[] = []
      while (!this.isMark(')')) {
        const given = this.test()
        if (this.takeMark('=')) throw new NotSimulated('metaclasses', line)
        bases.push(given)
        if (!this.takeMark(',')) break
      }
      this.need(')')
      if (bases.length > 1) {
        // The mix-in of threads changes how requests overlap, and nothing else here.
        const rest = bases.filter((b) => !((b.k === 'name' && b.n === 'ThreadingMixIn') || (b.k === 'attr' && b.n === 'ThreadingMixIn')))
        if (rest.length > 1) throw new NotSimulated('a class with several bases', line)
        base = rest.length === bases.length ? rest[0] : { k: 'name', n: 'ThreadingHTTPServer', line }
      } else base = bases[0]
    }
    const body = this.block()
    return { k: 'set', targets: [name], v: { k: 'class', name: name.n, ...(base && { base }), body, fields: false, line }, line }
  }

  #decorated(): Stmt[] {
    const decorators: Expr[] = []
    while (this.takeMark('@')) {
      decorators.push(this.test())
      if (this.peek.kind === 'line') this.next()
    }
    const made = this.peek.text === 'class' ? this.#class() : this.#def()
    if (made.k !== 'set') return [made]
    const v = decorators.reduceRight<Expr>((inner, d) => ({ k: 'call', fn: d, args: [{ v: inner }], line: made.line }), made.v)
    return [{ ...made, v }]
  }

  simple(): Stmt[] {
    const out = [this.#small()].flat()
    while (this.takeMark(';')) if (this.peek.kind !== 'line' && this.peek.kind !== 'end') out.push(...this.#small())
    if (this.peek.kind === 'line') this.next()
    else if (this.peek.kind !== 'end' && this.peek.kind !== 'out') throw new ScriptSyntaxError('invalid syntax', this.peek.line)
    return out
  }

  #small(): Stmt[] {
    const { kind, text, line } = this.peek
    if (kind === 'name') {
      switch (text) {
        case 'pass':
          this.next()
          return []
        case 'break':
        case 'continue':
          this.next()
          return [{ k: text, line }]
        case 'return': {
          this.next()
          const v = this.ends ? undefined : this.tests()
          return [{ k: 'return', line, ...(v && { v }) }]
        }
        case 'raise': {
          this.next()
          const v = this.ends ? undefined : this.test()
          if (this.take('from')) this.test()
          return [{ k: 'raise', line, ...(v && { v }) }]
        }
        case 'global':
        case 'nonlocal': {
          this.next()
          do (text === 'global' ? this.#globals : this.#outer).push(this.name().n)
          while (this.takeMark(','))
          return []
        }
        case 'del': {
          this.next()
          const t = this.tests()
          return [{ k: 'del', targets: t.k === 'tuple' ? t.items.map((i) => i.v) : [t], line }]
        }
        case 'assert': {
          this.next()
          const test = this.test()
          const message = this.takeMark(',') ? [{ v: this.test() }] : []
          const error: Expr = { k: 'call', fn: { k: 'name', n: 'AssertionError', line }, args: message, line }
          return [{ k: 'if', test, then: [], or: [{ k: 'raise', v: error, line }], line }]
        }
        case 'import':
          return this.#import()
        case 'from':
          return [this.#from()]
        case 'yield':
          throw new NotSimulated('yield', line)
      }
    }
    return [this.#assignment()]
  }

  #dotted(): string {
    let name = this.takeMark('.') ? '.' : ''
    name += this.name().n
    while (this.takeMark('.')) name += `.${this.name().n}`
    return name
  }

  #import(): Stmt[] {
    const { line } = this.next()
    const out: Stmt[] = []
    do {
      const module = this.#dotted()
      const as = this.take('as') ? this.name().n : undefined
      out.push({ k: 'import', module: as === undefined ? module.split('.')[0]! : module, as: as ?? module.split('.')[0]!, line })
      // `import a.b` makes `a.b` known, too.
      if (as === undefined && module.includes('.')) out.push({ k: 'import', module, as: '.module', line })
    } while (this.takeMark(','))
    return out
  }

  #from(): Stmt {
    const { line } = this.next()
    const module = this.#dotted()
    this.needName('import')
    if (this.isMark('*')) throw new NotSimulated('from … import *', line)
    const open = this.takeMark('(')
    const names: [string, string][] = []
    do {
      if (this.isMark(')')) break
      const name = this.name().n
      names.push([name, this.take('as') ? this.name().n : name])
    } while (this.takeMark(','))
    if (open) this.need(')')
    return { k: 'import', module, as: '', names, line }
  }

  #assignment(): Stmt {
    const { line } = this.peek
    const first = this.tests()
    if (this.peek.kind === 'mark') {
      const op = AUGMENTED[this.peek.text]
      if (op !== undefined) {
        this.next()
        return { k: 'do', e: { k: 'assign', target: first, op, v: this.tests(), line }, line }
      }
      if (this.takeMark(':')) {
        this.test()
        if (!this.takeMark('=')) return { k: 'block', body: [], line }
        return { k: 'set', targets: [first], v: this.tests(), line }
      }
    }
    const targets: Expr[] = []
    let v = first
    while (this.takeMark('=')) {
      targets.push(v)
      v = this.tests()
    }
    if (targets.length === 0) return { k: 'do', e: v, line }
    const wrong = targets.find((t) => !['name', 'attr', 'index', 'tuple', 'list'].includes(t.k))
    if (wrong !== undefined) {
      if (wrong.k === 'slice') throw new NotSimulated('an assignment to a slice', line)
      throw new ScriptSyntaxError(
        `cannot assign to ${wrong.k === 'call' ? 'function call' : wrong.k === 'const' ? 'literal' : 'expression'} here. Maybe you meant '==' instead of '='?`,
        line,
      )
    }
    return { k: 'set', targets, v, line }
  }
}

/** The statements of a text. Throws NotSimulated and ScriptSyntaxError. */
export const parsePython = (text: string): Stmt[] => new Parser(text).module()
