/** The level that benchmarks play: WordPress, from its folder. */
import { readdirSync } from 'node:fs'
import { readFolder } from '../../src/cli/level-folder.ts'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { Examination } from '../../src/grading/run.ts'
import { type Level, loadLevel } from '../../src/levels/loader/level.ts'
import { openStage } from '../../src/levels/stage.ts'
import type { Session } from '../../src/session/session.ts'

export const LEVEL = 'levels/services/wordpress-reachable'
/** Its clients send fifty requests a second while a node dies and comes back. */
export const CRASH_LEVEL = 'levels/scheduling/survive-a-node-crash'

export const levelOf = (folder: string): Level =>
  loadLevel(folder.replace(/^levels\//, ''), readFolder(folder), { checks: checkSchema, seed: '0' })
export const examinationOf = (folder: string): Examination => new Examination(levelOf(folder))
export const levelStage = (folder: string): Session => openStage(levelOf(folder), 'en')
export const scriptsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((f) => f.endsWith('.sh'))
    .sort()
