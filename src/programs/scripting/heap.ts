/** A script's objects while it runs: what was there before stays frozen and is copied when it is changed; unreachable objects go at the end. */
import { NotSimulated } from './ast.ts'
import { heldBy, isBuiltin, isRef, type Thing, type Value, weight } from './values.ts'

/** The longest list that is laid out item by item. */
const LONGEST = 1_000_000

export interface StoredHeap {
  readonly things: Readonly<Record<string, Thing>>
  readonly next: number
  readonly bytes: number
}

export const emptyHeap: StoredHeap = { things: {}, next: 1, bytes: 0 }

export class Heap {
  readonly #base: Readonly<Record<string, Thing>>
  readonly #own = new Map<number, Thing>()
  #next: number
  /** Weight of everything that was made and not known to be gone. */
  bytes: number
  /** Values made, copied and walked: what an instruction costs beyond itself. */
  work = 0
  /** Whether something that was there before was changed. */
  changed = false

  constructor(stored: StoredHeap) {
    this.#base = stored.things
    this.#next = stored.next
    this.bytes = stored.bytes
  }

  make(thing: Thing): { readonly r: number } {
    const r = this.#next++
    this.work += sizeOf(thing)
    this.limit(thing)
    this.#own.set(r, thing)
    this.bytes += weight(thing)
    return { r }
  }

  get(v: { readonly r: number }): Thing {
    return this.#own.get(v.r) ?? this.#base[v.r]!
  }

  /** The object of a value; undefined where it is none. */
  of(v: Value | undefined): Thing | undefined {
    return isRef(v) ? this.get(v) : undefined
  }

  /** The object, to be changed. `more`: how many bytes the change adds. */
  edit(v: { readonly r: number }, more = 0): Thing {
    this.bytes += more
    const own = this.#own.get(v.r)
    if (own !== undefined) {
      this.limit(own)
      return own
    }
    const copy = cloned(this.#base[v.r]!)
    this.work += sizeOf(copy)
    this.#own.set(v.r, copy)
    this.changed = true
    return copy
  }

  /** A list is so long and no longer. Throws NotSimulated. */
  limit(thing: Thing): void {
    if ((thing.t === 'list' || thing.t === 'tuple') && thing.v.length > LONGEST)
      throw new NotSimulated(`a list of more than ${LONGEST} items`, 0)
  }

  /** What can still be reached from `roots`. */
  store(roots: Iterable<Value>): StoredHeap {
    const things: Record<string, Thing> = {}
    const open: Value[] = [...roots]
    let bytes = 0
    for (let v = open.pop(); v !== undefined || open.length > 0; v = open.pop()) {
      if (v === undefined) continue
      if (isBuiltin(v) && v.s !== undefined) open.push(v.s)
      if (!isRef(v) || things[v.r] !== undefined) continue
      const thing = this.get(v)
      things[v.r] = thing
      bytes += weight(thing)
      this.work += sizeOf(thing)
      for (const held of heldBy(thing)) if (isRef(held) || isBuiltin(held)) open.push(held)
    }
    return { things, next: this.#next, bytes }
  }
}

/** How many values an object holds. */
const sizeOf = (thing: Thing): number =>
  thing.t === 'list' || thing.t === 'tuple' ? thing.v.length : thing.t === 'dict' || thing.t === 'set' ? Object.keys(thing.e).length : 1

function cloned(thing: Thing): Thing {
  switch (thing.t) {
    case 'list':
    case 'tuple':
      return { ...thing, v: [...thing.v] }
    case 'dict':
    case 'set':
      return { ...thing, e: { ...thing.e } }
    case 'scope':
      return { ...thing, v: { ...thing.v } }
    case 'fn':
    case 'class':
    case 'obj':
      return { ...thing, attrs: { ...thing.attrs } }
    default:
      return { ...thing }
  }
}
