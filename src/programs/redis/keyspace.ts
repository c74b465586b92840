/** The keys of a server, in buckets so that a write copies little; and a working copy of them while commands run. */
import { hash53 } from '../../lib/hash.ts'
import type { Change, Content, Entry } from './contract.ts'

const BUCKETS = 64
/** What a key costs besides its bytes: dictionary entry, object, allocator. */
const OVERHEAD = 56

export interface Keys {
  readonly buckets: readonly Readonly<Record<string, Entry>>[]
  readonly count: number
  readonly bytes: number
  /** The earliest moment at which a key ends. */
  readonly nextExpireMs: number
}

export const noKeys: Keys = {
  buckets: Array.from({ length: BUCKETS }, () => ({})),
  count: 0,
  bytes: 0,
  nextExpireMs: Number.MAX_SAFE_INTEGER,
}

const inside = (db: number, key: string): string => `${db}/${key}`
const bucketOf = (id: string): number => hash53(id) % BUCKETS

const total = (texts: readonly string[]): number => texts.reduce((sum, t) => sum + Buffer.byteLength(t) + 8, 0)

function contentBytes(c: Content): number {
  switch (c.type) {
    case 'string':
      return Buffer.byteLength(c.text) + (c.padBytes ?? 0)
    case 'list':
      return total(c.items)
    case 'set':
      return total(c.members)
    case 'hash':
      return total(Object.entries(c.fields).flat())
    case 'zset':
      return total(Object.keys(c.scores)) + 16 * Object.keys(c.scores).length
  }
}

export const entryBytes = (key: string, entry: Entry): number => OVERHEAD + Buffer.byteLength(key) + contentBytes(entry.content)

/** Keys as commands see and change them. */
export class Keyspace {
  readonly nowMs: number
  readonly changes: Change[] = []
  #keys: Keys
  #buckets: Record<string, Entry>[]
  readonly #copied = new Set<number>()

  constructor(keys: Keys, nowMs: number) {
    this.#keys = keys
    this.#buckets = [...keys.buckets]
    this.nowMs = nowMs
  }

  get bytes(): number {
    return this.#keys.bytes
  }
  get count(): number {
    return this.#keys.count
  }

  /** The entry; one whose time is over is not there. */
  get(db: number, key: string): Entry | undefined {
    const id = inside(db, key)
    const entry = this.#buckets[bucketOf(id)]![id]
    return entry?.expireMs !== undefined && entry.expireMs <= this.nowMs ? undefined : entry
  }

  #write(id: string, entry: Entry | undefined): void {
    const at = bucketOf(id)
    if (!this.#copied.has(at)) {
      this.#buckets[at] = { ...this.#buckets[at] }
      this.#copied.add(at)
    }
    const bucket = this.#buckets[at]!
    const before = bucket[id]
    const key = id.slice(id.indexOf('/') + 1)
    let { count, bytes, nextExpireMs } = this.#keys
    if (before !== undefined) [count, bytes] = [count - 1, bytes - entryBytes(key, before)]
    if (entry === undefined) delete bucket[id]
    else {
      bucket[id] = entry
      ;[count, bytes] = [count + 1, bytes + entryBytes(key, entry)]
      nextExpireMs = Math.min(nextExpireMs, entry.expireMs ?? Number.MAX_SAFE_INTEGER)
    }
    this.#keys = { ...this.#keys, count, bytes, nextExpireMs }
  }

  set(db: number, key: string, content: Content, expireMs?: number): void {
    const before = this.get(db, key)
    const entry: Entry = {
      content,
      usedMs: this.nowMs,
      uses: (before?.uses ?? 0) + 1,
      ...(expireMs !== undefined && { expireMs }),
    }
    this.put({ db, key, entry })
  }

  delete(db: number, key: string): boolean {
    const there = this.get(db, key) !== undefined
    if (there) this.put({ db, key, entry: null })
    return there
  }

  /** Applies a change and notes it. */
  put(change: Change): void {
    this.apply(change)
    this.changes.push(change)
  }

  /** Applies a change that came from elsewhere. */
  apply({ db, key, entry }: Change): void {
    if (key !== '*' || entry !== null) return this.#write(inside(db, key), entry ?? undefined)
    for (const id of this.#ids(db)) this.#write(id, undefined)
  }

  /** Notes that a key was used, for the policies that ask. */
  touch(db: number, key: string): void {
    const id = inside(db, key)
    const entry = this.#buckets[bucketOf(id)]![id]
    if (entry !== undefined) this.#write(id, { ...entry, usedMs: this.nowMs, uses: entry.uses + 1 })
  }

  #ids(db: number): string[] {
    const prefix = `${db}/`
    return this.#buckets.flatMap((b) => Object.keys(b).filter((id) => id.startsWith(prefix)))
  }

  keys(db: number): string[] {
    return this.#ids(db)
      .map((id) => id.slice(id.indexOf('/') + 1))
      .filter((key) => this.get(db, key) !== undefined)
  }

  /** Everything, for snapshots. */
  all(): Change[] {
    return this.#buckets.flatMap((b) =>
      Object.entries(b).map(([id, entry]) => ({ db: Number(id.slice(0, id.indexOf('/'))), key: id.slice(id.indexOf('/') + 1), entry })),
    )
  }

  /** Takes away what has ended; how many that were. */
  expire(): number {
    let [gone, next] = [0, Number.MAX_SAFE_INTEGER]
    for (const { db, key, entry } of this.all()) {
      if (entry!.expireMs === undefined) continue
      if (entry!.expireMs > this.nowMs) next = Math.min(next, entry!.expireMs)
      else {
        this.put({ db, key, entry: null })
        gone++
      }
    }
    this.#keys = { ...this.#keys, nextExpireMs: next }
    return gone
  }

  result(): Keys {
    return this.#copied.size === 0 ? this.#keys : { ...this.#keys, buckets: this.#buckets }
  }
}
