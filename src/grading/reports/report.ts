/** A whole grading, as every format writes it. */
import type { Lang } from '../../shell/contract.ts'
import type { SubmissionResult } from '../result.ts'
import type { Handed } from './likeness.ts'

export interface GradingReport {
  readonly schema: 'clusterlab/result/v1'
  readonly level: string
  readonly levelHash: string
  readonly engine: string
  readonly seed: string
  readonly results: readonly SubmissionResult[]
}

/** What a format may know beyond the report: the environment of the platform it is for, and the time. Plain data given by the caller. */
export interface ReportSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970; only for formats whose platform asks for a date. */
  readonly nowMs: number
  /** What people read is in this language; English when absent. */
  readonly lang?: Lang
  /** What was put in, by submission: for those that compare. */
  readonly handed?: readonly Handed[]
}

export interface ReportFormat {
  readonly name: string
  /** The platform takes one submission at a time. */
  readonly single?: boolean
  write(report: GradingReport, surroundings: ReportSurroundings): string
}
