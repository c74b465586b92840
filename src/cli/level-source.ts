/** The game's catalogue from folders on the disk: courses under `levels/`, and a level given by its path. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { WorldImage } from '../cluster/world.ts'
import { Catalogue, type CourseSource, type LevelSource } from '../game/catalogue.ts'
import { unknownLevel } from '../game/unknown-level.ts'
import type { Level, LevelFiles } from '../levels/loader/level.ts'
import { LevelError } from '../levels/loader/problems.ts'
import { sha256 } from '../lib/hash.ts'
import type { Lang } from '../shell/contract.ts'
import { inputError, usageError } from './context.ts'
import { builtInRoot, FolderError, findLevel, readFolder, readRegularFile } from './level-folder.ts'
import { readLevel } from './read-level.ts'
import { keptStage } from './stages.ts'

export interface LevelPlace {
  readonly id: string
  readonly folder: string
  /** The id; for a folder elsewhere a name that tells such folders apart. */
  readonly saveName: string
}

/** What LEVEL on a command line means; undefined when it is none. Throws CliError for a folder that cannot be read. */
export function placeOf(text: string): LevelPlace | undefined {
  try {
    const found = findLevel(text)
    if (found === undefined) return undefined
    const { name: id, folder } = found
    const builtIn = folder === join(builtInRoot(), id)
    return { id, folder, saveName: builtIn ? id : `elsewhere/${id.split('/').at(-1)}-${sha256(folder).slice(0, 12)}` }
  } catch (error) {
    if (error instanceof FolderError) throw inputError(error.message)
    throw error
  }
}

const folders = (at: string): string[] =>
  existsSync(at)
    ? readdirSync(at, { withFileTypes: true })
        .filter((e) => e.isDirectory() && !e.name.startsWith('.'))
        .map((e) => e.name)
        .sort()
    : []

export class FolderSource implements LevelSource {
  readonly #root: string
  readonly #places: ReadonlyMap<string, string>

  /** `places`: levels elsewhere, id → folder. */
  constructor(places: readonly LevelPlace[] = [], root = builtInRoot()) {
    this.#root = root
    this.#places = new Map(places.map((p) => [p.id, p.folder]))
  }

  courses(): readonly CourseSource[] {
    return folders(this.#root)
      .map((name) => {
        const levels = folders(join(this.#root, name)).filter((level) => existsSync(join(this.#root, name, level, 'level.yaml')))
        const file = join(this.#root, name, 'course.yaml')
        return { name, course: existsSync(file) ? readRegularFile(file) : undefined, levels }
      })
      .filter((course) => course.levels.length > 0)
  }

  level(id: string, seed: string): Level {
    return readLevel(id, this.files(id), seed, false)
  }

  stage(level: Level): WorldImage | undefined {
    return keptStage(level)
  }

  files(id: string): LevelFiles {
    try {
      return readFolder(this.#places.get(id) ?? join(this.#root, id))
    } catch (error) {
      if (!(error instanceof FolderError)) throw error
      throw new LevelError([{ file: id, line: 0, column: 0, message: error.message }])
    }
  }
}

/** The level of that name. Throws a usage error that says what may have been meant. */
export function wantedLevel(text: string, { lang }: { readonly lang: Lang }): LevelPlace {
  const place = placeOf(text)
  if (place === undefined) throw usageError(unknownLevel(lang, text, new Catalogue(new FolderSource()).ids))
  return place
}
