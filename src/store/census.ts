/**
 * Counts kept by change: how many objects of a resource of each sort stand under a value (pods of each sort under their controller), so that
 * whoever only needs numbers does not look at every object at every turn. Derived, like an index.
 */
import type { ApiObject } from '../api/meta.ts'
import type { CensusFunction, Counted } from '../api/reader.ts'

const NOBODY: ReadonlyMap<string, number> = new Map()

export class Census {
  readonly of: CensusFunction
  readonly #counts = new Map<string, Map<string, number>>()
  /** Where each object is counted, by its key. */
  readonly #counted = new Map<string, Counted>()

  constructor(of: CensusFunction) {
    this.of = of
  }

  /** The object of that key changed: it came, is another now, or went, with no `after`. */
  see(key: string, after: ApiObject | undefined): void {
    const was = this.#counted.get(key)
    const is = after && this.of(after)
    if (was?.under === is?.under && was?.sort === is?.sort) return
    if (was !== undefined) this.#add(was, -1)
    if (is === undefined) this.#counted.delete(key)
    else {
      this.#counted.set(key, is)
      this.#add(is, 1)
    }
  }

  #add({ under, sort }: Counted, n: number): void {
    let sorts = this.#counts.get(under)
    if (sorts === undefined) {
      sorts = new Map()
      this.#counts.set(under, sorts)
    }
    const count = (sorts.get(sort) ?? 0) + n
    if (count !== 0) sorts.set(sort, count)
    else sorts.delete(sort)
    if (sorts.size === 0) this.#counts.delete(under)
  }

  /** How many there are of each sort. The map is the census' own: read it at once. */
  under(value: string): ReadonlyMap<string, number> {
    return this.#counts.get(value) ?? NOBODY
  }

  /** Every value with its sorts, in byte order, for comparing with a count of everything. */
  lines(): string[] {
    return [...this.#counts].flatMap(([under, sorts]) => [...sorts].map(([sort, n]) => `${under} ${sort} ${n}`)).sort()
  }
}
