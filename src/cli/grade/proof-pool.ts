/** Does proofs side by side: each goes to the next free worker. What comes of them is given in the order they were asked for. */
import { Worker } from 'node:worker_threads'
import { type ProofOutcome, type ProofTask, prove } from './proof.ts'

/** With one job nothing is started: the proofs are done here, one after another. */
export async function* proofsOf(tasks: readonly ProofTask[], jobs: number): AsyncGenerator<ProofOutcome> {
  const count = Math.min(jobs, tasks.length)
  if (count < 2) {
    for (const task of tasks) yield prove(task)
    return
  }
  const settle: { done: (outcome: ProofOutcome) => void; fail: (error: unknown) => void }[] = []
  const outcomes = tasks.map(() => new Promise<ProofOutcome>((done, fail) => void settle.push({ done, fail })))
  for (const outcome of outcomes) outcome.catch(() => undefined)
  let next = 0
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(new URL('./proof-worker.js', import.meta.url))
    let at = -1
    const take = (): void => {
      at = next++
      if (at < tasks.length) worker.postMessage(tasks[at])
    }
    worker.on('message', (outcome: ProofOutcome) => {
      settle[at]!.done(outcome)
      take()
    })
    worker.on('error', (error) => {
      for (let i = at; i < tasks.length; i++) settle[i]?.fail(error)
    })
    take()
    return worker
  })
  try {
    for (const outcome of outcomes) yield await outcome
  } finally {
    await Promise.all(workers.map((w) => w.terminate()))
  }
}
