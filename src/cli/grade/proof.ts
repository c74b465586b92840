/** The proof of a level in pieces that can be done side by side: its answers for one seed, the mutants of one of its solutions. */
import { LevelError, type Problem } from '../../levels/loader/problems.ts'
import type { FoundLevel } from '../level-folder.ts'
import { examinationOf, type Finding, proveLevel } from './level-test.ts'
import { proveMutants } from './mutation.ts'

export interface ProofTask {
  readonly found: FoundLevel
  readonly seed: string
  /** The mutants of this solution; the answers themselves when absent. */
  readonly mutantsOf?: string
  /** So many mutants; all when absent. */
  readonly sample?: number
}

export type ProofOutcome =
  | { readonly findings: readonly Finding[]; readonly used: readonly number[] }
  | { readonly problems: readonly Problem[] }

/** A level that cannot be loaded is an outcome, not an error. */
export function prove({ found, seed, mutantsOf, sample }: ProofTask): ProofOutcome {
  try {
    if (mutantsOf === undefined) return { findings: proveLevel(found, seed), used: [] }
    const { finding, used } = proveMutants(found, examinationOf(found, seed), mutantsOf, sample)
    return { findings: [finding], used }
  } catch (error) {
    if (error instanceof LevelError) return { problems: error.problems }
    throw error
  }
}
