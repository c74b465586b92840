/**
 * What the experiments said of a world, by that world's state: many of a class do the same, in other words, and of the same state the same experiments
 * say the same. Only for whoever grades many; what they would have used of the budgets is used.
 */
import type { Session } from '../session/session.ts'
import type { Verdict } from './contract.ts'

export type AskedVerdict = Verdict & { readonly error?: string }

/** What budgets count. */
interface Used {
  readonly effort: number
  readonly events: number
  readonly containerSteps: number
  readonly steps: number
}

export interface Asked {
  readonly verdicts: readonly (readonly [check: string, verdict: AskedVerdict])[]
  /** All were asked; otherwise the first that failed ended it. */
  readonly whole: boolean
  readonly used: Used
}

const MOST = 1_000

const usedBy = ({ world, steps }: Session): Used => ({
  effort: world.loop.effort,
  events: world.loop.events,
  containerSteps: world.steps,
  steps,
})

/** Whether so much more stays within the budgets: whoever would hit one is asked anew, and hits it where it is. */
function affords(session: Session, more: Used): boolean {
  const { world } = session
  const has = usedBy(session)
  return (
    has.effort + more.effort <= world.loop.maxEffort &&
    has.events + more.events <= world.loop.maxEvents &&
    has.containerSteps + more.containerSteps <= world.maxSteps &&
    has.steps + more.steps <= session.maxSteps
  )
}

export class AskedBefore {
  readonly #kept = new Map<string, Asked>()

  /** What was said of this state, its price paid; undefined: it is to be asked. */
  recall(state: string, session: Session): Asked | undefined {
    const asked = this.#kept.get(state)
    if (asked === undefined || !affords(session, asked.used)) return undefined
    session.world.loop.skip(asked.used.effort, asked.used.events)
    session.world.steps += asked.used.containerSteps
    session.steps += asked.used.steps
    return asked
  }

  /** Asks, and keeps what is said. What ends at a limit is not kept. */
  ask(state: string, session: Session, act: () => Omit<Asked, 'used'>): void {
    const before = usedBy(session)
    const said = act()
    const after = usedBy(session)
    if (this.#kept.size >= MOST) this.#kept.delete(this.#kept.keys().next().value!)
    this.#kept.set(state, {
      ...said,
      used: {
        effort: after.effort - before.effort,
        events: after.events - before.events,
        containerSteps: after.containerSteps - before.containerSteps,
        steps: after.steps - before.steps,
      },
    })
  }
}
