/** A task to begin a level from: whole, small and proven, for the author to change bit by bit. */
import type { Both, Lang } from '../../../shell/contract.ts'

export interface TaskRecord {
  readonly name: string
  /** What the player has to do, in a few words. */
  readonly summary: Both
  /** What goes below `spec:` in level.yaml, after title, brief, difficulty, player and cluster; indented by two. */
  readonly brief: Both
  readonly concepts: readonly string[]
  readonly start: string
  readonly checks: string
  /** Hints with `when`, `cost` and their texts in both languages, by id. */
  readonly hints: readonly { readonly id: string; readonly when?: string; readonly cost?: number; readonly text: Both }[]
  readonly debrief: Both
  /** By check id. */
  readonly spanish: Readonly<Record<string, { readonly title: string; readonly message?: string }>>
  /** Commands of the shortest way. */
  readonly par: number
  /** Manifests, solutions, wrong answers: path → text. */
  readonly files: Readonly<Record<string, string>>
}

export type Languages = readonly Lang[]
