/**
 * Stages that are opened already: what `World.image` took of the levels that come with the program, kept beside it when it was built
 * (`keep-stages.ts`). Opening one again takes a twentieth of the time, and gives the same bytes. A level that was changed since, another seed
 * or another Node that cannot read the file: then there is none, and the stage is played from its beginning.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { WorldImage } from '../cluster/world.ts'
import { baseNameOf, type Level } from '../levels/loader/level.ts'
import { sha256 } from '../lib/hash.ts'

const FOLDER = fileURLToPath(new URL('./stages/', import.meta.url))

/** What a stage hangs on, beside the program. */
const fileOf = ({ name, hash, seed }: Level): string =>
  join(FOLDER, `${baseNameOf(name)}-${sha256(`${baseNameOf(name)}\n${hash}\n${seed}`).slice(0, 16)}`)

export function keptStage(level: Level): WorldImage | undefined {
  const file = fileOf(level)
  if (!existsSync(file)) return undefined
  try {
    return deserialize(gunzipSync(readFileSync(file))) as WorldImage
  } catch {
    return undefined
  }
}

export function keepStage(level: Level, image: WorldImage): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(fileOf(level), gzipSync(serialize(image)))
}
