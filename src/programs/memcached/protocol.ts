/** memcached's text protocol: a conversation of commands, and what the store is after it. https://github.com/memcached/memcached/blob/master/doc/protocol.txt */

interface Item {
  readonly value: string
  readonly flags: number
  /** When it ends; absent: never. */
  readonly expireMs?: number
  readonly cas: number
}

export interface Store {
  /** In the order of their last use: the first goes first. */
  readonly items: Readonly<Record<string, Item>>
  readonly bytes: number
  readonly maxBytes: number
  readonly itemBytes: number
  readonly startedMs: number
  readonly next: number
  readonly counts: Readonly<Record<'get_hits' | 'get_misses' | 'cmd_get' | 'cmd_set' | 'evictions' | 'total_items', number>>
}

/** What an item costs beside its key and value. */
const OVERHEAD = 56
/** Times beyond thirty days are dates. */
const MONTH_S = 60 * 60 * 24 * 30
const VERSION = '1.6.39'

export const empty = (maxBytes: number, itemBytes: number, nowMs: number): Store => ({
  items: {},
  bytes: 0,
  maxBytes,
  itemBytes,
  startedMs: nowMs,
  next: 1,
  counts: { get_hits: 0, get_misses: 0, cmd_get: 0, cmd_set: 0, evictions: 0, total_items: 0 },
})

const sizeOf = (key: string, item: Item): number => key.length + Buffer.byteLength(item.value) + OVERHEAD
/** Keys that are whole numbers would be sorted before the others. */
const named = (key: string): string => `k${key}`

class Conversation {
  readonly #items: Map<string, Item>
  readonly #nowMs: number
  #store: Store
  #changed = false
  bytes: number

  constructor(store: Store, nowMs: number) {
    this.#store = store
    this.#items = new Map(Object.entries(store.items))
    this.#nowMs = nowMs
    this.bytes = store.bytes
  }

  get store(): Store {
    return this.#changed ? { ...this.#store, items: Object.fromEntries(this.#items), bytes: this.bytes } : this.#store
  }

  count(name: keyof Store['counts'], by = 1): void {
    this.#changed = true
    this.#store = { ...this.#store, counts: { ...this.#store.counts, [name]: this.#store.counts[name] + by } }
  }

  find(key: string): Item | undefined {
    const item = this.#items.get(named(key))
    if (item === undefined) return undefined
    if (item.expireMs === undefined || item.expireMs > this.#nowMs) return item
    this.remove(key)
    return undefined
  }
  use(key: string, item: Item): void {
    this.#changed = true
    this.#items.delete(named(key))
    this.#items.set(named(key), item)
  }
  remove(key: string): boolean {
    const item = this.#items.get(named(key))
    if (item === undefined) return false
    this.#changed = true
    this.bytes -= sizeOf(key, item)
    return this.#items.delete(named(key))
  }
  put(key: string, value: string, flags: number, exptime: number): boolean {
    const { next, maxBytes, itemBytes } = this.#store
    const item: Item = { value, flags, cas: next, ...this.ends(exptime) }
    if (sizeOf(key, item) > itemBytes) return false
    this.remove(key)
    this.#store = { ...this.#store, next: next + 1 }
    this.#items.set(named(key), item)
    this.bytes += sizeOf(key, item)
    this.count('total_items')
    for (const [old] of this.#items) {
      if (this.bytes <= maxBytes) break
      this.remove(old.slice(1))
      this.count('evictions')
    }
    return true
  }
  ends(exptime: number): { readonly expireMs?: number } {
    if (exptime === 0) return {}
    return { expireMs: exptime < 0 ? 0 : exptime > MONTH_S ? exptime * 1000 : this.#nowMs + exptime * 1000 }
  }
  flush(): void {
    this.#changed = true
    this.#items.clear()
    this.bytes = 0
  }
  stats(): string {
    const s = this.store
    const lines: [string, string | number][] = [
      ['pid', 1],
      ['uptime', Math.floor((this.#nowMs - s.startedMs) / 1000)],
      ['time', Math.floor(this.#nowMs / 1000)],
      ['version', VERSION],
      ...Object.entries(s.counts),
      ['bytes', s.bytes],
      ['curr_items', this.#items.size],
      ['limit_maxbytes', s.maxBytes],
    ]
    return `${lines.map(([k, v]) => `STAT ${k} ${v}\r\n`).join('')}END\r\n`
  }
}

const STORES = new Set(['set', 'add', 'replace', 'append', 'prepend', 'cas'])

function stored(c: Conversation, command: string, words: readonly string[], value: string): string {
  const [key = '', flags = '0', exptime = '0', , cas] = words
  const old = c.find(key)
  c.count('cmd_set')
  if (command === 'add' && old !== undefined) return 'NOT_STORED'
  if (['replace', 'append', 'prepend'].includes(command) && old === undefined) return 'NOT_STORED'
  if (command === 'cas' && old === undefined) return 'NOT_FOUND'
  if (command === 'cas' && String(old!.cas) !== cas) return 'EXISTS'
  const whole = command === 'append' ? old!.value + value : command === 'prepend' ? value + old!.value : value
  const kept = command === 'append' || command === 'prepend' ? old!.flags : Number(flags)
  return c.put(key, whole, kept, Number(exptime)) ? 'STORED' : 'SERVER_ERROR object too large for cache'
}

function got(c: Conversation, keys: readonly string[], withCas: boolean): string {
  let out = ''
  for (const key of keys) {
    const item = c.find(key)
    c.count('cmd_get')
    c.count(item === undefined ? 'get_misses' : 'get_hits')
    if (item === undefined) continue
    c.use(key, item)
    out += `VALUE ${key} ${item.flags} ${Buffer.byteLength(item.value)}${withCas ? ` ${item.cas}` : ''}\r\n${item.value}\r\n`
  }
  return `${out}END\r\n`
}

function counted(c: Conversation, key: string, by: string, sign: 1 | -1): string {
  const item = c.find(key)
  if (item === undefined) return 'NOT_FOUND'
  if (!/^\d+$/.test(by)) return 'CLIENT_ERROR invalid numeric delta argument'
  if (!/^\d+$/.test(item.value)) return 'CLIENT_ERROR cannot increment or decrement non-numeric value'
  const value = String(Math.max(0, Number(item.value) + sign * Number(by)))
  c.put(key, value, item.flags, 0)
  return value
}

/** Answers the commands of one connection. */
export function converse(store: Store, text: string, nowMs: number): { readonly store: Store; readonly answer: string } {
  const c = new Conversation(store, nowMs)
  let answer = ''
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\n')
    const line = (end < 0 ? rest : rest.slice(0, end)).replace(/\r$/, '')
    rest = end < 0 ? '' : rest.slice(end + 1)
    const [command = '', ...words] = line.split(' ').filter((w) => w !== '')
    if (command === 'quit') break
    if (command === '') continue
    if (STORES.has(command)) {
      const length = Number(words[3])
      if (words[0] === undefined || words[0].length > 250 || !Number.isInteger(length) || length < 0) {
        answer += 'CLIENT_ERROR bad command line format\r\n'
        continue
      }
      const value = rest.slice(0, length)
      const after = /^\r?\n/.exec(rest.slice(length))
      if (after === null && rest.length !== length) {
        answer += 'CLIENT_ERROR bad data chunk\r\n'
        rest = rest.slice(rest.indexOf('\n') + 1 || rest.length)
        continue
      }
      rest = rest.slice(length + (after?.[0].length ?? 0))
      const said = stored(c, command, words, value)
      if (words.at(-1) !== 'noreply') answer += `${said}\r\n`
      continue
    }
    answer += plain(c, command, words)
  }
  return { store: c.store, answer }
}

function plain(c: Conversation, command: string, words: readonly string[]): string {
  const [key = ''] = words
  switch (command) {
    case 'get':
    case 'gets':
      return words.length === 0 ? 'ERROR\r\n' : got(c, words, command === 'gets')
    case 'delete':
      return c.find(key) !== undefined && c.remove(key) ? 'DELETED\r\n' : 'NOT_FOUND\r\n'
    case 'incr':
    case 'decr':
      return `${counted(c, key, words[1] ?? '', command === 'incr' ? 1 : -1)}\r\n`
    case 'touch': {
      const item = c.find(key)
      if (item === undefined) return 'NOT_FOUND\r\n'
      const { expireMs: _old, ...others } = item
      c.use(key, { ...others, ...c.ends(Number(words[1] ?? 0)) })
      return 'TOUCHED\r\n'
    }
    case 'flush_all':
      c.flush()
      return 'OK\r\n'
    case 'version':
      return `VERSION ${VERSION}\r\n`
    case 'verbosity':
      return 'OK\r\n'
    case 'stats':
      return c.stats()
    default:
      return 'ERROR\r\n'
  }
}
