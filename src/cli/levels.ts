/** `clusterlab levels [--json]`: the catalogue with the player's progress. */
import { Catalogue } from '../game/catalogue.ts'
import { createGame } from '../game/game.ts'
import { safeLine } from '../lib/safe-text.ts'
import type { Run } from './commands/contract.ts'
import { FileShelf, homeFolder } from './home.ts'
import { FolderSource } from './level-source.ts'

export const run: Run = async (_args, options, context) => {
  const json = options['json'] === true
  // Machine formats speak English unless --lang says otherwise.
  const lang = json && !context.langGiven ? 'en' : context.lang
  const courses = createGame({
    catalogue: new Catalogue(new FolderSource()),
    shelf: new FileShelf(homeFolder(context.env)),
    lang,
  }).courses()
  if (json) {
    const levels = courses.flatMap((c) =>
      c.levels.map(({ brief: _brief, resumable: _resumable, ...level }) => ({ course: c.name, ...level })),
    )
    context.stdout.write(`${JSON.stringify({ schema: 'clusterlab/levels/v1', levels }, undefined, 2)}\n`)
    return 0
  }
  const width = Math.max(0, ...courses.flatMap((c) => c.levels.map((l) => l.id.length)))
  for (const course of courses) {
    context.stdout.write(`${safeLine(course.title)}\n`)
    for (const level of course.levels) {
      const stars = `${'★'.repeat(level.stars)}${'☆'.repeat(level.maxStars - level.stars)}`
      context.stdout.write(`  ${level.id.padEnd(width)}  ${stars}  ${safeLine(level.title)}\n`)
    }
  }
  return 0
}
