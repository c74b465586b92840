/** The machine's instructions: what each does to the stack of a frame, its scopes and its handlers. */
import { NotSimulated } from './ast.ts'
import type { CallShape, Op } from './compile.ts'
import { type Machine, Thrown } from './machine.ts'
import type { Frame, Thread } from './state.ts'
import { isUndefined, UNDEFINED, type Value } from './values.ts'

/** One instruction; true: the frame changed or the thread waits. */
export function instruct(m: Machine, op: Op, frame: Frame, thread: Thread): boolean {
  const s = frame.stack
  const L = m.language
  switch (op.o) {
    case 'CONST':
      s.push(op.a as Value)
      return false
    case 'LOAD':
      s.push(m.lookUp(frame, op.a as string))
      return false
    case 'DECL':
      m.editScope(frame.scope).v[op.a as string] = s.pop()!
      return false
    case 'STORE':
      m.assign(frame, op.a as string, s.pop()!)
      return false
    case 'GSTORE':
      m.editScope(m.globals[frame.module]!).v[op.a as string] = s.pop()!
      return false
    case 'DEL':
      delete m.editScope(frame.scope).v[op.a as string]
      return false
    case 'POP':
      s.pop()
      return false
    case 'DUP':
      s.push(s.at(-1)!)
      return false
    case 'BIN': {
      const b = s.pop()!
      s.push(L.binary(m, op.a as string, s.pop()!, b))
      return false
    }
    case 'CMP': {
      const b = s.pop()!
      s.push(L.compare(m, op.a as string, s.pop()!, b))
      return false
    }
    case 'CMPK': {
      const b = s.pop()!
      const done = L.compare(m, op.a as string, s.pop()!, b)
      s.push(b, done)
      return false
    }
    case 'JFK2': {
      const done = s.pop()!
      if (L.truthy(m, done)) return false
      s.pop()
      s.push(done)
      frame.pc = op.a as number
      return false
    }
    case 'UN':
      s.push(L.unary(m, op.a as string, s.pop()!))
      return false
    case 'JMP':
      frame.pc = op.a as number
      return false
    case 'JF':
      if (!L.truthy(m, s.pop()!)) frame.pc = op.a as number
      return false
    case 'JT':
      if (L.truthy(m, s.pop()!)) frame.pc = op.a as number
      return false
    case 'JFK':
      if (L.truthy(m, s.at(-1)!)) s.pop()
      else frame.pc = op.a as number
      return false
    case 'JTK':
      if (!L.truthy(m, s.at(-1)!)) s.pop()
      else frame.pc = op.a as number
      return false
    case 'JNK':
      if (s.at(-1) === null || isUndefined(s.at(-1))) s.pop()
      else frame.pc = op.a as number
      return false
    case 'JNULL':
      if (s.at(-1) === null || isUndefined(s.at(-1))) {
        s[s.length - 1] = UNDEFINED
        frame.pc = op.a as number
      }
      return false
    case 'ISUNDEF':
      s.push(isUndefined(s.pop()))
      return false
    case 'ATTR':
      s.push(L.attr(m, s.pop()!, op.a as string))
      return false
    case 'SATTR': {
      const o = s.pop()!
      L.setAttr(m, o, op.a as string, s.pop()!)
      return false
    }
    case 'DATTR':
      L.deleteAttr(m, s.pop()!, op.a as string)
      return false
    case 'INDEX': {
      const i = s.pop()!
      s.push(L.index(m, s.pop()!, i))
      return false
    }
    case 'SINDEX': {
      const i = s.pop()!
      const o = s.pop()!
      L.setIndex(m, o, i, s.pop()!)
      return false
    }
    case 'DINDEX': {
      const i = s.pop()!
      L.deleteIndex(m, s.pop()!, i)
      return false
    }
    case 'SLICE': {
      const [a, b, c] = s.splice(-3)
      s.push(L.slice(m, s.pop()!, a!, b!, c!))
      return false
    }
    case 'NEW': {
      const kind = op.a as 'list' | 'tuple' | 'set' | 'dict'
      s.push(m.heap.make(kind === 'list' || kind === 'tuple' ? { t: kind, v: [] } : { t: kind, e: {} }))
      return false
    }
    case 'ADD':
      L.add(m, s.at(-2)!, s.at(-1)!)
      s.pop()
      return false
    case 'PUT':
      L.setIndex(m, s.at(-3)!, s.at(-2)!, s.at(-1)!)
      s.length -= 2
      return false
    case 'EXTEND':
      L.extend(m, s.at(-2)!, s.at(-1)!)
      s.pop()
      return false
    case 'WITHOUT': {
      const keys = s.splice(s.length - (op.a as number))
      s.push(L.without(m, s.pop()!, keys))
      return false
    }
    case 'UNPACK':
      unpack(m, op.a as { count: number; star: number; loose: boolean }, s)
      return false
    case 'ITER':
      s.push(L.iterate(m, s.pop()!, op.a === true))
      return false
    case 'NEXT': {
      const given = m.step(s.at(-1)!)
      if (given === undefined) {
        s.pop()
        frame.pc = op.a as number
      } else s.push(given)
      return false
    }
    case 'FN': {
      const { code, presets } = op.a as { code: number; presets: number }
      const arrow = m.codeOf(frame.module)[code]!.arrow
      const self = arrow ? frame.self : undefined
      s.push(
        m.heap.make({
          t: 'fn',
          c: [frame.module, code],
          sc: m.visible(frame.scope),
          presets: s.splice(s.length - presets),
          attrs: {},
          ...(self !== undefined && { self }),
        }),
      )
      return false
    }
    case 'CALL':
      return call(m, op.a as CallShape, frame, thread)
    case 'FORMAT': {
      const spec = s.pop()!
      s.push(L.format(m, s.pop()!, spec, op.a === true))
      return false
    }
    case 'CONCAT': {
      const parts = s.splice(s.length - (op.a as number))
      s.push(parts.reduce<Value>((a, b) => L.binary(m, '+', a, b), ''))
      return false
    }
    case 'TRY':
      frame.blocks.push({ handler: op.a as number, depth: s.length, scope: frame.scope, kept: frame.kept.length })
      return false
    case 'ENDTRY':
      frame.blocks.pop()
      return false
    case 'CATCHES': {
      const type = s.pop()!
      s.push(L.matches(m, s.pop()!, type))
      return false
    }
    case 'RAISE':
      throw new Thrown(L.raised(m, s.pop()!))
    case 'KEEP':
      frame.kept.push(s.pop()!)
      return false
    case 'KEPT':
      s.push(frame.kept.pop()!)
      return false
    case 'PUSHS':
      frame.scope = m.heap.make({ t: 'scope', v: {}, up: frame.scope }).r
      return false
    case 'PUSHC':
      frame.scope = m.heap.make({ t: 'scope', v: {}, up: frame.scope, cls: 1 }).r
      return false
    case 'POPS':
      frame.scope = m.scopeAt(frame.scope).up!
      return false
    case 'COPYS': {
      const old = m.scopeAt(frame.scope)
      frame.scope = m.heap.make({ t: 'scope', v: { ...old.v }, up: old.up }).r
      return false
    }
    case 'CLASS': {
      const body = m.scopeAt(frame.scope)
      frame.scope = body.up!
      s.push(m.heap.make({ t: 'class', name: op.a as string, base: s.pop()!, attrs: { ...body.v } }))
      return false
    }
    case 'SUPER':
      s.push(L.superOf(m, frame, op.a as string))
      return false
    case 'AWAIT': {
      const given = L.awaited(m, s.at(-1)!)
      if (given === undefined) {
        // Looked at again when the promise is settled.
        frame.pc--
        return true
      }
      s[s.length - 1] = given
      return false
    }
    case 'IMPORT': {
      const given = L.importModule(m, op.a as string)
      s.push(given.module)
      if (given.frame === undefined) return false
      thread.frames.push({ ...given.frame, silent: true })
      return true
    }
    case 'FROM':
      s.push(L.importName(m, s.pop()!, op.a as string))
      return false
    default:
      throw new NotSimulated(op.o, op.l)
  }
}

function call(m: Machine, { args: shape, isNew }: CallShape, frame: Frame, thread: Thread): boolean {
  const s = frame.stack
  const given = shape.length === 0 ? [] : s.splice(s.length - shape.length)
  const fn = s.pop()!
  const args: Value[] = []
  const names = new Map<string, Value>()
  for (const [i, kind] of shape.entries()) {
    if (kind === 'one') args.push(given[i]!)
    else if (kind === 'spread') args.push(...m.language.spread(m, given[i]!))
    else if (kind === 'names') for (const [k, v] of m.language.entries(m, given[i]!)) names.set(String(k), v)
    else names.set(kind.name, given[i]!)
  }
  const depth = thread.frames.length
  const value = m.enter(thread, fn, args, names, isNew)
  if (value !== undefined) s.push(value)
  return value === undefined || m.pending !== undefined || thread.frames.length !== depth
}

function unpack(m: Machine, { count, star, loose }: { count: number; star: number; loose: boolean }, s: Value[]): void {
  const values = m.language.spread(m, s.pop()!)
  const out: Value[] = []
  if (star < 0) {
    if (!loose && values.length > count) m.fail('ValueError', `too many values to unpack (expected ${count})`)
    if (!loose && values.length < count) m.fail('ValueError', `not enough values to unpack (expected ${count}, got ${values.length})`)
    for (let i = 0; i < count; i++) out.push(values[i] ?? UNDEFINED)
  } else {
    const after = count - star - 1
    if (!loose && values.length < count - 1)
      m.fail('ValueError', `not enough values to unpack (expected at least ${count - 1}, got ${values.length})`)
    out.push(
      ...values.slice(0, star),
      m.heap.make({ t: 'list', v: values.slice(star, values.length - after) }),
      ...values.slice(values.length - after),
    )
  }
  s.push(...out.reverse())
}
