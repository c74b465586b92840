/**
 * Virtual time behind the wall clock: the host's one timer. The world is let on to where the wall says it should be, in slices, so that
 * a busy world runs late and never keeps requests waiting.
 */

/** What is let on: a session (a level's timeline included), or anything that has time. */
export interface Timed {
  readonly nowMs: number
  advance(ms: number): void
  /** When something happens next by itself; undefined: nothing is due. */
  nextDueMs(): number | undefined
}

/** Wall time spent on the world at once. */
const BUDGET_MS = 25
const SLICE_MS = 500
const LONGEST_SLEEP_MS = 1_000

export class WallClock {
  readonly #timed: Timed
  readonly #speed: number
  readonly #onProgress: () => void
  readonly #onError: (error: unknown) => void
  #wallAnchor = 0
  #virtualAnchor = 0
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined
  #running = false

  constructor(timed: Timed, speed: number, onProgress: () => void, onError: (error: unknown) => void) {
    this.#timed = timed
    this.#speed = speed
    this.#onProgress = onProgress
    this.#onError = onError
  }

  start(): void {
    this.#running = true
    this.#anchor()
    this.#sleep()
  }

  stop(): void {
    this.#running = false
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    this.#soon = undefined
  }

  #anchor(): void {
    this.#wallAnchor = performance.now()
    this.#virtualAnchor = this.#timed.nowMs
  }

  #due(): number {
    return Math.floor(this.#virtualAnchor + (performance.now() - this.#wallAnchor) * this.#speed)
  }

  /** Lets the world come up to now, for at most a short while. */
  catchUp(): void {
    if (!this.#running) return
    const until = performance.now() + BUDGET_MS
    try {
      for (let left = this.#due() - this.#timed.nowMs; left > 0; left = this.#due() - this.#timed.nowMs) {
        this.#timed.advance(Math.min(left, SLICE_MS))
        if (performance.now() < until) continue
        // Behind: the world goes on from here at its own pace, and nobody waits for what was missed.
        if (this.#due() > this.#timed.nowMs) this.#anchor()
        return
      }
    } catch (error) {
      this.#anchor()
      this.#onError(error)
    }
  }

  /** Something was written: what the cluster makes of it at this instant is done as soon as the answer is on its way. */
  nudge(): void {
    if (!this.#running || this.#soon !== undefined) return
    this.#soon = setImmediate(() => {
      this.#soon = undefined
      this.#tick()
    })
  }

  #tick(): void {
    if (!this.#running) return
    this.catchUp()
    try {
      this.#timed.advance(0)
    } catch (error) {
      this.#onError(error)
    }
    this.#onProgress()
    this.#sleep()
  }

  #sleep(): void {
    clearTimeout(this.#timer)
    if (!this.#running) return
    const due = this.#timed.nextDueMs()
    const wait = due === undefined ? LONGEST_SLEEP_MS : (due - this.#due()) / this.#speed
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.min(LONGEST_SLEEP_MS, Math.ceil(wait))))
  }
}
