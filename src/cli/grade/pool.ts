/** A few grading workers: each submission goes to the next free one; one that takes too long or too much memory is ended and replaced. */
import { Worker } from 'node:worker_threads'
import type { SubmissionResult } from '../../grading/result.ts'
import type { WorkerSetup, WorkerTask } from './worker.ts'

/** A submission may take this long on the clock on the wall; steps, not this, decide scores. */
const WALL_MS = 60_000
const MEMORY_MB = 512

export type Outcome = { readonly result: SubmissionResult } | { readonly error: string }

interface Slot {
  worker: Worker
  busy: { readonly id: number; readonly done: (outcome: Outcome) => void; readonly timer: NodeJS.Timeout } | undefined
}

export class GradingPool {
  readonly #slots: Slot[] = []
  readonly #waiting: { task: WorkerTask; done: (outcome: Outcome) => void }[] = []
  readonly #setup: WorkerSetup

  constructor(setup: WorkerSetup, jobs: number) {
    this.#setup = setup
    for (let i = 0; i < jobs; i++) this.#slots.push({ worker: this.#start(i), busy: undefined })
  }

  #start(index: number): Worker {
    const worker = new Worker(new URL('./grade-worker.js', import.meta.url), {
      workerData: this.#setup,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    })
    worker.on('message', (message: { id: number } & Outcome) => this.#finish(index, message))
    worker.on('error', (error: NodeJS.ErrnoException) =>
      this.#replace(index, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? `it used more than ${MEMORY_MB} MB of memory` : error.message),
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
