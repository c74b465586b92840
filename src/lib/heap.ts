/** A priority queue whose ties are broken by an explicit sequence number, so that order never depends on history. */
import TinyQueue from 'tinyqueue'

export interface Ordered {
  readonly dueMs: number
  readonly seq: number
}

export const byDue = (a: Ordered, b: Ordered): number => a.dueMs - b.dueMs || a.seq - b.seq

export class DueQueue<T extends Ordered> {
  #queue = new TinyQueue<T>([], byDue)

  get size(): number {
    return this.#queue.length
  }
  push(item: T): void {
    this.#queue.push(item)
  }
  peek(): T | undefined {
    return this.#queue.peek()
  }
  pop(): T | undefined {
    return this.#queue.pop()
  }
  clear(): void {
    this.#queue = new TinyQueue<T>([], byDue)
  }
}
