/** Expressions and targets to instructions. */
import type { Argument, Def, Expr, Item, Stmt, Target } from './ast.ts'
import { NotSimulated } from './ast.ts'
import { type CallShape, Emitter, type Op } from './emit.ts'

export abstract class ExpressionCompiler extends Emitter {
  /** A function's code: its number. */
  abstract unitOf(def: Def): number
  abstract stmt(s: Stmt): void

  // ── targets ──

  store(t: Target, declare: boolean): void {
    this.line = Math.abs(t.line)
    switch (t.k) {
      case 'name':
        this.emit(
          this.def?.globals?.includes(t.n)
            ? 'GSTORE'
            : this.def?.outer?.includes(t.n) || (this.options.blocks && !declare)
              ? 'STORE'
              : 'DECL',
          t.n,
        )
        return
      case 'attr':
        this.expr(t.o)
        this.emit('SATTR', t.n)
        return
      case 'index':
        this.expr(t.o)
        this.expr(t.i)
        this.emit('SINDEX')
        return
      case 'list':
      case 'tuple':
        this.emit('UNPACK', { count: t.items.length, star: t.items.findIndex((i) => i.spread === true), loose: this.options.blocks })
        for (const item of t.items) {
          if (item.v.k === 'const') this.emit('POP')
          else this.presetStore(item.v, declare)
        }
        return
      case 'dict': {
        const taken: Expr[] = []
        for (const item of t.items) {
          this.emit('DUP')
          if (item.spread === true) {
            for (const k of taken) this.expr(k)
            this.emit('WITHOUT', taken.length)
          } else {
            taken.push(item.key!)
            this.expr(item.key!)
            this.emit('INDEX')
          }
          this.presetStore(item.v, declare)
        }
        this.emit('POP')
        return
      }
      case 'assign':
        return this.presetStore(t, declare)
      default:
        throw new NotSimulated('an assignment to this', this.line)
    }
  }

  /** `a = 1` inside a pattern: the preset is taken where the value is undefined. */
  presetStore(t: Target, declare: boolean): void {
    if (t.k !== 'assign') return this.store(t, declare)
    this.emit('DUP')
    this.emit('ISUNDEF')
    const given = this.emit('JF')
    this.emit('POP')
    this.expr(t.v)
    this.here(given)
    this.store(t.target, declare)
  }

  delete(t: Target): void {
    if (t.k === 'name') this.emit('DEL', t.n)
    else if (t.k === 'attr') {
      this.expr(t.o)
      this.emit('DATTR', t.n)
    } else if (t.k === 'index') {
      this.expr(t.o)
      this.expr(t.i)
      this.emit('DINDEX')
    } else throw new NotSimulated('del of this', t.line)
  }

  // ── expressions ──

  expr(e: Expr): void {
    this.line = Math.abs(e.line)
    switch (e.k) {
      case 'const':
        this.emit('CONST', e.v)
        return
      case 'name':
        this.emit('LOAD', e.n)
        return
      case 'bin':
        this.expr(e.a)
        this.expr(e.b)
        this.line = e.line
        this.emit('BIN', e.op)
        return
      case 'un':
        this.expr(e.a)
        this.emit('UN', e.op)
        return
      case 'logic': {
        this.expr(e.a)
        const end = this.emit({ and: 'JFK', or: 'JTK', nullish: 'JNK' }[e.op])
        this.expr(e.b)
        return this.here(end)
      }
      case 'cmp':
        return this.compare(e)
      case 'cond': {
        this.expr(e.test)
        const no = this.emit('JF')
        this.expr(e.yes)
        const end = this.emit('JMP')
        this.here(no)
        this.expr(e.no)
        return this.here(end)
      }
      case 'call':
        return this.call(e)
      case 'attr':
        return this.chain(e.o, e.maybe === true, () => this.emit('ATTR', e.n))
      case 'index':
        return this.chain(e.o, e.maybe === true, () => {
          this.expr(e.i)
          this.line = e.line
          this.emit('INDEX')
        })
      case 'slice':
        this.expr(e.o)
        for (const p of e.parts) {
          if (p === undefined) this.emit('CONST', null)
          else this.expr(p)
        }
        this.emit('SLICE')
        return
      case 'list':
      case 'tuple':
      case 'set':
      case 'dict':
        return this.collection(e.k, e.items)
      case 'fn':
        return this.function(e.def)
      case 'text':
        for (const p of e.parts) {
          if (typeof p === 'string') this.emit('CONST', p)
          else {
            this.expr(p.e)
            if (p.spec === undefined) this.emit('CONST', '')
            else this.expr(p.spec)
            this.emit('FORMAT', p.repr === true)
          }
        }
        this.emit('CONCAT', e.parts.length)
        return
      case 'assign':
        return this.assign(e)
      case 'await':
        this.expr(e.a)
        this.emit('AWAIT')
        return
      case 'super':
        this.emit('SUPER', e.method ?? '')
        if (e.method === undefined) this.args(e.args, false)
        return
      case 'class':
        return this.class(e)
    }
  }

  /** `a?.b`: undefined where `a` is null or undefined. */
  chain(o: Expr, maybe: boolean, act: () => void): void {
    this.expr(o)
    const none = maybe ? this.emit('JNULL') : undefined
    act()
    if (none !== undefined) this.here(none)
  }

  compare(e: Expr & { k: 'cmp' }): void {
    this.expr(e.first)
    const ends: Op[] = []
    for (const [i, [op, b]] of e.rest.entries()) {
      this.expr(b)
      this.line = e.line
      if (i === e.rest.length - 1) this.emit('CMP', op)
      else {
        this.emit('CMPK', op)
        ends.push(this.emit('JFK2'))
      }
    }
    this.jumps(ends)
  }

  call(e: Expr & { k: 'call' }): void {
    this.expr(e.fn)
    const none = e.maybe === true ? this.emit('JNULL') : undefined
    this.line = e.line
    this.args(e.args, e.isNew === true)
    if (none !== undefined) this.here(none)
  }
  args(args: readonly Argument[], isNew: boolean): void {
    const { length } = this.ops
    const line = this.line
    for (const a of args) this.expr(a.v)
    this.line = line
    const shape: CallShape = {
      args: args.map((a) =>
        a.spread === true ? 'spread' : a.spreadNames === true ? 'names' : a.name !== undefined ? { name: a.name } : 'one',
      ),
      isNew,
    }
    this.emit('CALL', shape)
    void length
  }

  collection(kind: 'list' | 'tuple' | 'set' | 'dict', items: readonly Item[]): void {
    this.emit('NEW', kind)
    for (const item of items) {
      if (item.key !== undefined && item.spread !== true) this.expr(item.key)
      this.expr(item.v)
      this.emit(item.spread === true ? 'EXTEND' : item.key !== undefined ? 'PUT' : 'ADD')
    }
  }

  function(def: Def): void {
    const presets = def.parameters.filter((p) => p.preset !== undefined)
    for (const p of presets) {
      // JavaScript's presets are made at each call; constants are all the same.
      this.expr(p.preset!)
    }
    const line = this.line
    const at = this.unitOf(def.line < 0 ? { ...def, line: -def.line } : def)
    this.line = line
    this.emit('FN', { code: at, presets: presets.length })
  }

  assign(e: Expr & { k: 'assign' }): void {
    const { target, op } = e
    if (op === undefined) this.expr(e.v)
    else if (op === 'and' || op === 'or' || op === 'nullish') this.expr({ k: 'logic', op, a: target, b: e.v, line: e.line })
    else if (e.before === true) {
      this.expr(target)
      this.emit('DUP')
      this.expr(e.v)
      this.emit('BIN', op)
      this.store(target, false)
      return
    } else {
      this.expr(target)
      this.expr(e.v)
      this.line = e.line
      this.emit('BIN', `${op}=`)
    }
    this.emit('DUP')
    this.store(target, false)
  }

  class(e: Expr & { k: 'class' }): void {
    if (e.base === undefined) this.emit('CONST', null)
    else this.expr(e.base)
    this.emit('PUSHC')
    this.frames.push({ k: 'scope' })
    for (const s of e.body) this.stmt(s)
    this.frames.pop()
    this.emit('CLASS', e.name)
  }
}
