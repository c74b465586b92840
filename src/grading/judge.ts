/**
 * Judges a level while it is played: state at every change, requests each virtual second, experiments when asked. What it has found is in
 * cells, so that undo takes it back; a check never disturbs what it judges.
 */
import type { CheckSpec } from '../levels/format/level.ts'
import { durationMs } from '../levels/format/times.ts'
import type { Level } from '../levels/loader/level.ts'
import { getOrMake } from '../lib/get-or-make.ts'
import { sha256 } from '../lib/hash.ts'
import type { DialResult } from '../network/contract.ts'
import { Outcomes } from '../network/load/outcomes.ts'
import type { JournalRecord } from '../session/journal.ts'
import type { Boundary, Session } from '../session/session.ts'
import { LimitReached } from '../sim/loop.ts'
import type { AskedBefore, AskedVerdict } from './asked-before.ts'
import { forbidLatches } from './checks/history.ts'
import { definitionOf } from './checks/index.ts'
import type { CheckContext, CheckDefinition, CheckStatus, Verdict } from './contract.ts'

const FAMILY = 'judge'
/** When the experiments were run last. */
const ASKED = 'asked'
const DEFAULT_WITHIN_MS = 120_000
const PROBE_MS = 1_000
const MOST_ANSWERS = 50
/** Effort (see Loop.spend) of a look each second, whatever else it sends: who lets a day pass in which nothing happens must not be watched for free. */
const LOOK_EFFORT = 40

/** What is kept of a check. */
export interface Standing {
  readonly verdict: Verdict
  /** Since when it holds without a break; undefined while it does not. */
  readonly sinceMs?: number
  /** A guard, or something forbidden, that was broken once; or an `audit` that was met: kept. */
  readonly latched?: Verdict
  readonly error?: string
}

interface Judged {
  readonly check: CheckSpec
  readonly definition: CheckDefinition
  readonly spec: unknown
}

/** Whether the check is a fence: it carries no points, and breaking it costs. */
export const isFence = (check: CheckSpec): boolean => check.guard === true || check['forbid'] !== undefined

export class Judge implements Boundary {
  readonly session: Session
  readonly level: Level
  readonly #checks: readonly Judged[]
  #dirty = true
  /** Only whether everything passes is asked: once something fails, the rest need not be looked at. */
  hurried = false
  /** What experiments said of states that others had brought about; absent where one player is judged. */
  remembered: AskedBefore | undefined
  /** While experiments are asked: the state that they are asked of. Nonces follow from it, so that nothing in it can hold one. */
  #asking: string | undefined
  /** Told when a check begins to pass. */
  onPassed: ((id: string) => void) | undefined
  /** Commands given so far are part of the nonce: it is drawn after the last of them. */
  #revision = 0
  #hash = ''
  #hashed = 0
  /** Of requests sent before; derived, and kept only as long as what they met stays as it was. */
  readonly #answers = new Map<string, Outcomes<DialResult>>()
  /** Another one: the session began anew. */
  #firstHashed: JournalRecord | undefined

  constructor(session: Session, level: Level) {
    this.session = session
    this.level = level
    this.#checks = level.spec.checks.map((check) => ({ check, ...definitionOf(check) }))
    session.world.store.subscribe('*', (change) => {
      if (change.resource !== 'leases.coordination.k8s.io') this.#dirty = true
    })
    session.world.store.cells.onChange('answer', () => {
      this.#dirty = true
    })
    session.world.loop.onQuiet = () => this.#quiet()
    session.boundaries.push(this)
    this.#quiet()
    this.run()
  }

  /** Moves with every verdict that changes. */
  get revision(): number {
    return this.#revision
  }

  get checks(): readonly CheckSpec[] {
    return this.#checks.map((j) => j.check)
  }

  standing(id: string): Standing | undefined {
    return this.session.world.store.cells.get<Standing>(FAMILY, id)
  }

  // ── when it judges ──

  #quiet(): void {
    if (!this.#dirty) return
    this.#dirty = false
    for (const judged of this.#checks) if (judged.definition.when === 'change') this.#judge(judged)
  }

  nextMs(): number | undefined {
    if (!this.#checks.some((j) => j.definition.when === 'second')) return undefined
    const since = this.session.world.nowMs - this.session.enteredMs
    return this.session.enteredMs + (Math.floor(since / PROBE_MS) + 1) * PROBE_MS
  }

  run(): void {
    this.session.world.loop.spend(LOOK_EFFORT)
    if (this.hurried && this.#stillFails()) return
    for (const judged of this.#checks) if (judged.definition.when === 'second') this.#judge(judged)
  }

  /** While what failed first still fails, only what must be watched without a break is looked at besides. */
  #stillFails(): boolean {
    const first = this.#checks.find(
      (j) => j.definition.when === 'second' && j.definition.starsOnly !== true && this.status(j.check) !== 'pass',
    )
    if (first === undefined || this.standing(first.check.id) === undefined) return false
    for (const judged of this.#checks)
      if (judged === first || (judged.definition.when === 'second' && (isFence(judged.check) || judged.check.holdFor !== undefined)))
        this.#judge(judged)
    return this.standing(first.check.id)?.verdict.ok !== true
  }

  /** Runs experiments and data checks whose needs are met, on a fork each. */
  ask(): void {
    const { session } = this
    // Asked again at the same instant with nothing typed since: the answer would be the same.
    const { cells } = session.world.store
    const moment = `${session.world.nowMs} ${session.world.store.revision} ${this.#inputHash()}`
    if (cells.get(ASKED, ASKED) === moment) return
    this.run()
    if (this.#askAll()) cells.put(ASKED, ASKED, moment)
  }

  /** False where the first that fails ended it. */
  #askAll(): boolean {
    const { session } = this
    const { world } = session
    const state = sha256(`${world.stateHash()} ${world.nowMs} ${session.commandCount} ${this.hurried}`)
    const said = this.remembered?.recall(state, session)
    if (said !== undefined) {
      const verdicts = new Map(said.verdicts)
      for (const judged of this.#checks) {
        const verdict = verdicts.get(judged.check.id)
        if (verdict !== undefined) this.#note(judged, verdict)
      }
      return said.whole
    }
    const verdicts: [string, AskedVerdict][] = []
    let whole = true
    const act = (): { verdicts: typeof verdicts; whole: boolean } => {
      for (const judged of this.#checks) {
        if (judged.definition.when !== 'asked' || !this.needsMet(judged.check)) continue
        const verdict = this.evaluate(judged)
        verdicts.push([judged.check.id, verdict])
        this.#note(judged, verdict)
        whole = !this.hurried || this.holds(judged.check.id)
        if (!whole) break
      }
      return { verdicts, whole }
    }
    this.#asking = state
    try {
      if (this.remembered === undefined) act()
      else this.remembered.ask(state, session, act)
    } finally {
      this.#asking = undefined
    }
    return whole
  }

  needsMet(check: CheckSpec): boolean {
    return (check.needs ?? []).every((id) => this.holds(id))
  }

  /** Of everything that was put in so far: who writes a nonce down changes it. */
  #inputHash(): string {
    const { records } = this.session.journal
    if (records[0] !== this.#firstHashed) {
      this.#firstHashed = records[0]
      this.#hash = ''
      this.#hashed = 0
    }
    for (; this.#hashed < records.length; this.#hashed++) {
      const record = records[this.#hashed]!
      if (record.type !== 'check') this.#hash = sha256(`${this.#hash}${JSON.stringify({ ...record, at: 0 })}`)
    }
    return this.#hash
  }

  /** Forgets every answer: whoever comes next begins with none, as the first one did. */
  forget(): void {
    this.#answers.clear()
  }

  #answersTo(request: string): Outcomes<DialResult> {
    if (this.#answers.size > MOST_ANSWERS) this.#answers.clear()
    const { cluster, network, loads } = this.session.world
    return getOrMake(this.#answers, request, () => new Outcomes<DialResult>(cluster, network, loads.epochs))
  }

  #context(check: CheckSpec): CheckContext {
    const { session, level } = this
    return {
      session,
      level,
      check,
      namespace: level.spec.player?.namespace ?? 'default',
      nonce: session.world.random.suffix(10, 'nonce', `${check.id}/${this.#asking ?? this.#inputHash()}`),
      answers: (request) => this.#answersTo(request),
      judge: (id) => {
        const other = this.#checks.find((j) => j.check.id === id)
        return other === undefined ? { ok: false, expected: id, observed: `there is no check ${id}` } : this.evaluate(other)
      },
    }
  }

  /** Evaluates now, outside of what is kept. Errors are never a pass. */
  evaluate(judged: { readonly check: CheckSpec; readonly definition: CheckDefinition; readonly spec: unknown }): AskedVerdict {
    const act = (): Verdict => judged.definition.evaluate(judged.spec, this.#context(judged.check))
    try {
      return judged.definition.when === 'second' && !judged.definition.ownFork ? this.session.world.peek(act) : act()
    } catch (error) {
      if (error instanceof LimitReached) throw error
      const message = error instanceof Error ? error.message : String(error)
      return { ok: false, expected: judged.check.title, observed: message, error: message }
    }
  }

  #judge(judged: Judged): void {
    this.#note(judged, this.evaluate(judged))
  }

  /** Keeps what a check was found to say now. */
  #note(judged: Judged, { error, ...verdict }: AskedVerdict): void {
    const { check } = judged
    const before = this.standing(check.id)
    const now = this.session.world.nowMs
    const sinceMs = verdict.ok ? (before?.sinceMs ?? now) : undefined
    const next: Standing = {
      verdict,
      ...(sinceMs !== undefined && { sinceMs }),
      ...latch(judged, before, verdict),
      ...(error !== undefined && { error }),
    }
    if (before !== undefined && same(before, next)) return
    this.session.world.store.cells.put(FAMILY, check.id, next)
    this.#revision++
    if (verdict.ok && before?.sinceMs === undefined && before !== undefined) this.onPassed?.(check.id)
  }

  // ── what it says ──

  /** Holds now, and long enough. */
  holds(id: string): boolean {
    const standing = this.standing(id)
    const check = this.#checks.find((j) => j.check.id === id)
    if (standing === undefined || check === undefined) return false
    if (standing.latched !== undefined) return standing.latched.ok
    const holdMs = durationMs(check.check.holdFor ?? '') ?? 0
    return standing.sinceMs !== undefined && this.session.world.nowMs - standing.sinceMs >= holdMs
  }

  /** `over`: no more time will pass. */
  status(check: CheckSpec, over = false): CheckStatus {
    const standing = this.standing(check.id)
    if (isFence(check))
      return this.holds(check.id) || (standing?.verdict.ok === true && standing.latched === undefined)
        ? 'pass'
        : standing?.error
          ? 'error'
          : 'fail'
    if (!this.needsMet(check)) return 'skipped'
    if (this.holds(check.id)) return 'pass'
    if (!over) return 'pending'
    return standing?.error ? 'error' : 'fail'
  }

  /** Whether everything that carries points, and everything starred, passes. */
  get solved(): boolean {
    return this.#checks.every(({ check, definition }) => definition.starsOnly === true || this.status(check) === 'pass')
  }

  /** Those that only time is missing for: state and requests. */
  get settled(): boolean {
    return this.#checks.every(
      ({ check, definition }) => definition.when === 'asked' || definition.starsOnly === true || this.status(check) === 'pass',
    )
  }

  /** Whether something required fails that time alone will not mend. */
  get lost(): boolean {
    return this.#checks.some(
      ({ check, definition }) =>
        definition.starsOnly !== true &&
        (this.standing(check.id)?.latched?.ok === false || (definition.saidByPlayer === true && this.status(check) !== 'pass')),
    )
  }

  withinMs(check: CheckSpec): number {
    return (durationMs(check.within ?? '') ?? DEFAULT_WITHIN_MS) + (durationMs(check.holdFor ?? '') ?? 0)
  }

  get asksSomething(): boolean {
    return this.#checks.some((j) => j.definition.when === 'asked')
  }

  isStarsOnly(check: CheckSpec): boolean {
    return definitionOf(check).definition.starsOnly === true
  }
}

function latch({ check, definition, spec }: Judged, before: Standing | undefined, verdict: Verdict): { latched?: Verdict } {
  if (before?.latched !== undefined) return { latched: before.latched }
  if (definition.latch === 'passed') return verdict.ok ? { latched: verdict } : {}
  const keepsFailure = check.guard === true || (definition.kind === 'forbid' && forbidLatches(spec as Parameters<typeof forbidLatches>[0]))
  // A guard that never held is not broken yet: it is judged from the first time it holds.
  const held = before !== undefined && (before.verdict.ok || before.sinceMs !== undefined)
  return keepsFailure && !verdict.ok && (held || definition.kind === 'forbid') ? { latched: verdict } : {}
}

const same = (a: Standing, b: Standing): boolean =>
  a.verdict.ok === b.verdict.ok &&
  a.verdict.observed === b.verdict.observed &&
  a.sinceMs === b.sinceMs &&
  (a.latched === undefined) === (b.latched === undefined) &&
  a.error === b.error
