/** The desk of a judged level: what the prompt's commands (`check`, `hint`, `answer` …) ask of the judge. The same in the game and in grading. */
import { durationMs } from '../../levels/format/times.ts'
import type { Level } from '../../levels/loader/level.ts'
import type { Session } from '../../session/session.ts'
import type { Desk, DeskLevel, GoalLine, Lang, Question } from '../../shell/contract.ts'
import { text } from '../../shell/texts.ts'
import { ANSWERS, type AnswerSpec } from '../checks/player.ts'
import { isFence, type Judge } from '../judge.ts'
import { checkResults, maxScoreOf, scoreOf } from '../result.ts'
import { Hints } from './hints.ts'

/** The desk of a free cluster. */
export const freeDesk = (session: Session, lang: Lang): Desk => ({ lang, session, level: undefined })

export class LevelDesk implements Desk, DeskLevel {
  readonly lang: Lang
  readonly session: Session
  readonly judge: Judge
  readonly hints: Hints
  readonly #level: Level

  constructor(session: Session, judge: Judge, level: Level, lang: Lang) {
    this.lang = lang
    this.session = session
    this.judge = judge
    this.#level = level
    this.hints = new Hints(level, session.world, lang)
  }

  get level(): DeskLevel {
    return this
  }
  get name(): string {
    return this.#level.name
  }
  get title(): string {
    return this.#level.translations[this.lang]?.title ?? this.#level.spec.title
  }
  get brief(): string {
    return this.#level.translations[this.lang]?.brief ?? this.#level.spec.brief
  }
  get debrief(): string {
    return this.#level.translations[this.lang]?.debrief ?? this.#level.spec.debrief ?? ''
  }
  get limitMs(): number | undefined {
    return durationMs(this.#level.spec.limits?.time ?? '')
  }
  get parCommands(): number | undefined {
    return this.#level.spec.par?.commands
  }

  /** All goals as they stand, without judging anew. */
  goals(over = false): GoalLine[] {
    const results = checkResults(this.judge, this.lang, over)
    const open = new Set(this.questions().flatMap((q) => (q.answered === undefined ? [q.id] : [])))
    // What is told of a wrong answer is not told before there is one.
    return this.judge.checks.map((check, i) => ({
      ...results[i]!,
      guard: isFence(check),
      ...(open.has(check.id) && { message: text(this.lang, 'notAnswered', { id: check.id }) }),
    }))
  }

  report(): { goals: GoalLine[]; score: number; maxScore: number; passed: boolean } {
    const results = checkResults(this.judge, this.lang, false)
    return { goals: this.goals(), score: scoreOf(this.judge, results), maxScore: maxScoreOf(this.#level), passed: this.judge.solved }
  }

  check(): ReturnType<LevelDesk['report']> {
    this.judge.ask()
    return this.report()
  }

  hint(): ReturnType<Hints['take']> {
    return this.hints.take()
  }
  nextHintCost(): number | undefined {
    return this.hints.nextCost()
  }

  questions(): Question[] {
    const own = this.#level.translations[this.lang]?.checks
    return this.judge.checks.flatMap((check) => {
      const spec = check['answer'] as AnswerSpec | undefined
      if (spec === undefined) return []
      const answered = this.session.world.store.cells.get<string>(ANSWERS, check.id)
      return [
        {
          id: check.id,
          text: own?.[check.id]?.question ?? spec.question,
          choices: { ...spec.choices, ...own?.[check.id]?.choices },
          numeric: typeof spec.correct === 'number',
          ...(answered !== undefined && { answered }),
        },
      ]
    })
  }

  answer(id: string, value: string): string | undefined {
    const questions = this.questions()
    const question = questions.find((q) => q.id === id)
    if (question === undefined) return text(this.lang, 'noSuchQuestion', { id, ids: questions.map((q) => q.id).join(', ') })
    const given = value.trim()
    if (question.numeric && (given === '' || !Number.isFinite(Number(given)))) return text(this.lang, 'wantsNumber', { value: given })
    const keys = Object.keys(question.choices)
    const fits = keys.find((k) => k.toLowerCase() === given.toLowerCase() || question.choices[k]!.toLowerCase() === given.toLowerCase())
    if (keys.length > 0 && fits === undefined) return text(this.lang, 'wantsChoice', { value: given, choices: keys.join(', ') })
    this.session.world.store.cells.put(ANSWERS, id, fits ?? given)
    this.session.world.loop.settle()
    return undefined
  }
}
