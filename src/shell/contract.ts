/**
 * What the prompt's own commands are (beside kubectl and the shell's tools): one record a command, and the desk they are handed, which
 * stands for the level being played. The rooms above make the desk; the commands only talk to it.
 */
import type { KubectlRun } from '../kubectl/contract.ts'
import type { CommandOutcome, ExternalCall } from '../script/contract.ts'
import type { Session } from '../session/session.ts'

export type Lang = 'en' | 'es'

/** A text in each language. */
export type Both = Readonly<Record<Lang, string>>

export interface GoalLine {
  readonly id: string
  readonly title: string
  readonly status: 'pass' | 'fail' | 'pending' | 'skipped' | 'error' | 'limit'
  readonly score: number
  readonly maxScore: number
  readonly guard: boolean
  readonly expected: string
  readonly observed: string
  readonly message: string
}

export interface CheckReport {
  readonly goals: readonly GoalLine[]
  readonly score: number
  readonly maxScore: number
  readonly passed: boolean
}

export interface HintTold {
  readonly text: string
  /** Stars it took. */
  readonly cost: number
  readonly left: number
}

export interface Question {
  readonly id: string
  readonly text: string
  /** What to type → what it means. */
  readonly choices: Readonly<Record<string, string>>
  readonly numeric: boolean
  readonly answered?: string
}

/** The level being played, as the prompt's commands see it. Without a level (a free cluster) `level` is undefined. */
export interface Desk {
  readonly lang: Lang
  readonly session: Session
  readonly level: DeskLevel | undefined
}

export interface DeskLevel {
  readonly name: string
  readonly title: string
  /** Markdown. */
  readonly brief: string
  readonly limitMs?: number
  readonly parCommands?: number
  /** Judges everything now, experiments too. */
  check(): CheckReport
  /** Tells the next hint; undefined when there is none for this state. */
  hint(): HintTold | undefined
  /** Stars that the next hint takes; undefined when there is none. */
  nextHintCost(): number | undefined
  questions(): readonly Question[]
  /** What is wrong with the form of the answer; undefined when it was noted. */
  answer(id: string, value: string): string | undefined
}

export interface PromptVerb {
  readonly names: readonly string[]
  /** As `help` shows it. */
  readonly usage: string
  readonly summary: Both
  /** Words that completion offers after it, besides objects and files. */
  readonly completes?: (desk: Desk) => readonly string[]
  /** Only on a free cluster. */
  readonly sandboxOnly?: boolean
  /** What came of it, or a run that takes time. */
  run(call: ExternalCall, desk: Desk): CommandOutcome | KubectlRun
}

export const say = (stdout: string, exitCode = 0): CommandOutcome => ({
  exitCode,
  stdout: stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`,
})
export const complain = (stderr: string, exitCode = 1): CommandOutcome => ({
  exitCode,
  stderr: stderr.endsWith('\n') ? stderr : `${stderr}\n`,
})
