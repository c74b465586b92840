/** A step of the build: opens every level that comes with the program as it is played and graded by default, and keeps the stages. */
import { Catalogue } from '../game/catalogue.ts'
import { LevelError } from '../levels/loader/problems.ts'
import { openStage } from '../levels/stage.ts'
import { FolderSource } from './level-source.ts'
import { keepStage } from './stages.ts'

const catalogue = new Catalogue(new FolderSource())
for (const id of catalogue.ids) {
  try {
    const level = catalogue.level(id)
    keepStage(level, openStage(level).world.image())
  } catch (error) {
    // A level that cannot be opened says so when it is played or linted.
    if (!(error instanceof LevelError)) throw error
  }
}
