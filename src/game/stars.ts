/** Stars: one for solving a level, one for staying within the author's number of commands, one for what only watching earns; hints take them. */
export const MAX_STARS = 3

export interface Feat {
  readonly solved: boolean
  readonly commands: number
  readonly par: number | undefined
  /** What counts towards stars only (`audit`) was met, all of it. */
  readonly watched: boolean
  /** Stars paid for hints. */
  readonly paid: number
}

/** A solved level keeps at least one. */
export function starsOf({ solved, commands, par, watched, paid }: Feat): number {
  if (!solved) return 0
  const earned = 1 + (par === undefined || commands <= par ? 1 : 0) + (watched ? 1 : 0)
  return Math.max(1, earned - paid)
}
