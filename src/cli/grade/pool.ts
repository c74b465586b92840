/** A few grading workers: each submission goes to the next free one; one that takes too long or too much memory is ended and replaced. */
import { Worker } from 'node:worker_threads'
import type { SubmissionResult } from '../../grading/result.ts'
import type { WorkerSetup, WorkerTask } from './worker.ts'

/** A submission may take this long on the clock on the wall; steps, not this, decide scores. */
const WALL_MS = 60_000
const MEMORY_MB = 448
/** Most of what a submission makes is gone at once: with room for it little is looked through twice. Both together are 512 MB. */
const YOUNG_MB = 64

/** Starts a worker, which loads the program meanwhile. Until a pool takes it over it keeps nobody from ending. */
export function startWorker(): Worker {
  const worker = new Worker(new URL('./grade-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MB },
  })
  worker.unref()
  return worker
}

export type Outcome = { readonly result: SubmissionResult } | { readonly error: string }

interface Slot {
  worker: Worker
  busy: { readonly id: number; readonly done: (outcome: Outcome) => void; readonly timer: NodeJS.Timeout } | undefined
}

export class GradingPool {
  readonly #slots: Slot[] = []
  readonly #waiting: { task: WorkerTask; done: (outcome: Outcome) => void }[] = []
  readonly #setup: WorkerSetup

  /** `first`: a worker that was started already. */
  constructor(setup: WorkerSetup, jobs: number, first?: Worker) {
    this.#setup = setup
    for (let i = 0; i < jobs; i++) this.#slots.push({ worker: this.#start(i, i === 0 ? first : undefined), busy: undefined })
  }

  #start(index: number, worker = startWorker()): Worker {
    worker.ref()
    worker.postMessage(this.#setup)
    worker.on('message', (message: { id: number } & Outcome) => this.#finish(index, message))
    worker.on('error', (error: NodeJS.ErrnoException) =>
      this.#replace(
        index,
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `it used more than ${MEMORY_MB + YOUNG_MB} MB of memory` : error.message,
      ),
    )
    return worker
  }

  #finish(index: number, message: { id: number } & Outcome): void {
    const slot = this.#slots[index]!
    const { busy } = slot
    if (busy === undefined || busy.id !== message.id) return
    clearTimeout(busy.timer)
    slot.busy = undefined
    busy.done('result' in message ? { result: message.result } : { error: message.error })
    this.#next()
  }

  #replace(index: number, why: string): void {
    const slot = this.#slots[index]!
    const { busy } = slot
    void slot.worker.terminate()
    slot.worker = this.#start(index)
    slot.busy = undefined
    if (busy === undefined) return
    clearTimeout(busy.timer)
    busy.done({ error: why })
    this.#next()
  }

  grade(task: WorkerTask): Promise<Outcome> {
    return new Promise((done) => {
      this.#waiting.push({ task, done })
      this.#next()
    })
  }

  #next(): void {
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.busy !== undefined) continue
      const job = this.#waiting.shift()
      if (job === undefined) return
      const timer = setTimeout(() => this.#replace(index, `it took more than ${WALL_MS / 1000} s`), WALL_MS)
      slot.busy = { id: job.task.id, done: job.done, timer }
      try {
        slot.worker.postMessage(job.task)
      } catch {
        // What cannot even be handed over (nested without end) is no submission.
        this.#finish(index, { id: job.task.id, error: 'it cannot be read: it is nested too deeply' })
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map((s) => s.worker.terminate()))
  }
}
