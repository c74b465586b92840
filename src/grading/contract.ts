/** What a check is: one record a kind. It is given a consistent instant of the session's world and says whether what it asks holds. */
import type { z } from 'zod'
import type { CheckSpec } from '../levels/format/level.ts'
import type { Level } from '../levels/loader/level.ts'
import type { DialResult } from '../network/contract.ts'
import type { Outcomes } from '../network/load/outcomes.ts'
import type { Session } from '../session/session.ts'

/** What a check found at one instant. */
export interface Verdict {
  readonly ok: boolean
  /** What was asked, in a few words. */
  readonly expected: string
  /** What was seen instead, or that it holds. */
  readonly observed: string
}

export interface CheckContext {
  readonly session: Session
  readonly level: Level
  readonly check: CheckSpec
  /** The namespace the check looks into unless it names another. */
  readonly namespace: string
  /** Drawn after the last command, so that no canned answer can hold it. */
  readonly nonce: string
  /** Looks at another check now. */
  judge(id: string): Verdict
  /** Answers to requests that were sent before; they hold until something on their way changes. `request` names what is sent, whole. */
  answers(request: string): Outcomes<DialResult>
}

/**
 * `change`: judged whenever the cluster changed; `second`: each virtual second, on a fork; `asked`: on `check` and at the end, on a fork in
 * which time may pass.
 */
export type When = 'change' | 'second' | 'asked'

export interface CheckDefinition<S = unknown> {
  /** The key that names it in a level file. */
  readonly kind: string
  readonly schema: z.ZodType<S>
  readonly when: When
  /** Resources whose change may change the verdict; all when absent. Only for `change`. */
  readonly touches?: (spec: S) => readonly string[]
  /** A verdict once false (or once true) is kept: what never happened, what did happen. */
  readonly latch?: 'failed' | 'passed'
  /** Counts towards stars, not points. */
  readonly starsOnly?: boolean
  /** It looks on a fork of its own, in which time may pass. */
  readonly ownFork?: true
  /** Only what the player says changes it: time does not. */
  readonly saidByPlayer?: boolean
  evaluate(spec: S, context: CheckContext): Verdict
}

export type CheckStatus = 'pass' | 'fail' | 'pending' | 'error' | 'skipped' | 'limit'

/** One check's line of a result, as INTERFACES.md has it. */
export interface CheckResult {
  readonly id: string
  readonly title: string
  readonly status: CheckStatus
  readonly score: number
  readonly maxScore: number
  readonly expected: string
  readonly observed: string
  readonly message: string
  /** Of hidden.yaml: not for the student's eyes. */
  readonly hidden?: boolean
}
