/** Bringing raw scores into 0–100 as upstream's DefaultNormalizeScore does, in integers. */

export const MAX_SCORE = 100

/** The highest becomes 100, the others in proportion. */
export function normalize(scores: number[]): void {
  let max = 0
  for (const s of scores) if (s > max) max = s
  if (max === 0) return
  for (let i = 0; i < scores.length; i++) scores[i] = Math.floor((MAX_SCORE * scores[i]!) / max)
}

/** The highest becomes 0, zero becomes 100. */
export function normalizeReversed(scores: number[]): void {
  let max = 0
  for (const s of scores) if (s > max) max = s
  for (let i = 0; i < scores.length; i++) scores[i] = max === 0 ? MAX_SCORE : MAX_SCORE - Math.floor((MAX_SCORE * scores[i]!) / max)
}
