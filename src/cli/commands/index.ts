/** Every command of the program, one line each. */
import type { CommandRecord } from './contract.ts'
import { gradeCommand } from './grade.ts'
import { levelCommand } from './level.ts'
import { levelsCommand } from './levels.ts'
import { playCommand } from './play.ts'
import { replayCommand } from './replay.ts'
import { rpcCommand } from './rpc.ts'
import { sandboxCommand } from './sandbox.ts'
import { serveCommand } from './serve.ts'
import { shCommand } from './sh.ts'
import { submitCommand } from './submit.ts'

export const commands: readonly CommandRecord[] = [
  playCommand,
  sandboxCommand,
  shCommand,
  gradeCommand,
  submitCommand,
  replayCommand,
  levelCommand,
  levelsCommand,
  serveCommand,
  rpcCommand,
]
