/**
 * Timers as data: `{dueMs, seq, target, id, payload}` in cells, with a heap that is derived from them.
 * A timer is named by its target and id; setting it again replaces it.
 */
import { DueQueue } from '../lib/heap.ts'
import type { Cells } from './state.ts'

export interface Timer {
  readonly dueMs: number
  readonly seq: number
  /** Who is told: the name an actor registered under, such as `kubelet/node-a`. */
  readonly target: string
  /** Unique within the target. */
  readonly id: string
  /** Plain data. */
  readonly payload?: unknown
}

const FAMILY = 'timer'
const cellKey = (target: string, id: string): string => `${target}|${id}`

export class Timers {
  readonly #cells: Cells
  readonly #heap = new DueQueue<Timer>()

  constructor(cells: Cells) {
    this.#cells = cells
    cells.onChange(FAMILY, (_key, _before, after) => {
      if (after !== undefined) this.#heap.push(after as Timer)
    })
  }

  set(target: string, id: string, dueMs: number, payload?: unknown): void {
    const timer: Timer =
      payload === undefined
        ? { dueMs, seq: this.#cells.next('timer'), target, id }
        : { dueMs, seq: this.#cells.next('timer'), target, id, payload }
    this.#cells.put(FAMILY, cellKey(target, id), timer)
  }

  /** The timer's due time, if it is set. */
  due(target: string, id: string): number | undefined {
    return this.#cells.get<Timer>(FAMILY, cellKey(target, id))?.dueMs
  }

  cancel(target: string, id: string): void {
    this.#cells.delete(FAMILY, cellKey(target, id))
  }

  /** The next timer to fire, without taking it. Entries the heap holds for timers since replaced or cancelled are dropped here. */
  peek(): Timer | undefined {
    for (;;) {
      const top = this.#heap.peek()
      if (top === undefined) return undefined
      if (this.#cells.get(FAMILY, cellKey(top.target, top.id)) === top) return top
      this.#heap.pop()
    }
  }

  /** Takes the next timer that is due at or before `nowMs`. */
  takeDue(nowMs: number): Timer | undefined {
    const top = this.peek()
    if (top === undefined || top.dueMs > nowMs) return undefined
    this.#heap.pop()
    this.#cells.delete(FAMILY, cellKey(top.target, top.id))
    return top
  }
}
