/** What happens at set instants while time passes, between the loop's events: probes of the judge, a level's timeline. */
export interface Boundary {
  /** The next instant after now; undefined: none. */
  nextMs(): number | undefined
  run(): void
}

export interface Planned {
  readonly boundary: Boundary
  readonly atMs: number | undefined
}

export const planned = (boundaries: readonly Boundary[]): readonly Planned[] =>
  boundaries.map((boundary) => ({ boundary, atMs: boundary.nextMs() }))

export const soonest = (plans: readonly Planned[]): number | undefined =>
  plans.reduce<number | undefined>(
    (least, { atMs }) => (atMs !== undefined && (least === undefined || atMs < least) ? atMs : least),
    undefined,
  )

/** Runs what was planned for an instant that has come. */
export function runDue(plans: readonly Planned[], nowMs: number): void {
  for (const { boundary, atMs } of plans) if (atMs !== undefined && atMs <= nowMs) boundary.run()
}
