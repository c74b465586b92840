/**
 * Objects of one resource in one namespace (or of one index value), kept in byte order of their keys, in runs of bounded length so that a
 * write costs the same in a large collection as in a small one. A newer version of an object is seen through its entry, which all
 * collections it stands in share. Lists are handed out as snapshots.
 */
import type { ApiObject } from '../api/meta.ts'

const LONGEST_RUN = 256

/** An object that is kept: the key stays, the version changes. */
export interface Entry {
  readonly key: string
  object: ApiObject
}

/** The first place at which the key is not greater than `key`. */
function lowerBound(run: readonly Entry[], key: string): number {
  let low = 0
  let high = run.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (run[middle]!.key < key) low = middle + 1
    else high = middle
  }
  return low
}

export class Collection {
  readonly #runs: Entry[][] = []
  #size = 0
  #snapshot: readonly ApiObject[] | undefined

  get size(): number {
    return this.#size
  }

  /** The run that holds `key`, or would. */
  #runFor(key: string): number {
    const runs = this.#runs
    let low = 0
    let high = runs.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (runs[middle]!.at(-1)!.key < key) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Takes in an entry whose key is not there yet. */
  add(entry: Entry): void {
    this.#snapshot = undefined
    if (this.#runs.length === 0) this.#runs.push([])
    const number = this.#runFor(entry.key)
    const run = this.#runs[number]!
    run.splice(lowerBound(run, entry.key), 0, entry)
    this.#size++
    if (run.length > LONGEST_RUN) this.#runs.splice(number + 1, 0, run.splice(run.length >>> 1))
  }

  /** An entry in here has a newer object. */
  touch(): void {
    this.#snapshot = undefined
  }

  delete(key: string): void {
    const number = this.#runFor(key)
    const run = this.#runs[number]
    if (run === undefined) return
    const at = lowerBound(run, key)
    if (run[at]?.key !== key) return
    this.#snapshot = undefined
    run.splice(at, 1)
    this.#size--
    if (run.length === 0) this.#runs.splice(number, 1)
  }

  /** A snapshot: later changes of the collection do not show in it. */
  list(): readonly ApiObject[] {
    this.#snapshot ??= this.#gather()
    return this.#snapshot
  }

  #gather(): readonly ApiObject[] {
    const all = new Array<ApiObject>(this.#size)
    let i = 0
    for (const run of this.#runs) for (const entry of run) all[i++] = entry.object
    return all
  }
}
