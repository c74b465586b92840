/** Plays a soak on a session of its own and says what went wrong: at which step, and what. */
import { replayInto } from '../../src/grading/replay.ts'
import { formatJournal, parseJournal } from '../../src/session/journal.ts'
import { Session } from '../../src/session/session.ts'
import { createRandom } from '../../src/sim/random.ts'
import type { Soak, SoakStep } from './draw.ts'
import { unhealed } from './heal.ts'
import { brokenInvariants, rawException } from './invariants.ts'
import { SOAK_FILES } from './manifests.ts'

export interface Slip {
  readonly step: number
  readonly what: string
}

export interface Played {
  readonly session: Session
  /** The state after each step. */
  readonly hashes: readonly string[]
  readonly slip: Slip | undefined
}

/** How time is let pass: at once, or in slices of odd lengths. */
export type Slicing = 'whole' | 'sliced'

export const newSession = (soak: Soak): Session =>
  new Session({
    world: { preset: soak.preset, seed: soak.seed },
    prepare: (session) => {
      for (const [name, text] of Object.entries(SOAK_FILES)) session.write(name, text)
    },
  })

const ENDLESS_MS = 900_000

class Player {
  readonly session: Session
  readonly hashes: string[] = []
  /** The state before each command that can be undone. */
  readonly #before: string[] = []
  readonly #slicing: Slicing
  readonly #checked: boolean
  readonly #random
  #turn = 0
  #revision = 0

  constructor(soak: Soak, slicing: Slicing, checked: boolean) {
    this.session = newSession(soak)
    this.#slicing = slicing
    this.#checked = checked
    this.#random = createRandom(soak.seed)
  }

  #pass(ms: number, untilDone = false): void {
    const end = this.session.world.nowMs + ms
    if (this.#slicing === 'whole') {
      this.session.advance(ms, untilDone)
      return
    }
    while (this.session.world.nowMs < end && !(untilDone && !this.session.running)) {
      const slice = 1 + this.#random.below(7_321, 'slice', '', this.#turn++)
      this.session.advance(Math.min(slice, end - this.session.world.nowMs), untilDone)
    }
  }

  #command(text: string): string | undefined {
    const { session } = this
    this.#before.push(this.#hash())
    session.begin(text)
    for (let end = session.world.nowMs + ENDLESS_MS; session.running && session.world.nowMs < end; ) {
      if (session.editing !== undefined) session.edited(null)
      else this.#pass(end - session.world.nowMs, true)
    }
    if (session.running) session.interrupt()
    return rawException(
      session
        .take()
        .map((c) => c.text)
        .join(''),
    )
  }

  #hash(): string {
    this.session.world.loop.settle()
    return this.session.world.stateHash()
  }

  #fork(step: Extract<SoakStep, { do: 'fork' }>): string | undefined {
    const { world } = this.session
    if (!this.#checked) return undefined
    const before = { hash: this.#hash(), revision: world.store.revision, nowMs: world.nowMs }
    world.fork(() => {
      this.session.runAside(step.command)
      world.advance(step.ms)
    })
    const after = { hash: world.stateHash(), revision: world.store.revision, nowMs: world.nowMs }
    return JSON.stringify(before) === JSON.stringify(after)
      ? undefined
      : `a fork left a trace: ${JSON.stringify(before)} became ${JSON.stringify(after)}`
  }

  #undo(): string | undefined {
    const before = this.#before.pop()
    if (!this.session.undo()) return before === undefined ? undefined : 'there was something to undo, and it was not undone'
    return this.#hash() === before ? undefined : 'undo did not bring back the state before the command'
  }

  #do(step: SoakStep): string | undefined {
    const { session } = this
    switch (step.do) {
      case 'command':
        return this.#command(step.text)
      case 'wait':
        this.#pass(step.ms)
        return undefined
      case 'watch':
        this.#before.push(this.#hash())
        session.begin(step.text)
        this.#pass(step.ms)
        session.interrupt()
        return rawException(
          session
            .take()
            .map((c) => c.text)
            .join(''),
        )
      case 'fault':
        session.fault({ kind: step.kind, target: step.target })
        return undefined
      case 'undo':
        return this.#undo()
      case 'fork':
        return this.#fork(step)
    }
  }

  /** What is wrong after the step, if anything. */
  step(step: SoakStep): string | undefined {
    let wrong: string | undefined
    try {
      wrong = this.#do(step)
    } catch (error) {
      return `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
    }
    this.hashes.push(this.#hash())
    const { revision } = this.session.world.store
    if (revision < this.#revision) wrong ??= `revisions went back from ${this.#revision} to ${revision}`
    this.#revision = revision
    if (wrong === undefined && this.#checked) wrong = brokenInvariants(this.session.world)[0]
    return wrong
  }
}

export function play(soak: Soak, slicing: Slicing, checked: boolean): Played {
  const player = new Player(soak, slicing, checked)
  for (const [i, step] of soak.steps.entries()) {
    const what = player.step(step)
    if (what !== undefined) return { session: player.session, hashes: player.hashes, slip: { step: i, what } }
  }
  return { session: player.session, hashes: player.hashes, slip: undefined }
}

/** What is wrong with a soak: an invariant, two runs that differ, or a journal that does not lead where the player went. */
export function slipOf(soak: Soak): Slip | undefined {
  const live = play(soak, 'whole', true)
  if (live.slip !== undefined) return live.slip
  const again = play(soak, 'sliced', false)
  if (again.slip !== undefined) return { ...again.slip, what: `sliced: ${again.slip.what}` }
  const differs = live.hashes.findIndex((h, i) => h !== again.hashes[i])
  if (differs >= 0)
    return { step: differs, what: `two runs differ (the second in slices of time): ${difference(live.session, again.session)}` }
  const replayed = newSession(soak)
  const problem = replayInto(replayed, undefined, parseJournal(formatJournal(live.session.journal)))
  if (problem !== undefined) return { step: soak.steps.length - 1, what: `the journal cannot be played: ${problem}` }
  replayed.advance(Math.max(0, live.session.elapsedMs - replayed.elapsedMs))
  replayed.world.loop.settle()
  if (replayed.world.stateHash() !== live.hashes.at(-1))
    return { step: soak.steps.length - 1, what: `the journal leads elsewhere: ${difference(live.session, replayed)}` }
  // Fingerprints are kept for each object: values that were changed in place show only when they are looked at whole.
  const changed = difference(live.session, replayed)
  if (changed !== '') return { step: soak.steps.length - 1, what: `equal by their hashes, but ${changed}` }
  const hurt = unhealed(again.session)
  return hurt === undefined ? undefined : { step: soak.steps.length - 1, what: `unhealed: ${hurt}` }
}

/** The first things that two worlds do not share, for a person to begin with. */
export function difference(a: Session, b: Session): string {
  const lines = (s: Session): Map<string, string> => {
    const all = new Map<string, string>()
    const { store } = s.world
    const text = (v: unknown): string => JSON.stringify(v, (k, x) => (k === 'resourceVersion' ? undefined : x))
    for (const r of store.resources())
      for (const o of store.list(r)) all.set(`${r} ${o.metadata.namespace ?? ''}/${o.metadata.name}`, text(o))
    for (const [family, key, value] of store.cells.entries()) all.set(`#${family} ${key}`, text(value))
    return all
  }
  const [x, y] = [lines(a), lines(b)]
  const keys = [...new Set([...x.keys(), ...y.keys()])].filter((k) => x.get(k) !== y.get(k)).sort()
  if (keys.length === 0) return ''
  const around = (one = '', other = ''): string => {
    let i = 0
    while (i < one.length && one[i] === other[i]) i++
    return one.slice(Math.max(0, i - 60), i + 100) || '(absent)'
  }
  const first = keys[0]!
  return `${keys.length} of ${x.size}; first ${first}: ${around(x.get(first), y.get(first))} ≠ ${around(y.get(first), x.get(first))}; at ${a.world.nowMs - b.world.nowMs} ms apart`
}

/** The shortest run that still goes wrong in the same manner: the prefix, less the steps that do not matter. */
export function shrink(soak: Soak, slip: Slip, tries = 40): { soak: Soak; slip: Slip } {
  let best = { soak: { ...soak, steps: soak.steps.slice(0, slip.step + 1) }, slip }
  for (let i = best.soak.steps.length - 2; i >= 0 && tries > 0; i--, tries--) {
    const fewer = { ...best.soak, steps: best.soak.steps.filter((_, j) => j !== i) }
    const still = slipOf(fewer)
    if (still !== undefined && still.what.slice(0, 12) === slip.what.slice(0, 12))
      best = { soak: { ...fewer, steps: fewer.steps.slice(0, still.step + 1) }, slip: still }
    i = Math.min(i, best.soak.steps.length - 1)
  }
  return best
}

/** A failure as a person wants it: the seed, the steps, what is wrong. */
export function report(soak: Soak, slip: Slip): string {
  const short = shrink(soak, slip)
  const steps = short.soak.steps.map((s, i) => `  ${i + 1}. ${s.do === 'command' ? `$ ${s.text}` : JSON.stringify(s)}`)
  return [
    `seed ${soak.seed} (${soak.preset}), step ${slip.step + 1} of ${soak.steps.length}: ${slip.what}`,
    `shortest run that fails (${short.slip.what}):`,
    ...steps,
  ].join('\n')
}
