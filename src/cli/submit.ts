/** `clusterlab submit LEVEL --out FILE`: the save is the submission; it is written with the hash of the state that it leads to. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { journalLines } from '../game/attempt.ts'
import { Catalogue } from '../game/catalogue.ts'
import { Save } from '../game/save.ts'
import { LevelError, problemText } from '../levels/loader/problems.ts'
import type { Run } from './commands/contract.ts'
import { inputError, plainReason } from './context.ts'
import { FileShelf, homeFolder } from './home.ts'
import { FolderSource, wantedLevel } from './level-source.ts'

const WORDS = {
  en: {
    none: (id: string) => `there is no attempt at ${id} yet; play it first: clusterlab play ${id}`,
    wrote: (file: string, n: number) => `wrote ${file} (${n} inputs)`,
  },
  es: {
    none: (id: string) => `aún no hay ningún intento de ${id}; juégalo primero: clusterlab play ${id}`,
    wrote: (file: string, n: number) => `escrito ${file} (${n} entradas)`,
  },
}

export const run: Run = async ([text], options, context) => {
  const place = wantedLevel(text!, context)
  const save = new Save(new FileShelf(homeFolder(context.env)), place.saveName)
  const words = WORDS[context.lang]
  if (!save.exists) throw inputError(words.none(place.id))
  try {
    const level = new Catalogue(new FolderSource([place])).level(place.id, save.seed ?? '0')
    const { attempt, how } = save.open({ level, lang: context.lang, canEdit: true }, false)
    if (how === 'other-version' || how === 'broken') throw inputError(words.none(place.id))
    if (!attempt.session.running && attempt.session.journal.records.at(-1)?.type !== 'end') attempt.end()
    const file = resolve(String(options['out']))
    try {
      writeFileSync(file, journalLines(attempt, -1))
    } catch (error) {
      throw inputError(`${file}: ${plainReason(error)}`)
    }
    const inputs = attempt.session.journal.records.filter((r) => r.type === 'input').length
    context.stdout.write(`${words.wrote(file, inputs)}\n`)
    return 0
  } catch (error) {
    if (error instanceof LevelError) throw inputError(error.problems.map(problemText).join('\n'))
    throw error
  }
}
