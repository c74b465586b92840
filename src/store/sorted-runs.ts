/**
 * Entries in byte order of their keys, in runs of bounded length, so that a write costs the same among many as among few. What is added
 * waits unsorted until somebody looks in order: what is written by the thousand and seldom listed (events) is never put in order at all.
 */
const LONGEST_RUN = 256
/** Where there are many, and more than one in so many is new, sorting all anew is cheaper than placing each. */
const WORTH_SORTING = 8
const MANY = 32

export interface Keyed {
  readonly key: string
}

const byKey = (a: Keyed, b: Keyed): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** The first place at which the key is not less than `key`. */
function lowerBound(run: readonly Keyed[], key: string): number {
  let low = 0
  let high = run.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (run[middle]!.key < key) low = middle + 1
    else high = middle
  }
  return low
}

export class SortedRuns<E extends Keyed> {
  #runs: E[][] = []
  #fresh: E[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Takes in an entry whose key is not there yet. */
  add(entry: E): void {
    this.#fresh.push(entry)
    this.#size++
  }

  /** Takes the entry of that key out, if there is one. */
  delete(key: string): void {
    this.#settle()
    const number = this.#runFor(key)
    const run = this.#runs[number]
    if (run === undefined) return
    const at = lowerBound(run, key)
    if (run[at]?.key !== key) return
    run.splice(at, 1)
    this.#size--
    if (run.length === 0) this.#runs.splice(number, 1)
  }

  /** All entries, run by run. Neither is to be changed, or kept across a write. */
  runs(): readonly (readonly E[])[] {
    this.#settle()
    return this.#runs
  }

  /** Entries whose keys begin so, in order. */
  under(prefix: string): E[] {
    this.#settle()
    const found: E[] = []
    const first = this.#runFor(prefix)
    for (let number = first; number < this.#runs.length; number++) {
      const run = this.#runs[number]!
      for (let at = number === first ? lowerBound(run, prefix) : 0; at < run.length; at++) {
        if (!run[at]!.key.startsWith(prefix)) return found
        found.push(run[at]!)
      }
    }
    return found
  }

  /** The run that holds `key`, or would. */
  #runFor(key: string): number {
    let low = 0
    let high = this.#runs.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#runs[middle]!.at(-1)!.key < key) low = middle + 1
      else high = middle
    }
    return Math.max(low, 0)
  }

  #settle(): void {
    const fresh = this.#fresh
    if (fresh.length === 0) return
    this.#fresh = []
    if (this.#size < MANY || fresh.length * WORTH_SORTING < this.#size) for (const entry of fresh) this.#insert(entry)
    else this.#sortAll(fresh)
  }

  #insert(entry: E): void {
    if (this.#runs.length === 0) this.#runs.push([])
    const number = this.#runFor(entry.key)
    const run = this.#runs[number]!
    run.splice(lowerBound(run, entry.key), 0, entry)
    if (run.length > LONGEST_RUN) this.#runs.splice(number + 1, 0, run.splice(run.length >>> 1))
  }

  #sortAll(fresh: readonly E[]): void {
    const all = this.#runs.flat().concat(fresh).sort(byKey)
    this.#runs = []
    for (let at = 0; at < all.length; at += LONGEST_RUN >> 1) this.#runs.push(all.slice(at, at + (LONGEST_RUN >> 1)))
  }
}
