/** Values of a running script and what its heap holds: plain data, so that a process can be stored, rewound and replayed at any instruction. */

export type Value =
  | null
  | boolean
  /** A whole number in Python, any number in JavaScript. */
  | number
  | string
  /** A Python float. */
  | { readonly f: number }
  /** An object of the heap. */
  | { readonly r: number }
  /** A function, class or module of the language itself; `s` is what it is bound to. */
  | { readonly b: string; readonly s?: Value }
  /** A long text of one piece repeated: so many times. It is never laid out whole. */
  | { readonly p: string; readonly n: number }
  /** JavaScript's undefined. */
  | { readonly u: 1 }

export type Thing =
  /** `lead`: so many equal values come first (`[0] * 1000000`). */
  | { t: 'list' | 'tuple'; v: Value[]; lead?: { v: Value; n: number } }
  /** Encoded key → key and value, in order of insertion. */
  | { t: 'dict' | 'set'; e: Record<string, [Value, Value]> }
  | { t: 'fn'; c: readonly [module: number, code: number]; sc: number; self?: Value; presets: Value[]; attrs: Record<string, Value> }
  | { t: 'scope'; v: Record<string, Value>; up: number | null; cls?: 1 }
  | { t: 'class'; name: string; base: Value; attrs: Record<string, Value> }
  | { t: 'obj'; cls: Value; attrs: Record<string, Value> }
  /** Goes through `list`, counts (`step` is not 0), or hands out `values`. */
  | { t: 'iter'; list?: Value; values?: Value[]; i: number; end?: number; step?: number }
  /** Bytes whose content does not matter: `bytearray(n)`, `Buffer.alloc(n)`. */
  | { t: 'block'; n: number }

export const UNDEFINED: Value = { u: 1 }
export const isRef = (v: Value | undefined): v is { readonly r: number } => typeof v === 'object' && v !== null && 'r' in v
export const isFloat = (v: Value): v is { readonly f: number } => typeof v === 'object' && v !== null && 'f' in v
export const isBuiltin = (v: Value): v is { readonly b: string; readonly s?: Value } => typeof v === 'object' && v !== null && 'b' in v
export const isPad = (v: Value): v is { readonly p: string; readonly n: number } => typeof v === 'object' && v !== null && 'p' in v
export const isUndefined = (v: Value | undefined): boolean => v === undefined || (typeof v === 'object' && v !== null && 'u' in v)
export const isText = (v: Value): v is string | { readonly p: string; readonly n: number } => typeof v === 'string' || isPad(v)

/** Texts longer than this that are one piece repeated are kept as that. */
export const LONG = 4096
export const textLength = (v: string | { readonly p: string; readonly n: number }): number =>
  typeof v === 'string' ? v.length : v.p.length * v.n

/** What an object weighs, bytes; roughly what CPython and V8 take. */
export function weight(thing: Thing): number {
  const of = (v: Value): number => (typeof v === 'string' ? v.length + 50 : isPad(v) ? v.p.length * v.n + 50 : 16)
  switch (thing.t) {
    case 'list':
    case 'tuple':
      return thing.v.reduce<number>((sum, v) => sum + of(v), 56) + (thing.lead === undefined ? 0 : thing.lead.n * 8)
    case 'dict':
    case 'set':
      return Object.values(thing.e).reduce((sum, [k, v]) => sum + of(k) + of(v) + 60, 64)
    case 'block':
      return thing.n + 60
    case 'scope':
      return Object.values(thing.v).reduce<number>((sum, v) => sum + of(v), 100)
    case 'obj':
    case 'class':
      return Object.values(thing.attrs).reduce<number>((sum, v) => sum + of(v), 100)
    default:
      return 100
  }
}

/** The values an object holds. */
export function* heldBy(thing: Thing): Generator<Value> {
  switch (thing.t) {
    case 'list':
    case 'tuple':
      yield* thing.v
      if (thing.lead !== undefined) yield thing.lead.v
      return
    case 'dict':
    case 'set':
      for (const [k, v] of Object.values(thing.e)) {
        yield k
        yield v
      }
      return
    case 'fn':
      yield { r: thing.sc }
      if (thing.self !== undefined) yield thing.self
      yield* thing.presets
      yield* Object.values(thing.attrs)
      return
    case 'scope':
      yield* Object.values(thing.v)
      if (thing.up !== null) yield { r: thing.up }
      return
    case 'class':
      yield thing.base
      yield* Object.values(thing.attrs)
      return
    case 'obj':
      yield thing.cls
      yield* Object.values(thing.attrs)
      return
    case 'iter':
      if (thing.list !== undefined) yield thing.list
      yield* thing.values ?? []
  }
}
