/** A step of the build: reads and opens the levels that come with the program (all, or those that are named), as they are played and graded by default, and keeps what came of them. */
import { Catalogue } from '../game/catalogue.ts'
import { HIDDEN } from '../levels/loader/hidden.ts'
import { LevelError } from '../levels/loader/problems.ts'
import { openStage } from '../levels/stage.ts'
import { FolderSource } from './level-source.ts'
import { keepStage } from './stages.ts'

const source = new FolderSource()
const catalogue = new Catalogue(source)
const named = process.argv.slice(2)
for (const id of named.length === 0 ? catalogue.ids : named) {
  try {
    const files = source.files(id)
    // With hidden checks it is another level for the teacher.
    if (HIDDEN in files) continue
    const level = catalogue.level(id)
    keepStage(level, files, openStage(level).world.image())
  } catch (error) {
    // A level that cannot be opened says so when it is played or linted.
    if (!(error instanceof LevelError)) throw error
  }
}
