/** Makes the frame that the play screen draws, anew only in the parts that changed. */
import { quantityValue } from '../../api/quantity.ts'
import type { NodeView, ObjectiveView, PodView, QuestionView, WorldFrame } from '../contract.ts'
import type { Seat } from '../seat.ts'
import { MAX_STARS } from '../stars.ts'
import { gameText } from '../texts.ts'
import { clusterView } from './cluster.ts'
import { eventsView } from './events.ts'
import { objectivesOf, questionsOf } from './goals.ts'
import { promptLabel } from './prompt-label.ts'
import { Watcher } from './watcher.ts'

/** A part of the frame with what it was made from. */
class Part<T> {
  #key: string | undefined
  #value: T | undefined

  get(key: string, make: () => T): T {
    if (key !== this.#key) {
      this.#value = make()
      this.#key = key
    }
    return this.#value as T
  }
}

export class FrameMaker {
  readonly watcher: Watcher
  readonly #seat: Seat
  readonly #levelId: string
  readonly #cluster = new Part<{ nodes: NodeView[]; unplaced: PodView[] }>()
  readonly #events = new Part<WorldFrame['events']>()
  readonly #hints = new Part<WorldFrame['hintsTaken']>()
  #objectives: ObjectiveView[] = []
  #questions: QuestionView[] = []
  #memory = ''
  #memorySecond = -1
  #goalsKey = ''
  #goalsText = ''
  #revision = 0
  #seen = ''
  #wasSolved: boolean
  #frame: WorldFrame | undefined
  #frameRevision = -1

  constructor(seat: Seat, levelId: string, before?: FrameMaker) {
    this.#seat = seat
    this.#levelId = levelId
    this.watcher = new Watcher(seat.attempt.session.world)
    this.#revision = (before?.revision() ?? 0) + 1
    this.#wasSolved = seat.attempt.judge?.solved === true
    this.#refreshGoals()
  }

  /** True once, when the level has come to be solved. */
  solvedNow(): boolean {
    const solved = this.#seat.attempt.judge?.solved === true
    const now = solved && !this.#wasSolved
    this.#wasSolved = solved
    return now
  }

  /** Goals are looked at again when the judge found something, and each second, since some must hold for a while. */
  #refreshGoals(): void {
    const { levelDesk, judge, session } = this.#seat.attempt
    if (levelDesk === undefined || judge === undefined) return
    const key = `${judge.revision} ${this.#seat.inputs} ${Math.floor(session.elapsedMs / 1000)}`
    if (key === this.#goalsKey) return
    this.#goalsKey = key
    const objectives = objectivesOf(levelDesk)
    const questions = questionsOf(levelDesk)
    const text = JSON.stringify([objectives, questions])
    if (text === this.#goalsText) return
    this.#goalsText = text
    this.#objectives = objectives
    this.#questions = questions
  }

  /** Memory in use by each node, in 64ths of what it has: looked at once a second, redrawn when it shows. */
  #refreshMemory(): void {
    const { world, elapsedMs } = this.#seat.attempt.session
    const second = Math.floor(elapsedMs / 1000)
    if (second === this.#memorySecond) return
    this.#memorySecond = second
    this.#memory = world.cluster.read
      .list('nodes')
      .map((n) =>
        Math.round(
          (world.fleet.processes.memoryOfNode(n.metadata.name) * 64) / Math.max(1, quantityValue(n.status?.allocatable?.['memory'])),
        ),
      )
      .join(' ')
  }

  /** What can be seen, as a text that moves with it. */
  seen(): string {
    this.#refreshGoals()
    return `${this.watcher.cluster} ${this.watcher.events} ${this.#goalsText.length}:${this.#objectives.map((o) => o.status).join('')} ${this.#seat.attempt.over}`
  }

  revision(): number {
    this.#refreshMemory()
    const seen = `${this.seen()} ${this.#memory} ${this.#seat.inputs} ${this.#seat.attempt.session.running} ${this.#goalsText}`
    if (seen !== this.#seen) {
      this.#seen = seen
      this.#revision++
    }
    return this.#revision
  }

  frame(): WorldFrame {
    const revision = this.revision()
    if (this.#frame === undefined || revision !== this.#frameRevision) {
      this.#frameRevision = revision
      this.#frame = this.#make()
    }
    return this.#frame
  }

  #make(): WorldFrame {
    const { attempt, lang } = this.#seat
    const { session, levelDesk: desk } = attempt
    const { cluster, read } = { cluster: this.watcher, read: session.world.cluster.read }
    const { processes } = session.world.fleet
    const namespace = session.options.namespace ?? 'default'
    const { nodes, unplaced } = this.#cluster.get(`${cluster.cluster} ${this.#memory}`, () =>
      clusterView(read, namespace, (node) => processes.memoryOfNode(node)),
    )
    const events = this.#events.get(`${cluster.events}`, () => eventsView(read, session.enteredMs))
    const report = desk?.report()
    const hints = desk?.hints
    return {
      levelId: this.#levelId,
      levelTitle: desk?.title ?? gameText(lang, 'sandboxTitle'),
      brief: desk?.brief ?? gameText(lang, 'sandboxBrief'),
      ...(desk?.limitMs !== undefined && { limitMs: desk.limitMs }),
      commands: attempt.commands,
      ...(desk?.parCommands !== undefined && { parCommands: desk.parCommands }),
      stars: attempt.stars,
      maxStars: desk === undefined ? 0 : MAX_STARS,
      score: report?.score ?? 0,
      maxScore: report?.maxScore ?? 0,
      passed: report?.passed ?? false,
      over: attempt.over || report?.passed === true,
      promptLabel: promptLabel(session),
      canUndo: attempt.canUndo,
      objectives: this.#objectives,
      questions: this.#questions,
      hintsTaken: this.#hints.get(`${hints?.taken.length}`, () => hints?.taken.map((i) => hints.told(i)) ?? []),
      hintsLeft: hints?.nextCost() === undefined ? 0 : hints.left,
      nextHintCost: hints?.nextCost() ?? 0,
      nodes,
      unplaced,
      namespace,
      events,
    }
  }
}
