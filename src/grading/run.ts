/** Grades one submission in a world of its own: plays what was handed in, lets time pass until it is decided, and says what came of it. */

import type { Checkpoint, WorldImage } from '../cluster/world.ts'
import type { Level } from '../levels/loader/level.ts'
import { openStage, Timeline } from '../levels/stage.ts'
import { checkSyntax } from '../script/language/shell.ts'
import type { Journal } from '../session/journal.ts'
import type { Session } from '../session/session.ts'
import { promptCommands } from '../shell/commands.ts'
import { LimitReached } from '../sim/loop.ts'
import { AskedBefore } from './asked-before.ts'
import { LevelDesk } from './desk/index.ts'
import { Judge } from './judge.ts'
import { replayInto } from './replay.ts'
import { buildResult, type SubmissionResult } from './result.ts'
import { timeLimitOf } from './time-limit.ts'

/** What was handed in, as plain data. */
export type Submission =
  | {
      readonly kind: 'script'
      readonly name: string
      readonly text: string
      readonly files: Readonly<Record<string, string>>
      /** The script's own name where `name` is its folder's. */
      readonly file?: string
    }
  | { readonly kind: 'manifests'; readonly name: string; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'journal'; readonly name: string; readonly journal: Journal }

const MAX_EVENTS = 2_000_000
/** Of shells in containers; the player's own has as many. */
const MAX_STEPS = 1_000_000
/** All that is done in a submission's world, in units of about a microsecond: it bites before the others where they would let something take long. */
export const MAX_EFFORT = 2_200_000
const MAX_PODS = 5_000
const MAX_OBJECTS = 10_000
const CONSEQUENCES_MS = 3_000
/** A level set up once, to grade many submissions in: each begins at the same checkpoint. */
export class Examination {
  readonly level: Level
  readonly lang: string
  #session: Session
  #judge: Judge
  #start: Checkpoint
  readonly #timeLimitMs: number
  #effortBefore = 0

  /**
   * `stage`: the level's stage as it was when it was opened before. Experiments are asked once of each state that submissions leave.
   */
  constructor(level: Level, lang = 'en', stage?: WorldImage) {
    this.level = level
    this.lang = lang
    this.#timeLimitMs = timeLimitOf(level)
    const opened = openJudged(level, lang, stage)
    this.#session = opened.session
    this.#judge = opened.judge
    this.#judge.remembered = new AskedBefore()
    this.#start = this.#session.world.checkpoint()
  }

  /** Never throws for what a submission does: that is an `error` or a `limit` result. */
  grade(submission: Submission): SubmissionResult {
    this.#seat(false)
    return play(this.#session, this.#judge, submission, this.lang)
  }

  /** Asks every experiment anew from here on: for measuring what one takes. */
  forgetStates(): void {
    this.#judge.remembered = undefined
  }

  /** Work that the last submission took, in units of about a microsecond (`Loop.spend`); `MAX_EFFORT` is the most. */
  get effort(): number {
    return this.#session.world.loop.effort - this.#effortBefore
  }

  /** Whether it gets full marks: judged only up to the first failure, so the other verdicts count for nothing. */
  getsFullMarks(submission: Submission): boolean {
    this.#seat(true)
    const judge = this.#judge
    try {
      if ((perform(this.#session, judge, submission) ?? decide(this.#session, judge)) !== undefined) return false
    } catch (error) {
      if (error instanceof LimitReached || error instanceof SubmissionError) return false
      throw error
    }
    return judge.checks.every((check) => judge.isStarsOnly(check) || judge.status(check, true) === 'pass')
  }

  #seat(hurried: boolean): void {
    this.#judge.hurried = hurried
    const { world } = this.#session
    const { loop } = world
    // What the one before used up is no concern of the next.
    loop.maxEvents = loop.maxEffort = world.maxPods = world.maxObjects = Number.POSITIVE_INFINITY
    this.#session.world.rewind(this.#start, true)
    this.#start = this.#session.world.checkpoint()
    this.#session.reset()
    this.#judge.forget()
    this.#session.canEdit = false
    this.#session.world.maxSteps = MAX_STEPS
    this.#session.maxElapsedMs = this.#timeLimitMs + 1
    sitDown(this.#session, this.#judge, this.level, this.lang)
    this.#session.world.maxPods = MAX_PODS
    this.#session.world.maxObjects = MAX_OBJECTS
    loop.countFromHere()
    loop.maxEvents = loop.events + MAX_EVENTS
    this.#effortBefore = loop.effort
    loop.maxEffort = loop.effort + MAX_EFFORT
  }
}

export function openJudged(level: Level, lang: string, stage?: WorldImage): { session: Session; judge: Judge } {
  const session = openStage(level, lang, stage)
  const judge = new Judge(session, level)
  const timeline = session.boundaries.find((b): b is Timeline => b instanceof Timeline)
  if (timeline) judge.onPassed = (id) => timeline.checkPassed(id)
  sitDown(session, judge, level, lang)
  return { session, judge }
}

/** A desk of their own for whoever comes next: what it keeps of hints is nobody else's. */
function sitDown(session: Session, judge: Judge, level: Level, lang: string): void {
  session.useCommands(promptCommands(new LevelDesk(session, judge, level, lang === 'es' ? 'es' : 'en')))
}

function play(session: Session, judge: Judge, submission: Submission, lang: string): SubmissionResult {
  let limit: string | undefined
  try {
    limit = perform(session, judge, submission)
    if (limit === undefined) limit = decide(session, judge)
  } catch (error) {
    if (error instanceof LimitReached) limit = error.limit
    // A text longer than any may be, or nested deeper than the stack: nothing of this world is used again before it is rewound.
    else if (error instanceof RangeError) limit = 'memory'
    else if (error instanceof SubmissionError) return errorResult(submission.name, judge, error.message)
    else throw error
  }
  const result = buildResult(submission.name, judge, lang, limit)
  const mistake = submission.kind === 'script' && limit === undefined ? syntaxMistake(submission) : undefined
  return mistake === undefined ? result : { ...result, message: mistake }
}

/** Where a script is none, in words; such a script does nothing at all. */
function syntaxMistake({ name, file, text }: Extract<Submission, { kind: 'script' }>): string | undefined {
  const [problem] = checkSyntax(text)
  if (problem === undefined) return undefined
  const where = `${file ?? name.slice(name.lastIndexOf('/') + 1)}:${problem.line}:${problem.column}`
  return `${where}: syntax error: ${problem.message}; nothing of the script was run`
}

/** What was handed in cannot be run: says why. */
export class SubmissionError extends Error {
  override readonly name = 'SubmissionError'
}

export function errorResult(name: string, judge: Judge | undefined, message: string): SubmissionResult {
  return {
    submission: name,
    status: 'error',
    passed: false,
    score: 0,
    maxScore: judge === undefined ? 0 : buildResult(name, judge, 'en').maxScore,
    virtualSeconds: 0,
    stateHash: '',
    checks: [],
    message,
  }
}

function perform(session: Session, judge: Judge, submission: Submission): string | undefined {
  if (submission.kind === 'journal') {
    if (submission.journal.records.some((r) => r.type === 'fault'))
      throw new SubmissionError('this journal breaks parts of the cluster by itself; in a level only the level does')
    const problem = replayInto(session, judge, submission.journal)
    if (problem !== undefined) throw new SubmissionError(problem)
    return undefined
  }
  for (const [path, text] of Object.entries(submission.files)) {
    session.record({ type: 'file', path, text })
    session.write(path, text)
  }
  if (submission.kind === 'manifests') {
    for (const path of Object.keys(submission.files).sort())
      if (/\.(ya?ml|json)$/.test(path)) session.run(`kubectl apply -f ${quote(path)}`)
    return undefined
  }
  return runScript(session, submission.text)
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** A script is one command line to the prompt's shell: its functions, loops and here-documents span lines. */
function runScript(session: Session, text: string): string | undefined {
  return session.run(text).limit
}

/** Lets time pass until every check has passed, or those that have not are out of time; then asks the experiments. */
function decide(session: Session, judge: Judge): string | undefined {
  // What the last command began shows: its consequences are part of the answer.
  session.advance(CONSEQUENCES_MS)
  judge.run()
  if (judge.hurried && judge.lost) return undefined
  const startMs = session.world.nowMs
  const timeLimitMs = timeLimitOf(judge.level)
  if (session.elapsedMs > timeLimitMs) return 'time'
  const patience = Math.max(...judge.checks.filter((c) => !judge.isStarsOnly(c)).map((c) => judge.withinMs(c)), 0)
  while (!judge.settled && session.world.nowMs - startMs < patience) {
    if (session.elapsedMs > timeLimitMs) return 'time'
    session.advance(1_000)
  }
  if (judge.hurried && !judge.settled) return undefined
  if (judge.asksSomething) judge.ask()
  const { commands } = judge.level.spec.limits ?? {}
  return commands !== undefined && session.commandCount > commands ? 'commands' : undefined
}
