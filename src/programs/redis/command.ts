/** What a command is: how many words it takes, whether it writes, and what it does with the keys. */
import type { Content, Entry, Resp } from './contract.ts'
import type { Keyspace } from './keyspace.ts'
import { NOT_INTEGER, WRONGTYPE } from './messages.ts'

/** Thrown by commands: the text after the `-` of the protocol. */
export class RedisError extends Error {}

export interface Call {
  readonly keys: Keyspace
  readonly db: number
  /** In [0, 1), for commands that draw. */
  random(turn: number): number
}

export interface Command {
  /** How many arguments, at the least and at the most. */
  readonly min: number
  readonly max?: number
  readonly write?: boolean
  run(args: readonly string[], call: Call): Resp
}

export const OK = { status: 'OK' } as const

type OfType<T extends Content['type']> = Extract<Content, { type: T }>

/** The content of a key of that type; undefined when there is none. Throws WRONGTYPE. */
export function contentOf<T extends Content['type']>(call: Call, key: string, type: T): OfType<T> | undefined {
  const entry = call.keys.get(call.db, key)
  if (entry === undefined) return undefined
  if (entry.content.type !== type) throw new RedisError(WRONGTYPE)
  return entry.content as OfType<T>
}

/** Writes a content and keeps the key's time; an empty collection is no key. */
export function store(call: Call, key: string, content: Content): void {
  const before: Entry | undefined = call.keys.get(call.db, key)
  if (isEmpty(content)) call.keys.delete(call.db, key)
  else call.keys.set(call.db, key, content, before?.expireMs)
}

function isEmpty(c: Content): boolean {
  switch (c.type) {
    case 'string':
      return false
    case 'list':
      return c.items.length === 0
    case 'set':
      return c.members.length === 0
    case 'hash':
      return Object.keys(c.fields).length === 0
    case 'zset':
      return Object.keys(c.scores).length === 0
  }
}

export function integer(text: string): number {
  if (!/^-?\d{1,18}$/.test(text)) throw new RedisError(NOT_INTEGER)
  return Number(text)
}

export function float(text: string): number {
  const n = Number(text)
  if (text.trim() === '' || Number.isNaN(n)) throw new RedisError('ERR value is not a valid float')
  return n
}

/** Elements from `start` to `stop`, both counted from the end when negative. */
export function range<T>(list: readonly T[], start: number, stop: number): readonly T[] {
  const from = start < 0 ? Math.max(0, list.length + start) : start
  const to = stop < 0 ? list.length + stop : stop
  return list.slice(from, to + 1)
}

/** A glob of KEYS, SCAN and CONFIG GET: `*`, `?`, `[ab]`; in linear time for what people write. */
export function glob(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true
  const parts = pattern.split('*').map((p) => [...p.matchAll(/\[[^\]]*\]|\\.|./gs)].map((m) => m[0]))
  const fits = (part: readonly string[], text: string, at: number): boolean =>
    part.every((p, i) => {
      const c = text[at + i]
      if (c === undefined) return false
      if (p === '?') return true
      if (p.startsWith('[') && p.length > 1) return p[1] === '^' ? !p.slice(2, -1).includes(c) : p.slice(1, -1).includes(c)
      return c === (p.length === 2 ? p[1] : p)
    })
  return (text) => {
    let at = 0
    for (const [n, part] of parts.entries()) {
      const last = n === parts.length - 1
      if (n === 0 && !fits(part, text, 0)) return false
      if (n > 0 && last) {
        if (text.length - part.length < at || !fits(part, text, text.length - part.length)) return false
        return true
      }
      if (n > 0) while (at + part.length <= text.length && !fits(part, text, at)) at++
      if (at + part.length > text.length) return false
      at += part.length
    }
    return at === text.length
  }
}
