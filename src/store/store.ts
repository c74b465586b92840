/**
 * The cluster's memory: a multi-version map of deep-frozen API objects (what etcd holds) and, beside it, cells of hidden state
 * (timers, processes, volumes). Both are checkpointed and rewound together, by a journal of first-previous-values per layer.
 */
import type { ApiObject } from '../api/meta.ts'
import type { CensusFunction } from '../api/reader.ts'
import { deepFreeze } from '../api/walk.ts'
import { assert } from '../lib/assert.ts'
import { getOrMake } from '../lib/get-or-make.ts'
import { sha256 } from '../lib/hash.ts'
import { type CellChanges, CellMap } from './cells.ts'
import { Census } from './census.ts'
import { Collection } from './collection.ts'
import { fingerprint } from './fingerprint.ts'
import type { StoreImage } from './image.ts'
import { type Index, type IndexFunction, type Kept, leave, place, renewIn } from './indexes.ts'

/** One change of one object; `after` is absent for a deletion, `before` for a creation. */
export interface Change {
  readonly revision: number
  readonly resource: string
  readonly key: string
  readonly before?: ApiObject
  readonly after?: ApiObject
}

export type ChangeListener = (change: Change) => void

interface Layer {
  readonly objects: Map<string, ApiObject | undefined>
  readonly cells: CellChanges
  readonly revision: number
  readonly logLength: number
}

/** A point to come back to; rewinding to an older one takes the newer with it. */
export interface Mark {
  readonly layer: unknown
}

/** Separates the parts of an object's key: resource, namespace ('' when cluster-scoped), name. */
const SEPARATOR = '\u0000'
const MAX_LOG = 20_000
/** A log this long is cut even where a mark would need its beginning: watches must list again then. */
const FORCED_LOG = 200_000

export const objectKey = (resource: string, namespace: string | undefined, name: string): string =>
  `${resource}${SEPARATOR}${namespace ?? ''}${SEPARATOR}${name}`

const resourceOfKey = (key: string): string => key.slice(0, key.indexOf(SEPARATOR))

export class Store {
  /** Hidden state: everything that is not an API object and must survive a rewind. */
  readonly cells = new CellMap()

  readonly #objects = new Map<string, Kept>()
  /** The same entries by resource, namespace and name: a read makes no key. */
  readonly #named = new Map<string, Map<string, Map<string, Kept>>>()
  readonly #byNamespace = new Map<string, Map<string, Collection>>()
  readonly #whole = new Map<string, Collection>()
  readonly #indexes = new Map<string, Map<string, Index>>()
  readonly #indexLists = new Map<string, Index[]>()
  readonly #censuses = new Map<string, Map<string, Census>>()
  readonly #listeners = new Map<string, ChangeListener[]>()
  readonly #layers: Layer[] = []
  #log: Change[] = []
  #logStart = 0
  #revision = 1
  #epoch = 0

  // ── objects ──

  get revision(): number {
    return this.#revision
  }
  /** Grows with each rewind that ends open watches. */
  get epoch(): number {
    return this.#epoch
  }

  get(resource: string, namespace: string | undefined, name: string): ApiObject | undefined {
    return this.#kept(resource, namespace, name)?.object
  }

  #kept(resource: string, namespace: string | undefined, name: string): Kept | undefined {
    return this.#named
      .get(resource)
      ?.get(namespace ?? '')
      ?.get(name)
  }

  /** Objects of a resource, of one namespace or of all, in byte order of namespace and name. */
  list(resource: string, namespace?: string): readonly ApiObject[] {
    const collection = namespace === undefined ? this.#whole.get(resource) : this.#byNamespace.get(resource)?.get(namespace)
    return collection?.list() ?? []
  }

  count(resource: string, namespace?: string): number {
    return (namespace === undefined ? this.#whole.get(resource) : this.#byNamespace.get(resource)?.get(namespace))?.size ?? 0
  }

  get objectCount(): number {
    return this.#objects.size
  }

  /** Every resource that has objects, in byte order. */
  resources(): string[] {
    return [...this.#whole]
      .filter(([, c]) => c.size > 0)
      .map(([r]) => r)
      .sort()
  }

  /**
   * Writes an object: `make` is given the revision the write will have and returns the frozen object that carries it.
   * Returns what was written.
   */
  write(resource: string, namespace: string | undefined, name: string, make: (revision: number) => ApiObject): ApiObject {
    const kept = this.#kept(resource, namespace, name)
    const after = make(this.#revision + 1)
    assert(Object.isFrozen(after), `an object of ${resource} was written without being frozen`)
    this.#revision++
    this.#apply(resource, kept?.key ?? objectKey(resource, namespace, name), kept?.object, after, true)
    return after
  }

  remove(resource: string, namespace: string | undefined, name: string): ApiObject | undefined {
    const kept = this.#kept(resource, namespace, name)
    if (kept === undefined) return undefined
    const before = kept.object
    this.#revision++
    this.#apply(resource, kept.key, before, undefined, true)
    return before
  }

  #apply(resource: string, key: string, before: ApiObject | undefined, after: ApiObject | undefined, live: boolean): void {
    if (live) {
      const layer = this.#layers.at(-1)
      if (layer !== undefined && !layer.objects.has(key)) layer.objects.set(key, before)
    }
    this.#collect(resource, key, before, after)
    for (const census of this.#censuses.get(resource)?.values() ?? []) census.see(key, after)
    const change: Change = { revision: this.#revision, resource, key, before, after }
    if (live) this.#remember(change)
    for (const listener of this.#listeners.get(resource) ?? []) listener(change)
    for (const listener of this.#listeners.get('*') ?? []) listener(change)
  }

  #collect(resource: string, key: string, before: ApiObject | undefined, after: ApiObject | undefined): void {
    if (before === undefined) this.#takeIn(resource, key, after!)
    else if (after === undefined) this.#takeOut(resource, key)
    else this.#renew(resource, this.#objects.get(key)!, after)
  }

  #takeIn(resource: string, key: string, object: ApiObject): void {
    const { namespace = '', name } = object.metadata
    const whole = getOrMake(this.#whole, resource, () => new Collection())
    const namespaces = getOrMake(this.#byNamespace, resource, () => new Map<string, Collection>())
    const one = getOrMake(namespaces, namespace, () => new Collection())
    const kept: Kept = { key, object, whole, one, indexed: [] }
    this.#objects.set(key, kept)
    const named = getOrMake(this.#named, resource, () => new Map<string, Map<string, Kept>>())
    getOrMake(named, namespace, () => new Map<string, Kept>()).set(name, kept)
    whole.add(kept)
    one.add(kept)
    for (const index of this.#indexLists.get(resource) ?? []) place(index, kept)
  }

  #takeOut(resource: string, key: string): void {
    const kept = this.#objects.get(key)!
    const { namespace = '', name } = kept.object.metadata
    this.#objects.delete(key)
    this.#named.get(resource)?.get(namespace)?.delete(name)
    kept.whole.delete(key)
    kept.one.delete(key)
    this.#indexLists.get(resource)?.forEach((index, i) => {
      for (const value of kept.indexed[i]!.values) leave(index, key, value)
    })
  }

  #renew(resource: string, kept: Kept, after: ApiObject): void {
    const before = kept.object
    kept.object = after
    kept.whole.touch()
    kept.one.touch()
    const indexes = this.#indexLists.get(resource)
    if (indexes === undefined) return
    for (let i = 0; i < indexes.length; i++) renewIn(indexes[i]!, kept, i, before)
  }

  /**
   * Declares an index over a resource; `of` gives the values an object is found under, and looks at nothing but what `reads` gives, where
   * that is told. Objects already there are indexed.
   */
  defineIndex(resource: string, name: string, of: IndexFunction, reads?: (object: ApiObject) => unknown): void {
    const indexes = getOrMake(this.#indexes, resource, () => new Map())
    if (indexes.has(name)) return
    const index: Index = { of, reads, values: new Map<string, Collection>() }
    indexes.set(name, index)
    getOrMake(this.#indexLists, resource, () => [] as Index[]).push(index)
    for (const named of this.#named.get(resource)?.values() ?? []) for (const kept of named.values()) place(index, kept)
  }

  /** Objects found under a value of an index, in byte order of their keys. */
  byIndex(resource: string, name: string, value: string): readonly ApiObject[] {
    const index = this.#indexes.get(resource)?.get(name)
    assert(index !== undefined, `no index ${name} over ${resource}`)
    return index.values.get(value)?.list() ?? []
  }

  /** Declares a count over a resource. Objects already there are counted. */
  defineCensus(resource: string, name: string, of: CensusFunction): void {
    const censuses = getOrMake(this.#censuses, resource, () => new Map<string, Census>())
    if (censuses.has(name)) return
    const census = new Census(of)
    censuses.set(name, census)
    for (const named of this.#named.get(resource)?.values() ?? []) for (const kept of named.values()) census.see(kept.key, kept.object)
  }

  /** How many objects of each sort stand under a value of a census. */
  census(resource: string, name: string, value: string): ReadonlyMap<string, number> {
    const census = this.#censuses.get(resource)?.get(name)
    assert(census !== undefined, `no census ${name} over ${resource}`)
    return census.under(value)
  }

  /** Told of every change of a resource ('*' for all), rewinds' included; for queues, caches and indexes, which are derived. */
  subscribe(resource: string, listener: ChangeListener): void {
    getOrMake(this.#listeners, resource, () => [] as ChangeListener[]).push(listener)
  }

  // ── the log that watches read ──

  #remember(change: Change): void {
    this.#log.push(change)
    if (this.#log.length <= 2 * MAX_LOG) return
    // What the newest mark would come back to is kept, as long as that is not for ever.
    const needed = this.#layers.at(-1)?.logLength ?? this.logPosition
    const cut = this.#log.length - MAX_LOG
    if (needed < this.#logStart + cut && this.#log.length < FORCED_LOG) return
    this.#log = this.#log.slice(cut)
    this.#logStart += cut
  }

  /** Position after the newest change; give it back to `changesSince`. */
  get logPosition(): number {
    return this.#logStart + this.#log.length
  }

  /** Changes from a position on; undefined when they are no longer remembered. */
  changesSince(position: number): readonly Change[] | undefined {
    return position < this.#logStart ? undefined : this.#log.slice(position - this.#logStart)
  }

  /** The position of the first change after a revision; undefined when it is too old or from before a rewind. */
  positionAfter(revision: number): number | undefined {
    if (revision >= this.#revision) return this.logPosition
    let low = 0
    let high = this.#log.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#log[middle]!.revision <= revision) low = middle + 1
      else high = middle
    }
    if (low === 0 && this.#logStart > 0) return undefined
    return this.#logStart + low
  }

  // ── checkpoints ──

  /** From here on, first previous values are kept, so that `rewind` can come back. */
  mark(): Mark {
    const layer: Layer = { objects: new Map(), cells: this.cells.mark(), revision: this.#revision, logLength: this.logPosition }
    this.#layers.push(layer)
    return { layer }
  }

  /**
   * Brings everything back to the mark and drops it. `asIfNever` also takes back revisions and the watch log (a fork nobody saw);
   * otherwise revisions go on and open watches must list again.
   */
  rewind(mark: Mark, { asIfNever = false }: { asIfNever?: boolean } = {}): void {
    const depth = this.#layers.indexOf(mark.layer as Layer)
    assert(depth >= 0, 'the mark was dropped already')
    this.#deriving(() => {
      while (this.#layers.length > depth) this.#undoLayer(this.#layers.pop()!, asIfNever)
    })
    if (!asIfNever) {
      this.#revision++
      this.#epoch++
      this.#logStart = this.logPosition
      this.#log = []
    }
  }

  #deriving(act: () => void): void {
    this.cells.readOnly = true
    try {
      act()
    } finally {
      this.cells.readOnly = false
    }
  }

  #undoLayer(layer: Layer, asIfNever: boolean): void {
    this.cells.undo(layer.cells)
    for (const [key, before] of layer.objects) {
      const now = this.#objects.get(key)?.object
      if (now !== before) this.#apply(resourceOfKey(key), key, now, before, false)
    }
    if (asIfNever) {
      this.#revision = layer.revision
      if (layer.logLength >= this.#logStart) this.#log.length = layer.logLength - this.#logStart
      else {
        this.#log = []
        this.#logStart = layer.logLength
      }
    }
  }

  /** Forgets the oldest mark: what it would have undone can no longer be undone. */
  dropOldestMark(): void {
    this.#layers.shift()
    this.cells.dropOldestMark()
  }
  get marks(): number {
    return this.#layers.length
  }

  /** Past changes are forgotten, as etcd compacts: watches that would begin with one must list again. */
  compact(): void {
    this.#logStart = this.logPosition
    this.#log = []
  }

  /** What is here now. It shares its parts with the store, which never changes them. */
  image(): StoreImage {
    const objects = [...this.#objects].map(([key, { object }]) => [resourceOfKey(key), object] as const)
    return { revision: this.#revision, logPosition: this.logPosition, objects, cells: this.cells.image() }
  }

  /** Fills a store in which there is nothing yet; derived structures are told as by a rewind. The image is the store's from now on. */
  load(image: StoreImage): void {
    assert(this.#objects.size === 0, 'only an empty store can be filled')
    this.#deriving(() => {
      this.cells.load(image.cells)
      for (const [resource, object] of image.objects) {
        const { namespace, name } = object.metadata
        this.#apply(resource, objectKey(resource, namespace, name), undefined, deepFreeze(object), false)
      }
    })
    this.#revision = image.revision
    this.#logStart = image.logPosition
    this.#log = []
  }

  /** What is wrong with the derived structures, compared with a scan of all objects; for tests, since it looks at everything. */
  inconsistencies(): string[] {
    const found: string[] = []
    const compare = (what: string, collection: readonly ApiObject[], expected: readonly ApiObject[]): void => {
      if (collection.length !== expected.length || collection.some((o, i) => o !== expected[i])) found.push(what)
    }
    const entries = [...this.#objects].sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [resource, whole] of this.#whole) {
      const own = entries.filter(([key]) => key.startsWith(resource + SEPARATOR)).map(([, kept]) => kept.object)
      compare(resource, whole.list(), own)
      for (const [namespace, one] of this.#byNamespace.get(resource) ?? [])
        compare(
          `${resource} of ${namespace}`,
          one.list(),
          own.filter((o) => (o.metadata.namespace ?? '') === namespace),
        )
      for (const [name, index] of this.#indexes.get(resource) ?? []) {
        const values = new Set([...index.values.keys(), ...own.flatMap((o) => [...index.of(o)])])
        for (const value of values)
          compare(
            `${resource} by ${name} ${value}`,
            index.values.get(value)?.list() ?? [],
            own.filter((o) => index.of(o).includes(value)),
          )
      }
      for (const [name, census] of this.#censuses.get(resource) ?? []) {
        const anew = new Census(census.of)
        for (const [i, object] of own.entries()) anew.see(String(i), object)
        if (anew.lines().join('\n') !== census.lines().join('\n')) found.push(`${resource} counted by ${name}`)
      }
    }
    return found
  }

  /** A fingerprint of all state, revisions left out: equal for equal histories, whatever undos lie between. */
  stateHash(): string {
    const lines: string[] = []
    for (const [key, { object }] of this.#objects) lines.push(`${key}=${fingerprint(object)}`)
    for (const [family, key, value] of this.cells.entries()) lines.push(`#${family}${SEPARATOR}${key}=${fingerprint(value)}`)
    return sha256(lines.sort().join('\n'))
  }
}
