/** A whole grading, as every format writes it. */
import type { SubmissionResult } from '../result.ts'

export interface GradingReport {
  readonly schema: 'clusterlab/result/v1'
  readonly level: string
  readonly levelHash: string
  readonly engine: string
  readonly seed: string
  readonly results: readonly SubmissionResult[]
}

export interface ReportFormat {
  readonly name: string
  write(report: GradingReport): string
}
