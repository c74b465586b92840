/** Completion at the prompt. */
import type { Attempt } from '../attempt.ts'
import type { Completion } from '../contract.ts'

export function completeLine(_attempt: Attempt, _text: string, cursor: number): Completion {
  return { from: cursor, to: cursor, candidates: [] }
}
