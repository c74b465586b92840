/**
 * One attempt at a level (or at nothing, on a free cluster): a session, its judge, and the save file to which every input is added as it
 * is given. Opening it again plays the file back to where it was. The same for the full screen, the plain prompt and replays.
 */

import type { PresetName } from '../cluster/presets.ts'
import type { WorldImage } from '../cluster/world.ts'
import { ANSWERS } from '../grading/checks/player.ts'
import { freeDesk, LevelDesk } from '../grading/desk/index.ts'
import type { Judge } from '../grading/judge.ts'
import { playRecord } from '../grading/replay.ts'
import { openJudged } from '../grading/run.ts'
import { baseNameOf, type Level } from '../levels/loader/level.ts'
import { ENGINE_VERSION, formatJournal, type Journal, type JournalRecord } from '../session/journal.ts'
import { Session } from '../session/session.ts'
import { promptCommands } from '../shell/commands.ts'
import type { Desk, Lang } from '../shell/contract.ts'
import { LimitReached } from '../sim/loop.ts'
import { starsOf } from './stars.ts'

export interface Opening {
  readonly level: Level | undefined
  /** Of a free cluster. */
  readonly preset?: PresetName
  readonly seed?: string
  readonly lang: Lang
  /** An editor can be shown. */
  readonly canEdit: boolean
  /** The level's stage as it was when it was opened before. */
  readonly stage?: WorldImage
}

export class Attempt {
  readonly opening: Opening
  readonly session: Session
  readonly judge: Judge | undefined
  readonly desk: Desk
  /** Commands given, undone ones and the doors' own included, in their order. */
  readonly history: string[] = []
  /** Inputs before the last undo do not count against the author's number. */
  #undone = 0

  constructor(opening: Opening) {
    this.opening = opening
    const { level, lang } = opening
    if (level === undefined) {
      this.session = new Session({ world: { preset: opening.preset ?? 'default', seed: opening.seed ?? '0' }, lang })
      this.desk = freeDesk(this.session, lang)
    } else {
      const { session, judge } = openJudged(level, lang, opening.stage)
      this.session = session
      this.judge = judge
      this.desk = new LevelDesk(session, judge, level, lang)
    }
    this.session.canEdit = opening.canEdit
    // Budgets are a submission's; a person may go on as long as they like.
    this.session.maxSteps = Number.POSITIVE_INFINITY
    this.session.maxOutput = Number.POSITIVE_INFINITY
    this.session.useCommands(promptCommands(this.desk))
  }

  get levelDesk(): LevelDesk | undefined {
    return this.desk instanceof LevelDesk ? this.desk : undefined
  }

  /** Commands that stand: undone ones are left out. */
  get commands(): number {
    return Math.max(0, this.session.commandCount - this.#undone)
  }

  /** A checkpoint exists that `undo` goes back to. */
  get canUndo(): boolean {
    return this.session.commandCount > this.#undone
  }

  // ── inputs: each is one record of the journal ──

  begin(text: string): void {
    this.history.push(text)
    this.session.begin(text)
  }

  undo(): boolean {
    if (!this.session.undo()) return false
    this.#undone++
    return true
  }

  check(): ReturnType<LevelDesk['check']> | undefined {
    this.session.record({ type: 'check' })
    return this.levelDesk?.check()
  }

  hint(): ReturnType<LevelDesk['hint']> {
    if (this.levelDesk === undefined) return undefined
    this.session.record({ type: 'hint' })
    return this.levelDesk.hint()
  }

  /** What is wrong with the answer's form; undefined when it was noted. */
  answer(id: string, value: string): string | undefined {
    const problem = this.levelDesk?.answer(id, value)
    if (problem === undefined && this.levelDesk) {
      const noted = this.session.world.store.cells.get<string>(ANSWERS, id) ?? value
      this.session.record({ type: 'answer', id, value: noted })
    }
    return problem
  }

  /** Marks where the player left, with the state's hash: what a replay verifies. */
  end(): void {
    this.session.record({ type: 'end', stateHash: this.session.world.stateHash() })
  }

  // ── replay ──

  /** Plays one record. Gives what is wrong with it, if anything. */
  play(record: JournalRecord): string | undefined {
    if (record.type === 'end') {
      if (record.at > this.session.elapsedMs) this.session.advance(record.at - this.session.elapsedMs)
      const hash = this.session.world.stateHash()
      this.session.record({ type: 'end', stateHash: record.stateHash })
      return hash === record.stateHash ? undefined : 'the state is not the one that was recorded'
    }
    const before = this.session.journal.records.length
    if (record.type === 'input') this.history.push(record.text)
    if (record.type === 'undo') this.#undone++
    const problem = this.#played(record)
    if (record.type === 'hint') this.levelDesk?.hint()
    if (this.session.journal.records.length === before && (record.type === 'file' || record.type === 'fault'))
      this.session.record(withoutTime(record))
    return problem
  }

  /** A command that ran into a limit did so when it was given, too; the interrupt that ended it is the next record. */
  #played(record: JournalRecord): string | undefined {
    try {
      return playRecord(this.session, this.judge, record)
    } catch (error) {
      if (error instanceof LimitReached) return undefined
      throw error
    }
  }

  // ── how it stands ──

  get stars(): number {
    const { judge, levelDesk } = this
    if (judge === undefined || levelDesk === undefined) return 0
    const starred = judge.checks.filter((c) => judge.isStarsOnly(c))
    return starsOf({
      solved: judge.solved,
      commands: this.commands,
      par: levelDesk.parCommands,
      watched: starred.every((c) => judge.status(c) === 'pass'),
      paid: levelDesk.hints.paid,
    })
  }

  /** Out of time, or of commands. */
  get over(): boolean {
    const limitMs = this.levelDesk?.limitMs
    const commands = this.opening.level?.spec.limits?.commands
    return (limitMs !== undefined && this.session.elapsedMs >= limitMs) || (commands !== undefined && this.session.commandCount > commands)
  }
}

type Untimed = Parameters<Session['record']>[0]
function withoutTime(record: JournalRecord): Untimed {
  const { at: _at, ...rest } = record
  return rest as Untimed
}

/** Whether a journal belongs to what is opened: same level, same version of it. */
export function journalProblem(journal: Journal, level: Level | undefined): 'level' | 'version' | undefined {
  if (baseNameOf(journal.header.level) !== baseNameOf(level?.name ?? '')) return 'level'
  return journal.header.levelHash === (level?.hash ?? '') ? undefined : 'version'
}

export const sameEngine = (journal: Journal): boolean => journal.header.engine === ENGINE_VERSION

/** The records of an attempt from a position on, as lines of its file. */
export function journalLines(attempt: Attempt, from: number): string {
  const { header, records } = attempt.session.journal
  const lines = records.slice(Math.max(0, from)).map((r) => `${JSON.stringify(r)}\n`)
  return (from < 0 ? formatJournal({ header, records: [] }) : '') + lines.join('')
}
