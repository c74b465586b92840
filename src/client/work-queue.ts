/** A queue of keys, first in first out, each at most once; derived state, dropped by a rewind (client-go's workqueue without threads). */
export class WorkQueue {
  readonly #keys = new Set<string>()

  /** True when the key was not waiting already. */
  add(key: string): boolean {
    if (this.#keys.has(key)) return false
    this.#keys.add(key)
    return true
  }

  take(): string | undefined {
    for (const key of this.#keys) {
      this.#keys.delete(key)
      return key
    }
    return undefined
  }

  get size(): number {
    return this.#keys.size
  }

  clear(): void {
    this.#keys.clear()
  }
}
