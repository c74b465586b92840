/**
 * Objects of one resource in one namespace (or of one index value), kept in byte order of their keys, in runs of bounded length so that a
 * write costs the same in a large collection as in a small one. Lists are handed out as snapshots.
 */
import type { ApiObject } from '../api/meta.ts'

const LONGEST_RUN = 256

interface Run {
  readonly keys: string[]
  readonly objects: ApiObject[]
}

/** The first place at which `key` is not greater than what `at` gives. */
function lowerBound(length: number, key: string, at: (i: number) => string): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(middle) < key) low = middle + 1
    else high = middle
  }
  return low
}

export class Collection {
  readonly #runs: Run[] = []
  #size = 0
  #snapshot: readonly ApiObject[] | undefined

  get size(): number {
    return this.#size
  }

  /** The run that holds `key`, or would. */
  #runFor(key: string): number {
    const runs = this.#runs
    return Math.min(
      lowerBound(runs.length, key, (i) => runs[i]!.keys.at(-1)!),
      runs.length - 1,
    )
  }

  get(key: string): ApiObject | undefined {
    const run = this.#runs[this.#runFor(key)]
    if (run === undefined) return undefined
    const at = lowerBound(run.keys.length, key, (i) => run.keys[i]!)
    return run.keys[at] === key ? run.objects[at] : undefined
  }

  set(key: string, object: ApiObject): void {
    this.#snapshot = undefined
    if (this.#runs.length === 0) this.#runs.push({ keys: [], objects: [] })
    const number = this.#runFor(key)
    const run = this.#runs[number]!
    const at = lowerBound(run.keys.length, key, (i) => run.keys[i]!)
    if (run.keys[at] === key) {
      run.objects[at] = object
      return
    }
    run.keys.splice(at, 0, key)
    run.objects.splice(at, 0, object)
    this.#size++
    if (run.keys.length > LONGEST_RUN) this.#split(number)
  }

  #split(number: number): void {
    const run = this.#runs[number]!
    const half = run.keys.length >>> 1
    this.#runs.splice(number + 1, 0, { keys: run.keys.splice(half), objects: run.objects.splice(half) })
  }

  delete(key: string): void {
    const number = this.#runFor(key)
    const run = this.#runs[number]
    if (run === undefined) return
    const at = lowerBound(run.keys.length, key, (i) => run.keys[i]!)
    if (run.keys[at] !== key) return
    this.#snapshot = undefined
    run.keys.splice(at, 1)
    run.objects.splice(at, 1)
    this.#size--
    if (run.keys.length === 0) this.#runs.splice(number, 1)
  }

  /** A snapshot: later changes of the collection do not show in it. */
  list(): readonly ApiObject[] {
    this.#snapshot ??= this.#runs.length === 1 ? this.#runs[0]!.objects.slice() : this.#runs.flatMap((r) => r.objects)
    return this.#snapshot
  }
}
