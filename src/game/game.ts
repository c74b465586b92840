/** The game as the screens see it: the level list with progress, and one attempt at a time behind the `GameWorld` interface. */

import type { PresetName } from '../cluster/presets.ts'
import { maxScoreOf } from '../grading/result.ts'
import type { Level } from '../levels/loader/level.ts'
import { LevelError, problemText } from '../levels/loader/problems.ts'
import type { Lang } from '../shell/contract.ts'
import { text as shellText } from '../shell/texts.ts'
import { goalText } from '../shell/verbs/level.ts'
import type { Opening } from './attempt.ts'
import type { Catalogue } from './catalogue.ts'
import { completeness } from './completion/completeness.ts'
import { completeLine } from './completion/index.ts'
import type {
  Completion,
  CourseSummary,
  Debrief,
  Draft,
  EditAnswer,
  GameWorld,
  HintView,
  LevelSummary,
  Opened,
  SkipResult,
  Step,
  WorldFrame,
} from './contract.ts'
import { Progress } from './progress.ts'
import { type Resumed, Save } from './save.ts'
import { Seat } from './seat.ts'
import type { Shelf } from './shelf.ts'
import { skipUntil } from './skip.ts'
import { MAX_STARS } from './stars.ts'
import { type GameTextKey, gameText } from './texts.ts'
import { FrameMaker } from './view/frame.ts'

export const SANDBOX = 'sandbox'

export interface GameOptions {
  readonly catalogue: Catalogue
  readonly shelf: Shelf
  readonly lang: Lang
  /** Of the sandbox; the list offers it when given. */
  readonly preset?: PresetName
  /** The file name of a level's save, where it is not its id (a level given by path). */
  readonly saveName?: (id: string) => string
  /** Seeds that were given: level id → seed. Others go on with their save's. */
  readonly seeds?: ReadonlyMap<string, string>
}

const NOTES: Readonly<Partial<Record<Resumed, GameTextKey>>> = {
  'other-version': 'otherVersion',
  broken: 'broken',
  'cut-short': 'cutShort',
}

export class Game implements GameWorld {
  readonly #options: GameOptions
  readonly #progress: Progress
  #seat: Seat | undefined
  #frames: FrameMaker | undefined
  #levelId = ''
  #draft: Draft = { prompt: '' }

  constructor(options: GameOptions) {
    this.#options = options
    this.#progress = new Progress(options.shelf)
  }

  #save(id: string): Save {
    return new Save(this.#options.shelf, this.#options.saveName?.(id) ?? id)
  }

  /** A student's own seed stays theirs when they begin anew. */
  #seedOf(id: string, save: Save): string {
    return this.#options.seeds?.get(id) ?? save.seed ?? '0'
  }

  get #here(): Seat {
    if (this.#seat === undefined) throw new Error('no level is open')
    return this.#seat
  }

  // ── the list ──

  courses(): CourseSummary[] {
    const { catalogue, lang } = this.#options
    return catalogue.courses.map((course) => ({
      name: course.name,
      title: course.title(lang),
      levels: course.levels.map((id) => this.#summary(id)),
    }))
  }

  #summary(id: string): LevelSummary {
    const { lang } = this.#options
    const reached = this.#progress.of(id)
    const save = this.#save(id)
    const resumable = save.exists
    const base = {
      id,
      state: reached?.done ? ('done' as const) : resumable ? ('started' as const) : ('new' as const),
      resumable,
      stars: reached?.stars ?? 0,
      maxStars: MAX_STARS,
      score: reached?.score ?? 0,
    }
    let level: Level
    try {
      level = this.#options.catalogue.level(id, this.#seedOf(id, save))
    } catch (error) {
      if (!(error instanceof LevelError)) throw error
      const brief = gameText(lang, 'badLevel', { problem: error.problems.map(problemText).join('\n') })
      return { ...base, title: id, difficulty: 1, concepts: [], brief, maxScore: 0, needs: [] }
    }
    const own = level.translations[lang]
    return {
      ...base,
      title: own?.title ?? level.spec.title,
      difficulty: level.spec.difficulty,
      concepts: [...level.spec.concepts],
      brief: own?.brief ?? level.spec.brief,
      maxScore: maxScoreOf(level),
      needs: [...(level.spec.needs ?? [])],
    }
  }

  // ── opening and leaving ──

  open(id: string, { fresh }: { fresh: boolean }): Opened {
    const { catalogue, lang, preset } = this.#options
    const save = this.#save(id)
    const seed = this.#seedOf(id, save)
    let level: Level | undefined
    try {
      if (id !== SANDBOX) level = catalogue.level(id, seed)
    } catch (error) {
      if (!(error instanceof LevelError)) throw error
      return { ok: false, error: error.problems.map(problemText).join('\n') }
    }
    const stage = catalogue.stage(level)
    const opening: Opening = { level, lang, canEdit: true, ...(preset && { preset }), ...(stage && { stage }) }
    let opened: ReturnType<Save['open']>
    try {
      opened = save.open(opening, fresh || save.isOfOtherSeed(seed))
    } catch (error) {
      if (!(error instanceof LevelError)) throw error
      return { ok: false, error: error.problems.map(problemText).join('\n') }
    }
    const seat = new Seat(opened.attempt, opening, save)
    this.#seat = seat
    this.#levelId = id
    this.#draft = { prompt: '' }
    this.#frames = new FrameMaker(seat, id)
    const note = NOTES[opened.how]
    if (note) seat.note(gameText(lang, note))
    const { draft } = opened
    return {
      ok: true,
      history: [...opened.attempt.history],
      scrollback: [...opened.scrollback],
      step: this.#step(),
      ...(draft && { draft: { prompt: draft.prompt, ...(draft.edit && { edit: draft.edit }) } }),
    }
  }

  save(): void {
    const seat = this.#seat
    if (seat === undefined) return
    seat.save?.keep(seat.attempt)
    this.#writeDraft()
  }

  close(): void {
    const seat = this.#seat
    if (seat === undefined) return
    if (seat.attempt.session.journal.records.length > 0 && !seat.attempt.session.running) seat.attempt.end()
    this.save()
    this.#noteProgress()
    this.#seat = undefined
    this.#frames = undefined
  }

  keepDraft(draft: Draft): void {
    this.#draft = draft
    if (this.#seat) this.#writeDraft()
  }

  #writeDraft(): void {
    const { attempt, save } = this.#here
    const { records } = attempt.session.journal
    if (records.length === 0 && this.#draft.prompt === '' && this.#draft.edit === undefined) return
    save?.keepDraft({ ...this.#draft, at: attempt.session.elapsedMs, records: records.length })
  }

  #noteProgress(): void {
    const { attempt } = this.#here
    const desk = attempt.levelDesk
    if (desk === undefined || attempt.session.journal.records.length === 0) return
    const { score, maxScore, passed } = desk.report()
    this.#progress.reached(this.#levelId, { done: passed, stars: attempt.stars, score, maxScore })
  }

  // ── the frame ──

  revision(): number {
    return this.#frames!.revision()
  }
  clockMs(): number {
    return this.#here.attempt.session.elapsedMs
  }
  snapshot(): WorldFrame {
    return this.#frames!.frame()
  }

  // ── the prompt ──

  completeness(text: string): 'complete' | 'incomplete' {
    return completeness(text)
  }
  complete(text: string, cursor: number): Completion {
    return completeLine(this.#here.attempt, text, cursor)
  }

  #step(): Step {
    const seat = this.#here
    const command = seat.command
    const { output, clear } = seat.take()
    if (this.#frames?.solvedNow()) this.#noteProgress()
    return { output, command, ...(clear && { clear }) }
  }

  submitCommand(text: string): Step {
    const seat = this.#here
    if (seat.attempt.session.running) throw new Error('a command is running')
    const before = seat.attempt
    seat.submit(text)
    if (seat.attempt !== before) this.#frames = new FrameMaker(seat, this.#levelId, this.#frames)
    return this.#step()
  }

  submitInput(line: string | undefined): Step {
    this.#here.type(line)
    return this.#step()
  }

  answerEdit(answer: EditAnswer): Step {
    const seat = this.#here
    const command = seat.command
    if (command.status !== 'edit') throw new Error('nothing is being edited')
    if (answer.action === 'cancel') seat.cancelEdit()
    else if (answer.action === 'close') seat.edited(answer.text)
    else seat.saveFile(command.edit.path, answer.text)
    return this.#step()
  }

  interrupt(): Step {
    this.#here.interrupt()
    return this.#step()
  }

  advance(virtualMs: number): Step {
    this.#here.advance(Math.max(0, Math.round(virtualMs)))
    return this.#step()
  }

  skipToNextEvent(): SkipResult {
    const seat = this.#here
    const frames = this.#frames!
    const { session } = seat.attempt
    const seen = (): string => `${frames.seen()} ${session.running} ${session.editing ?? ''}`
    const { skippedMs, changed } = skipUntil(session, (ms) => seat.advance(ms), seen)
    const event = frames.watcher.last
    return { ...this.#step(), skippedMs, ...(changed && event !== undefined && { event }) }
  }

  undo(): Step {
    this.#here.undo()
    return this.#step()
  }

  hint(): HintView | undefined {
    const seat = this.#here
    const hint = seat.attempt.hint()
    seat.inputs++
    seat.save?.keep(seat.attempt)
    return hint && { text: hint.text, cost: hint.cost }
  }

  check(): Step {
    const seat = this.#here
    const { lang } = this.#options
    const report = seat.attempt.check()
    seat.inputs++
    seat.save?.keep(seat.attempt)
    if (report) {
      for (const goal of report.goals) if (goal.status !== 'pass' || !goal.guard) seat.note(goalText(goal, lang))
      seat.note(shellText(lang, 'score', { score: report.score, max: report.maxScore }))
    }
    return this.#step()
  }

  answer(questionId: string, value: string): { ok: true } | { ok: false; error: string } {
    const seat = this.#here
    const error = seat.attempt.answer(questionId, value)
    seat.inputs++
    seat.save?.keep(seat.attempt)
    return error === undefined ? { ok: true } : { ok: false, error }
  }

  debrief(): Debrief | undefined {
    const { attempt } = this.#here
    const desk = attempt.levelDesk
    if (desk === undefined || (!attempt.judge!.solved && !attempt.over)) return undefined
    const { score, maxScore } = desk.report()
    const { ids } = this.#options.catalogue
    const next = ids[ids.indexOf(this.#levelId) + 1]
    return {
      text: desk.debrief,
      stars: attempt.stars,
      maxStars: MAX_STARS,
      score,
      maxScore,
      ...(next !== undefined && ids.includes(this.#levelId) && { nextLevelId: next }),
    }
  }
}

export const createGame = (options: GameOptions): Game => new Game(options)
