/** A level from its files, by the shorter of two ways. */
import { checkSchema } from '../grading/checks/index.ts'
import { type Level, type LevelFiles, loadLevel } from '../levels/loader/level.ts'
import { keptLevel } from './stages.ts'

/** `hidden`: with the checks that only the teacher has. Throws LevelError. */
export const readLevel = (name: string, files: LevelFiles, seed: string, hidden: boolean): Level =>
  keptLevel(name, files, seed) ?? loadLevel(name, files, { checks: checkSchema, seed, hidden })
