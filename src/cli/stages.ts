/**
 * Levels that are read and opened already: what came of the levels that come with the program, kept beside it when it was built
 * (`keep-stages.ts`). Taking one from there is twenty times as fast as reading it and playing its beginning, and gives the same bytes. A level
 * of which any file was changed since, another seed, or a Node that cannot read what another wrote: then there is none.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { WorldImage } from '../cluster/world.ts'
import type { Level, LevelFiles } from '../levels/loader/level.ts'
import { sha256 } from '../lib/hash.ts'

const FOLDER = fileURLToPath(new URL('./stages/', import.meta.url))

interface Kept {
  readonly level: Level
  /** A serialized WorldImage: not everybody opens the level. */
  readonly image: Uint8Array
}

function fileOf(name: string, files: LevelFiles, seed: string): string {
  const parts = Object.keys(files)
    .sort()
    .map((path) => `${path}\u0000${files[path]}`)
  return join(FOLDER, `${name.replaceAll(/[^a-z0-9-]/g, '-')}-${sha256([name, seed, ...parts].join('\u0001')).slice(0, 16)}`)
}

const images = new WeakMap<Level, Uint8Array>()

/** The level as it was read when it was kept, by its players' and its teacher's texts. */
export function keptLevel(name: string, files: LevelFiles, seed: string): Level | undefined {
  const file = fileOf(name, files, seed)
  if (!existsSync(file)) return undefined
  try {
    const { level, image } = deserialize(gunzipSync(readFileSync(file))) as Kept
    images.set(level, image)
    return level
  } catch {
    return undefined
  }
}

/** The opened stage of a level that was kept. */
export function keptStage(level: Level): WorldImage | undefined {
  const image = images.get(level)
  return image && (deserialize(image) as WorldImage)
}

/** Keeps a level that is the same for teachers and players. */
export function keepStage(level: Level, files: LevelFiles, image: WorldImage): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(fileOf(level.name, files, level.seed), gzipSync(serialize({ level, image: serialize(image) } satisfies Kept)))
}
