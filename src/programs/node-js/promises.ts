/** Promises: settled once, with whom they call then; and the ends of async functions. */
import { type Machine, Thrown } from '../scripting/machine.ts'
import { isRef, UNDEFINED, type Value } from '../scripting/values.ts'
import { arg, type Natives } from './natives.ts'
import { array, hidden, hide, instance, isNothing } from './operate.ts'

export const makePromise = (m: Machine): Value =>
  instance(m, 'Promise', { '.state': 'pending', '.value': UNDEFINED, '.then': array(m, []) })
export const isPromise = (m: Machine, v: Value): boolean =>
  hidden(m, v, '.state') !== UNDEFINED && typeof hidden(m, v, '.state') === 'string'

/** Settles a promise; one that is settled stays as it is. */
export function settle(m: Machine, promise: Value, state: 'ok' | 'bad', value: Value): void {
  if (hidden(m, promise, '.state') !== 'pending' || hidden(m, promise, '.follows') === true) return
  if (state === 'ok' && isRef(value) && isPromise(m, value)) {
    hide(m, promise, '.follows', true)
    chain(m, value, { b: '.follow-ok', s: promise }, { b: '.follow-bad', s: promise }, undefined)
    return
  }
  done(m, promise, state, value)
}

function done(m: Machine, promise: Value, state: 'ok' | 'bad', value: Value): void {
  hide(m, promise, '.state', state)
  hide(m, promise, '.value', value)
  const waiting = m.threads.filter(
    (t) => t.wait?.k === 'promise' && isRef(t.wait.promise) && isRef(promise) && t.wait.promise.r === promise.r,
  )
  for (const t of waiting) delete t.wait
  const then = m.listed(hidden(m, promise, '.then'))
  if (state === 'bad' && waiting.length === 0 && then.length === 0) m.rejected.push(promise)
  for (const entry of then) react(m, state, value, entry)
}

function react(m: Machine, state: 'ok' | 'bad', value: Value, entry: Value): void {
  const [ok, bad, child] = m.listed(entry)
  const fn = state === 'ok' ? ok! : bad!
  if (isNothing(fn)) {
    if (!isNothing(child)) settle(m, child!, state, value)
    return
  }
  m.start(fn, [value], isNothing(child) ? {} : { promise: child! })
}

/** What happens after a promise. */
export function chain(m: Machine, promise: Value, ok: Value, bad: Value, child: Value | undefined): void {
  const entry = array(m, [ok, bad, child ?? UNDEFINED])
  m.rejected = m.rejected.filter((p) => !(isRef(p) && isRef(promise) && p.r === promise.r))
  const state = hidden(m, promise, '.state')
  if (state === 'ok' || state === 'bad') react(m, state, hidden(m, promise, '.value'), entry)
  else {
    const list = m.heap.edit(hidden(m, promise, '.then') as { r: number }, 50)
    if (list.t === 'list') list.v.push(entry)
  }
}

export function awaited(m: Machine, v: Value): Value | undefined {
  if (!isRef(v) || !isPromise(m, v)) return v
  m.rejected = m.rejected.filter((p) => !(isRef(p) && p.r === v.r))
  const state = hidden(m, v, '.state')
  if (state === 'ok') return hidden(m, v, '.value')
  if (state === 'bad') throw new Thrown(hidden(m, v, '.value'))
  m.wait({ k: 'promise', promise: v })
  return undefined
}

const resolved = (m: Machine, state: 'ok' | 'bad', value: Value): Value => {
  const p = makePromise(m)
  settle(m, p, state, value)
  return p
}

/** Settles `all` with the list when the last of them is there. */
function gather(m: Machine, list: readonly Value[], settled: boolean): Value {
  const all = makePromise(m)
  const values = array(
    m,
    list.map(() => UNDEFINED),
  )
  hide(m, all, '.left', list.length)
  if (list.length === 0) settle(m, all, 'ok', values)
  for (const [i, v] of list.entries()) {
    const p = isRef(v) && isPromise(m, v) ? v : resolved(m, 'ok', v)
    const slot = (kind: string): Value => ({ b: kind, s: array(m, [all, values, i]) })
    chain(
      m,
      p,
      slot(settled ? '.gather-settled-ok' : '.gather'),
      settled ? slot('.gather-settled-bad') : { b: '.settle-bad', s: all },
      undefined,
    )
  }
  return all
}
function gathered(m: Machine, slot: Value, value: Value): Value {
  const [all, values, i] = m.listed(slot)
  const list = m.heap.edit(values as { r: number }, 16)
  if (list.t === 'list') list.v[i as number] = value
  const left = (hidden(m, all!, '.left') as number) - 1
  hide(m, all!, '.left', left)
  if (left === 0) settle(m, all!, 'ok', values!)
  return UNDEFINED
}

export const promises: Natives = {
  Promise: (m, c) => {
    const p = makePromise(m)
    try {
      m.call(arg(c, 0), [
        { b: '.settle-ok', s: p },
        { b: '.settle-bad', s: p },
      ])
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      settle(m, p, 'bad', error.value)
    }
    return p
  },
  '.settle-ok': (m, c) => {
    settle(m, c.self, 'ok', arg(c, 0))
    return UNDEFINED
  },
  '.settle-bad': (m, c) => {
    settle(m, c.self, 'bad', arg(c, 0))
    return UNDEFINED
  },
  '.follow-ok': (m, c) => {
    done(m, c.self, 'ok', arg(c, 0))
    return UNDEFINED
  },
  '.follow-bad': (m, c) => {
    done(m, c.self, 'bad', arg(c, 0))
    return UNDEFINED
  },
  '.gather': (m, c) => gathered(m, c.self, arg(c, 0)),
  '.gather-settled-ok': (m, c) =>
    gathered(m, c.self, m.heap.make({ t: 'dict', e: { sstatus: ['status', 'fulfilled'], svalue: ['value', arg(c, 0)] } })),
  '.gather-settled-bad': (m, c) =>
    gathered(m, c.self, m.heap.make({ t: 'dict', e: { sstatus: ['status', 'rejected'], sreason: ['reason', arg(c, 0)] } })),
  'Promise.resolve': (m, c) => resolved(m, 'ok', arg(c, 0)),
  'Promise.reject': (m, c) => resolved(m, 'bad', arg(c, 0)),
  'Promise.all': (m, c) => gather(m, m.language.spread(m, arg(c, 0)), false),
  'Promise.allSettled': (m, c) => gather(m, m.language.spread(m, arg(c, 0)), true),
  'Promise.race': (m, c) => {
    const p = makePromise(m)
    for (const v of m.language.spread(m, arg(c, 0)))
      chain(m, isRef(v) && isPromise(m, v) ? v : resolved(m, 'ok', v), { b: '.settle-ok', s: p }, { b: '.settle-bad', s: p }, undefined)
    return p
  },
  'Promise#then': (m, c) => {
    const child = makePromise(m)
    chain(m, c.self, arg(c, 0), arg(c, 1), child)
    return child
  },
  'Promise#catch': (m, c) => {
    const child = makePromise(m)
    chain(m, c.self, UNDEFINED, arg(c, 0), child)
    return child
  },
  'Promise#finally': (m, c) => {
    const child = makePromise(m)
    const after = (kind: string): Value => ({ b: kind, s: array(m, [arg(c, 0), child]) })
    chain(m, c.self, after('.finally-ok'), after('.finally-bad'), undefined)
    return child
  },
  '.finally-ok': (m, c) => finallyDone(m, c.self, 'ok', arg(c, 0)),
  '.finally-bad': (m, c) => finallyDone(m, c.self, 'bad', arg(c, 0)),
}
function finallyDone(m: Machine, slot: Value, state: 'ok' | 'bad', value: Value): Value {
  const [fn, child] = m.listed(slot)
  m.call(fn!, [])
  settle(m, child!, state, value)
  return UNDEFINED
}
