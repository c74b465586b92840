/** `maxSurge: 25%`, `minAvailable: 2`: an integer, or a percentage of a total rounded up or down. */

/** Text that is no percentage counts as 0; validation never lets one through. */
export function resolve(value: number | string | undefined, total: number, round: 'up' | 'down'): number {
  if (value === undefined) return 0
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)
  if (percent === null) return 0
  const exact = (Number(percent[1]) * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}

/** Surge rounds up, unavailable down; when both come to nothing, one may be unavailable so that a rollout can move at all. */
export function surgeAndUnavailable(
  maxSurge: number | string | undefined,
  maxUnavailable: number | string | undefined,
  desired: number,
): { surge: number; unavailable: number } {
  const surge = resolve(maxSurge, desired, 'up')
  const unavailable = resolve(maxUnavailable, desired, 'down')
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable }
}
