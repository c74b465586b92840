/** `clusterlab replay JOURNAL`: plays a journal again and verifies the state it claims; or makes a recording of it (asciicast v2). */
import { writeFileSync } from 'node:fs'
import { isPreset } from '../cluster/presets.ts'
import { asciicast } from '../game/asciicast.ts'
import { journalProblem, sameEngine } from '../game/attempt.ts'
import { Catalogue } from '../game/catalogue.ts'
import { playAll } from '../game/save.ts'
import type { Level } from '../levels/loader/level.ts'
import { LevelError, problemText } from '../levels/loader/problems.ts'
import { ENGINE_VERSION, hadPerson, type Journal, JournalError, parseJournal } from '../session/journal.ts'
import type { Run } from './commands/contract.ts'
import { type Context, EXIT, inputError, plainReason, readNamedFile } from './context.ts'
import { FolderSource, wantedLevel } from './level-source.ts'

function read(path: string): Journal {
  try {
    return parseJournal(readNamedFile(path, 'journal'))
  } catch (error) {
    if (error instanceof JournalError) throw inputError(`${path}: ${error.message}`)
    throw error
  }
}

function levelOf({ header }: Journal, given: unknown, context: Context): Level | undefined {
  if (header.level === '') return undefined
  const place = wantedLevel(typeof given === 'string' ? given : header.level, context)
  try {
    return new Catalogue(new FolderSource([place])).level(place.id, header.seed)
  } catch (error) {
    if (error instanceof LevelError) throw inputError(error.problems.map(problemText).join('\n'))
    throw error
  }
}

export const run: Run = async ([path], options, context) => {
  const { stderr, stdout } = context
  const journal = read(path!)
  if (!sameEngine(journal))
    stderr.write(`warning: recorded with version ${journal.header.engine}, replayed with ${ENGINE_VERSION}: the state may differ\n`)
  const level = levelOf(journal, options['level'], context)
  if (level !== undefined && journalProblem(journal, level) !== undefined)
    stderr.write('warning: the level has changed since this was recorded: the state may differ\n')
  const preset = isPreset(journal.header.preset) ? journal.header.preset : 'default'
  const opening = { level, preset, seed: journal.header.seed, lang: context.lang, canEdit: hadPerson(journal) }
  if (options['to'] === 'asciicast') {
    const cast = asciicast(journal, opening)
    const out = options['out']
    if (typeof out !== 'string') stdout.write(cast)
    else
      try {
        writeFileSync(out, cast)
      } catch (error) {
        throw inputError(`${out}: ${plainReason(error)}`)
      }
    return EXIT.ok
  }
  const { attempt, played, problem, stray } = playAll(journal, opening)
  if (played < journal.records.length) throw inputError(`${path}: line ${played + 2}: ${problem ?? 'cannot be replayed'}`)
  const lines = [
    `records: ${journal.records.length}`,
    `virtual seconds: ${(attempt.session.elapsedMs / 1000).toFixed(1)}`,
    `state: sha256:${attempt.session.world.stateHash()}`,
    stray !== undefined
      ? `not the recorded state: line ${stray + 2}`
      : journal.records.some((r) => r.type === 'end')
        ? 'as recorded'
        : 'the journal claims no state',
  ]
  stdout.write(`${lines.join('\n')}\n`)
  return stray !== undefined && sameEngine(journal) ? EXIT.error : EXIT.ok
}
