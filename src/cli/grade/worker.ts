/**
 * A grading worker: a thread that holds one level, set up once, and grades the submissions it is sent. It can be ended from outside. It may be
 * started before anybody knows of which level: the setup comes as its first message.
 */
import { parentPort } from 'node:worker_threads'
import { Examination, type Submission } from '../../grading/run.ts'
import type { LevelFiles } from '../../levels/loader/level.ts'
import { readLevel } from '../read-level.ts'
import { keptStage } from '../stages.ts'

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

let setup: WorkerSetup | undefined
const examinations = new Map<string, Examination>()

function examination(seed: string): Examination {
  let found = examinations.get(seed)
  if (found === undefined) {
    if (examinations.size > 4) examinations.clear()
    const { name, files, lang } = setup!
    const level = readLevel(name, files, seed, true)
    found = new Examination(level, lang, keptStage(level))
    examinations.set(seed, found)
  }
  return found
}

parentPort!.on('message', (message: WorkerSetup | WorkerTask) => {
  if (!('submission' in message)) {
    setup = message
    return
  }
  const { id, submission, seed } = message
  try {
    parentPort!.postMessage({ id, result: examination(seed).grade(submission) })
  } catch (error) {
    parentPort!.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})
