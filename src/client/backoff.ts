/** Per-key exponential back-off, 5 ms doubling up to 1000 s, its counts kept in cells (client-go's ItemExponentialFailureRateLimiter). */
import type { Cells } from '../sim/state.ts'

const BASE_MS = 5
const MAX_MS = 1_000_000
const FAMILY = 'backoff'

export const backoffMs = (failures: number): number => Math.min(MAX_MS, BASE_MS * 2 ** Math.min(failures, 40))

export class Backoff {
  readonly #cells: Cells
  readonly #owner: string

  constructor(cells: Cells, owner: string) {
    this.#cells = cells
    this.#owner = owner
  }

  /** Counts one more failure of the key; how long to wait. */
  next(key: string): number {
    const id = `${this.#owner}|${key}`
    const failures = this.#cells.get<number>(FAMILY, id) ?? 0
    this.#cells.put(FAMILY, id, failures + 1)
    return backoffMs(failures)
  }

  failures(key: string): number {
    return this.#cells.get<number>(FAMILY, `${this.#owner}|${key}`) ?? 0
  }

  forget(key: string): void {
    this.#cells.delete(FAMILY, `${this.#owner}|${key}`)
  }
}
