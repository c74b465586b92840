/** Plays a journal into a session: the same inputs at the same virtual times. What a journal claims of its score or state is never believed. */

import type { Fault } from '../cluster/faults/index.ts'
import { baseNameOf } from '../levels/loader/level.ts'
import { hadPerson, type Journal, type JournalRecord } from '../session/journal.ts'
import type { Session } from '../session/session.ts'
import { LimitReached } from '../sim/loop.ts'
import { ANSWERS } from './checks/player.ts'
import type { Judge } from './judge.ts'
import { timeLimitOf } from './time-limit.ts'

/** A journal may go on a little after the time is up: what came in time counts, and the score says so. */
const HANDED_IN_MS = 60_000

/** Plays all records. Gives what is wrong with the journal, if anything. */
export function replayInto(session: Session, judge: Judge | undefined, journal: Journal): string | undefined {
  const { header, records } = journal
  if (baseNameOf(header.level) !== baseNameOf(session.options.level?.name ?? '')) return `this journal is of the level "${header.level}"`
  if (header.levelHash !== (session.options.level?.hash ?? '')) return 'this journal was recorded on another version of the level'
  session.canEdit = hadPerson(journal)
  const timeLimitMs = judge === undefined ? Number.POSITIVE_INFINITY : timeLimitOf(judge.level)
  for (const [i, record] of records.entries()) {
    if (record.at > timeLimitMs + HANDED_IN_MS) throw new LimitReached('time')
    // Asked again in the same instant with nothing done in between, the answer is the same: one experiment, not thousands.
    const before = records[i - 1]
    if (record.type === 'check' && before?.type === 'check' && before.at === record.at) {
      session.record({ type: 'check' })
      continue
    }
    const problem = playRecord(session, judge, record)
    if (problem !== undefined) return `line ${i + 2}: ${problem}`
  }
  return undefined
}

export function playRecord(session: Session, judge: Judge | undefined, record: JournalRecord): string | undefined {
  if (record.at > session.elapsedMs) session.advance(record.at - session.elapsedMs)
  switch (record.type) {
    case 'input':
      if (session.running) return 'a command is given while another still runs'
      session.begin(record.text)
      return undefined
    case 'edit':
      session.edited(record.text)
      return undefined
    case 'stdin':
      session.input(record.text)
      return undefined
    case 'interrupt':
      session.interrupt()
      return undefined
    case 'undo':
      session.undo()
      return undefined
    case 'check':
      session.record({ type: 'check' })
      judge?.ask()
      return undefined
    case 'hint':
      session.record({ type: 'hint' })
      return undefined
    case 'answer':
      session.record({ type: 'answer', id: record.id, value: record.value })
      session.world.store.cells.put(ANSWERS, record.id, record.value)
      return undefined
    case 'file':
      session.record({ type: 'file', path: record.path, text: record.text })
      session.write(record.path, record.text)
      return undefined
    case 'fault':
      session.fault({ kind: record.kind, target: record.target as unknown as Fault['target'] })
      return undefined
    case 'end':
      return undefined
  }
}
