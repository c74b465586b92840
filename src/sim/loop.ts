/**
 * The event loop: lets virtual time pass, hands due timers to their targets, and between timers lets every actor with work do it,
 * in the order of registration, until nobody has any. All of one instant's work happens before time moves.
 */
import { assert } from '../lib/assert.ts'
import type { Cells } from './state.ts'
import { Timers } from './timers.ts'

/** A part of the cluster that acts: a controller, the scheduler, a kubelet. */
export interface Actor {
  readonly name: string
  /** What a unit of its work takes, in units of effort; little when absent. */
  readonly effort?: number
  /** Does one unit of pending work; false when there was none. Pending work is derived state: it is dropped by `forget`. */
  work?(): boolean
  /** A timer set for this actor is due. */
  onTimer?(id: string, payload: unknown): void
  /** Drop queues and caches: state was rewound to an instant at which no work was pending. */
  forget?(): void
}

/** Of a unit of work or a timer that says nothing else. */
const EVENT_EFFORT = 5

/** Thrown when a budget of events is spent; the session turns it into a `limit` result. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached'
  constructor(readonly limit: string) {
    super(`limit reached: ${limit}`)
  }
}

export interface Clock {
  /** Milliseconds since the Unix epoch, of the simulated world. */
  readonly nowMs: number
}

export class Loop implements Clock {
  readonly timers: Timers
  readonly #actors: Actor[] = []
  readonly #byName = new Map<string, Actor>()
  readonly #cells: Cells
  #nowMs: number
  #events = 0
  /** Units of work and timers allowed in this world's life; a submission's budget. */
  maxEvents = Number.POSITIVE_INFINITY
  /** Work done in this world's life: counted, never measured, in units that take about a microsecond each. */
  #effort = 0
  #countedWrites = 0
  #countedCharges = 0
  maxEffort = Number.POSITIVE_INFINITY
  #busy = false
  /** Told whenever an instant's work is all done: what it looks at then is consistent. It must not let time pass. */
  onQuiet: (() => void) | undefined

  constructor(cells: Cells, startMs: number) {
    this.#nowMs = startMs
    this.#cells = cells
    this.timers = new Timers(cells)
  }

  get nowMs(): number {
    return this.#nowMs
  }
  get events(): number {
    return this.#events
  }

  get effort(): number {
    return this.#effort
  }

  /** What was written so far is nobody's: whoever comes next is counted from here. */
  countFromHere(): void {
    this.#countedWrites = this.#cells.writes
    this.#countedCharges = this.#cells.charged
  }

  /** Counts what is known to be used by something that need not be done again. */
  skip(effort: number, events: number): void {
    this.#effort += effort
    this.#events += events
  }

  /** Takes effort from the budget. Throws LimitReached. */
  spend(effort: number): void {
    const { charged } = this.#cells
    this.#effort += effort + charged - this.#countedCharges
    this.#countedCharges = charged
    if (this.#effort > this.maxEffort) throw new LimitReached('work')
  }

  register(actor: Actor): void {
    assert(!this.#byName.has(actor.name), `two actors are called ${actor.name}`)
    this.#byName.set(actor.name, actor)
    this.#actors.push(actor)
  }

  /** Takes an actor out (a node object that is gone). Its timers fire into nothing. */
  unregister(name: string): void {
    const actor = this.#byName.get(name)
    if (actor === undefined) return
    this.#byName.delete(name)
    this.#actors.splice(this.#actors.indexOf(actor), 1)
  }

  /** Does all work of this instant. Safe to call when work may be running already: the outer call finishes it. */
  settle(): void {
    if (this.#busy) return
    this.#busy = true
    try {
      this.#drain()
    } finally {
      this.#busy = false
    }
  }

  #drain(): void {
    for (let again = true; again; ) {
      again = false
      for (let i = 0; i < this.#actors.length; i++) {
        const actor = this.#actors[i]!
        while (actor.work?.()) {
          again = true
          this.#count(actor.effort)
        }
      }
    }
    this.onQuiet?.()
  }

  #count(effort = EVENT_EFFORT): void {
    if (++this.#events > this.maxEvents) throw new LimitReached('events')
    const { writes } = this.#cells
    this.spend(effort + writes - this.#countedWrites)
    this.#countedWrites = writes
  }

  /** Lets time pass up to and including `untilMs`, or until `stop` says so (asked after each instant's work). */
  runUntil(untilMs: number, stop?: () => boolean): void {
    assert(!this.#busy, 'time cannot pass while work is being done')
    this.settle()
    for (;;) {
      if (stop?.()) return
      const next = this.timers.peek()
      if (next === undefined || next.dueMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs)
        return
      }
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      this.#fireInstant()
    }
  }

  #fireInstant(): void {
    this.#busy = true
    try {
      for (let timer = this.timers.takeDue(this.#nowMs); timer !== undefined; timer = this.timers.takeDue(this.#nowMs)) {
        this.#count()
        this.#byName.get(timer.target)?.onTimer?.(timer.id, timer.payload)
      }
      this.#drain()
    } finally {
      this.#busy = false
    }
  }

  /** When the next timer is due, if any is set. */
  nextDueMs(): number | undefined {
    return this.timers.peek()?.dueMs
  }

  /** After a rewind: time as it was then, and every actor's derived work dropped. */
  resetTo(nowMs: number): void {
    this.#nowMs = nowMs
    for (const actor of this.#actors) actor.forget?.()
  }
}
