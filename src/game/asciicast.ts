/** A journal as a terminal recording (asciicast v2): what was typed and what came of it, at the virtual times at which it did. */
import type { Journal } from '../session/journal.ts'
import { Attempt, type Opening } from './attempt.ts'
import { promptLabel } from './view/prompt-label.ts'

const COLUMNS = 100
const ROWS = 30
const SLICE_MS = 250
/** A player shows waits no longer than this, in seconds. */
const IDLE_SECONDS = 2
/** How long typing one character looks. */
const KEY_SECONDS = 0.04

/** The recording: a header line, then one event a line. Starts where the player entered. */
export function asciicast(journal: Journal, opening: Opening): string {
  const attempt = new Attempt(opening)
  const { session } = attempt
  const title = attempt.levelDesk?.title ?? 'clusterlab'
  const lines: string[] = [
    JSON.stringify({
      version: 2,
      width: COLUMNS,
      height: ROWS,
      timestamp: 0,
      idle_time_limit: IDLE_SECONDS,
      title,
      env: { TERM: 'xterm-256color', SHELL: '/bin/bash' },
    }),
  ]
  // Undo takes time back and typing takes time that the cluster does not spend: the recording's own clock only goes on.
  let shift = 0
  let last = 0
  const emit = (text: string): void => {
    if (text === '') return
    const at = Math.max(last, session.elapsedMs / 1000 + shift)
    last = at
    lines.push(JSON.stringify([Number(at.toFixed(3)), 'o', text.replace(/\r?\n/g, '\r\n')]))
  }
  const flush = (): void => {
    for (const { text } of session.take()) emit(text)
  }
  const type = (text: string): void => {
    emit(promptLabel(session))
    for (const key of text) {
      shift += KEY_SECONDS
      emit(key)
    }
    emit('\n')
  }
  for (const record of journal.records) {
    while (record.at > session.elapsedMs) {
      session.advance(Math.min(SLICE_MS, record.at - session.elapsedMs))
      flush()
    }
    if (record.type === 'input') type(record.text)
    else if (record.type === 'undo') {
      type('undo')
      shift = Math.max(shift, last)
    } else if (record.type === 'stdin') emit(record.text ?? '')
    else if (record.type === 'interrupt') emit('^C\n')
    attempt.play(record)
    flush()
  }
  return `${lines.join('\n')}\n`
}
