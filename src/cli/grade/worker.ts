/** A grading worker: a thread that holds one level, set up once, and grades the submissions it is sent. It can be ended from outside. */
import { parentPort, workerData } from 'node:worker_threads'
import { checkSchema } from '../../grading/checks/index.ts'
import { Examination, type Submission } from '../../grading/run.ts'
import type { LevelFiles } from '../../levels/loader/level.ts'
import { loadLevel } from '../../levels/loader/level.ts'

export interface WorkerSetup {
  readonly name: string
  readonly files: LevelFiles
  readonly lang: string
}

export interface WorkerTask {
  readonly id: number
  readonly submission: Submission
  readonly seed: string
}

const setup = workerData as WorkerSetup
const examinations = new Map<string, Examination>()

function examination(seed: string): Examination {
  let found = examinations.get(seed)
  if (found === undefined) {
    if (examinations.size > 4) examinations.clear()
    found = new Examination(loadLevel(setup.name, setup.files, { checks: checkSchema, seed, hidden: true }), setup.lang)
    examinations.set(seed, found)
  }
  return found
}

parentPort!.on('message', ({ id, submission, seed }: WorkerTask) => {
  try {
    parentPort!.postMessage({ id, result: examination(seed).grade(submission) })
  } catch (error) {
    parentPort!.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})
