/**
 * Objects of one resource in one namespace (or of one index value), in byte order of their keys. A newer version of an object is seen through
 * its entry, which all collections it stands in share. Lists are handed out as snapshots.
 */
import type { ApiObject } from '../api/meta.ts'
import { SortedRuns } from './sorted-runs.ts'

/** An object that is kept: the key stays, the version changes. */
export interface Entry {
  readonly key: string
  object: ApiObject
}

export class Collection {
  readonly #entries = new SortedRuns<Entry>()
  #snapshot: readonly ApiObject[] | undefined

  get size(): number {
    return this.#entries.size
  }

  /** Takes in an entry whose key is not there yet. */
  add(entry: Entry): void {
    this.#snapshot = undefined
    this.#entries.add(entry)
  }

  /** An entry in here has a newer object. */
  touch(): void {
    this.#snapshot = undefined
  }

  delete(key: string): void {
    this.#snapshot = undefined
    this.#entries.delete(key)
  }

  /** A snapshot: later changes of the collection do not show in it. */
  list(): readonly ApiObject[] {
    this.#snapshot ??= this.#gather()
    return this.#snapshot
  }

  #gather(): readonly ApiObject[] {
    const all = new Array<ApiObject>(this.#entries.size)
    let i = 0
    for (const run of this.#entries.runs()) for (const entry of run) all[i++] = entry.object
    return all
  }
}
