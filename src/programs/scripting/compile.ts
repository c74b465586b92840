/** From the tree to instructions of a stack machine. Jumps are positions in the same list; `line` is where the script says so. */
import type { Argument, Catch, Def, Expr, Stmt } from './ast.ts'
import { NotSimulated } from './ast.ts'
import { ExpressionCompiler } from './compile-expression.ts'
import type { Code, CompileOptions, Loop, Op } from './emit.ts'

export type { CallShape, Code, Op } from './emit.ts'

/** All code of one module; the first is the module's own. */
export function compileModule(body: readonly Stmt[], options: CompileOptions): Code[] {
  const codes: Code[] = []
  new Compiler(codes, options).unit({ name: '<module>', parameters: [], body, line: 1 })
  return codes
}

class Compiler extends ExpressionCompiler {
  unitOf(def: Def): number {
    return new Compiler(this.codes, this.options).unit(def)
  }

  /** Compiles a function or the module; gives its number. */
  unit(def: Def): number {
    const at = this.codes.length
    const parameters = def.parameters.map((p, i) => ({
      name: p.target.k === 'name' ? p.target.n : `.${i}`,
      preset: p.preset !== undefined,
      ...(p.rest && { rest: p.rest }),
      ...(p.named && { named: true }),
    }))
    const code: Code = { name: def.name, line: def.line, ops: this.ops, parameters, arrow: def.arrow === true, async: def.async === true }
    this.codes.push(code)
    this.line = def.line
    this.def = def
    for (const [i, p] of def.parameters.entries())
      if (p.target.k !== 'name') {
        this.emit('LOAD', `.${i}`)
        this.store(p.target, true)
      }
    this.hoist(def.body)
    this.body(def.body)
    this.emit('CONST', this.options.blocks ? { u: 1 } : null)
    this.emit('RET')
    return at
  }

  /** JavaScript's functions are there before their line. */
  hoist(body: readonly Stmt[]): void {
    if (!this.options.blocks) return
    for (const s of body)
      if (
        s.k === 'set' &&
        s.declare === true &&
        s.v.k === 'fn' &&
        s.v.def.arrow !== true &&
        s.targets[0]?.k === 'name' &&
        s.v.def.name === s.targets[0].n &&
        s.v.def.line === -s.line
      )
        this.stmt(s)
  }

  body(body: readonly Stmt[]): void {
    for (const s of body) this.stmt(s)
  }

  block(body: readonly Stmt[]): void {
    const own = this.options.blocks && body.some((s) => s.k === 'set' && s.declare === true)
    if (!own) return this.body(body)
    this.emit('PUSHS')
    this.frames.push({ k: 'scope' })
    this.hoist(body)
    this.body(body)
    this.frames.pop()
    this.emit('POPS')
  }

  /** Leaves everything between here and a depth: for break, continue, return. */
  leave(depth: number): void {
    const frames = this.frames
    for (let i = frames.length - 1; i >= depth; i--) {
      const f = frames[i]!
      if (f.k === 'scope') this.emit('POPS')
      else if (f.k === 'handler') this.emit('ENDTRY')
      else if (f.k === 'value') this.emit('POP')
      else {
        this.frames = frames.slice(0, i)
        this.body(f.body)
        this.frames = frames
      }
    }
  }

  stmt(s: Stmt): void {
    this.line = s.line
    switch (s.k) {
      case 'do':
        this.expr(s.e)
        this.emit('POP')
        return
      case 'set':
        this.expr(s.v)
        for (const [i, t] of s.targets.entries()) {
          if (i < s.targets.length - 1) this.emit('DUP')
          this.store(t, s.declare === true)
        }
        return
      case 'if': {
        this.expr(s.test)
        const no = this.emit('JF')
        this.block(s.then)
        if (s.or.length === 0) return this.here(no)
        const end = this.emit('JMP')
        this.here(no)
        this.block(s.or)
        return this.here(end)
      }
      case 'while':
        return this.while(s)
      case 'for':
        return this.for(s)
      case 'loop':
        return this.loop(s)
      case 'switch':
        return this.switch(s)
      case 'break':
      case 'continue': {
        const loop = this.loops.findLast((l) => s.k === 'break' || !l.plain)
        if (loop === undefined) throw new NotSimulated(`'${s.k}' outside loop`, s.line)
        this.leave(loop.depth)
        ;(s.k === 'break' ? loop.breaks : loop.continues).push(this.emit('JMP'))
        return
      }
      case 'return':
        if (s.v === undefined) this.emit('CONST', this.options.blocks ? { u: 1 } : null)
        else this.expr(s.v)
        if (this.frames.some((f) => f.k === 'finally')) {
          this.emit('KEEP')
          this.leave(0)
          this.emit('KEPT')
        }
        this.emit('RET')
        return
      case 'raise':
        if (s.v === undefined) this.emit('LOAD', '.error')
        else this.expr(s.v)
        this.emit('RAISE')
        return
      case 'try':
        return this.try(s)
      case 'with':
        return this.with(s)
      case 'del':
        for (const t of s.targets) this.delete(t)
        return
      case 'import':
        this.emit('IMPORT', s.module)
        if (s.names === undefined) return this.store({ k: 'name', n: s.as, line: s.line }, true)
        for (const [name, as] of s.names) {
          this.emit('DUP')
          this.emit('FROM', name)
          this.store({ k: 'name', n: as, line: s.line }, true)
        }
        this.emit('POP')
        return
      case 'block':
        this.block(s.body)
    }
  }

  looped(act: (loop: Loop) => void, plain = false): Loop {
    const loop: Loop = { breaks: [], continues: [], depth: this.frames.length, plain }
    this.loops.push(loop)
    act(loop)
    this.loops.pop()
    return loop
  }

  while(s: Stmt & { k: 'while' }): void {
    const start = this.ops.length
    let out: Op | undefined
    const loop = this.looped((l) => {
      if (s.last !== true) {
        this.expr(s.test)
        out = this.emit('JF')
      }
      this.block(s.body)
      this.jumps(l.continues)
      this.line = s.line
      if (s.last === true) {
        this.expr(s.test)
        this.emit('JT', start)
      } else this.emit('JMP', start)
    })
    if (out !== undefined) this.here(out)
    this.body(s.or ?? [])
    this.jumps(loop.breaks)
  }

  for(s: Stmt & { k: 'for' }): void {
    this.expr(s.iter)
    this.emit('ITER', s.keys === true)
    const start = this.ops.length
    const next = this.emit('NEXT')
    this.frames.push({ k: 'value' })
    const loop = this.looped((l) => {
      if (this.options.blocks) {
        this.emit('PUSHS')
        this.frames.push({ k: 'scope' })
      }
      this.store(s.target, s.declare === true)
      this.block(s.body)
      if (this.options.blocks) {
        this.frames.pop()
        this.emit('POPS')
      }
      this.jumps(l.continues, this.ops.length)
      this.emit('JMP', start)
    })
    this.frames.pop()
    const broken = loop.breaks.length > 0 ? this.afterBreaks(next, s.or ?? []) : undefined
    if (broken === undefined) {
      this.here(next)
      this.body(s.or ?? [])
      return
    }
    this.jumps(loop.breaks, broken.pop)
    this.jumps([broken.end])
  }

  /** The end of the iterator and `else` on one way, a break that drops the iterator on the other. */
  afterBreaks(next: Op, or: readonly Stmt[]): { pop: number; end: Op } {
    this.here(next)
    this.body(or)
    const end = this.emit('JMP')
    const pop = this.ops.length
    this.emit('POP')
    return { pop, end }
  }

  /** `for (let i = 0; …; i++)`: each turn has variables of its own, copied from the last. */
  loop(s: Stmt & { k: 'loop' }): void {
    this.emit('PUSHS')
    this.frames.push({ k: 'scope' })
    this.body(s.init)
    const start = this.ops.length
    let out: Op | undefined
    const loop = this.looped((l) => {
      if (s.test !== undefined) {
        this.expr(s.test)
        out = this.emit('JF')
      }
      this.block(s.body)
      this.jumps(l.continues)
      this.emit('COPYS')
      if (s.step !== undefined) {
        this.expr(s.step)
        this.emit('POP')
      }
      this.emit('JMP', start)
    })
    if (out !== undefined) this.here(out)
    this.jumps(loop.breaks)
    this.frames.pop()
    this.emit('POPS')
  }

  switch(s: Stmt & { k: 'switch' }): void {
    this.expr(s.on)
    this.emit('PUSHS')
    const targets: Op[] = []
    let otherwise: number | undefined
    for (const [i, c] of s.cases.entries()) {
      if (c.test === undefined) {
        otherwise = i
        targets.push({ o: '', l: 0 })
        continue
      }
      this.emit('DUP')
      this.expr(c.test)
      this.emit('CMP', '===')
      targets.push(this.emit('JT'))
    }
    const none = this.emit('JMP')
    this.frames.push({ k: 'value' }, { k: 'scope' })
    const loop = this.looped(() => {
      for (const [i, c] of s.cases.entries()) {
        if (i === otherwise) this.here(none)
        else this.here(targets[i]!)
        this.body(c.body)
      }
    }, true)
    this.frames.splice(-2)
    if (otherwise === undefined) this.here(none)
    this.jumps(loop.breaks)
    this.emit('POPS')
    this.emit('POP')
  }

  try(s: Stmt & { k: 'try' }): void {
    if (s.last !== undefined) {
      const { last } = s
      const guard = this.emit('TRY')
      this.frames.push({ k: 'finally', body: last }, { k: 'handler' })
      this.try({ k: 'try', body: s.body, catches: s.catches, or: s.or, line: s.line })
      this.frames.splice(-2)
      this.emit('ENDTRY')
      this.body(last)
      const end = this.emit('JMP')
      this.here(guard)
      this.emit('KEEP')
      this.body(last)
      this.emit('KEPT')
      this.emit('RAISE')
      return this.here(end)
    }
    if (s.catches.length === 0) return this.block(s.body)
    const guard = this.emit('TRY')
    this.frames.push({ k: 'handler' })
    this.block(s.body)
    this.frames.pop()
    this.emit('ENDTRY')
    this.body(s.or)
    const ends: Op[] = [this.emit('JMP')]
    this.here(guard)
    for (const c of s.catches) {
      const other = this.catch(c)
      ends.push(this.emit('JMP'))
      if (other !== undefined) this.here(other)
    }
    if (s.catches.at(-1)!.type !== undefined) this.emit('RAISE')
    this.jumps(ends)
  }

  /** The exception is on the stack; gives the jump to the next handler. */
  catch(c: Catch): Op | undefined {
    let other: Op | undefined
    if (c.type !== undefined) {
      this.emit('DUP')
      this.expr(c.type)
      this.emit('CATCHES')
      other = this.emit('JF')
    }
    const scoped = this.options.blocks
    if (scoped) {
      this.emit('PUSHS')
      this.frames.push({ k: 'scope' })
    } else {
      this.emit('DUP')
      this.emit('DECL', '.error')
    }
    if (c.target === undefined) this.emit('POP')
    else this.store(c.target, true)
    this.block(c.body)
    if (scoped) {
      this.frames.pop()
      this.emit('POPS')
    }
    return other
  }

  with(s: Stmt & { k: 'with' }): void {
    const held = `.with${this.ops.length}`
    const name: Expr = { k: 'name', n: held, line: s.line }
    const call = (method: string, args: Argument[]): Expr => ({
      k: 'call',
      fn: { k: 'attr', o: name, n: method, line: s.line },
      args,
      line: s.line,
    })
    const none: Expr = { k: 'const', v: null, line: s.line }
    this.expr(s.v)
    this.emit('DECL', held)
    this.expr(call('__enter__', []))
    if (s.target === undefined) this.emit('POP')
    else this.store(s.target, true)
    const exit: Stmt = { k: 'do', e: call('__exit__', [{ v: none }, { v: none }, { v: none }]), line: s.line }
    this.try({ k: 'try', body: s.body, catches: [], or: [], last: [exit], line: s.line })
  }
}
