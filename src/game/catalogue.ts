/** The courses and levels there are. The host finds the folders; this reads them: `levels/<course>/course.yaml` gives the order. */
import { z } from 'zod'
import type { WorldImage } from '../cluster/world.ts'
import { checkSchema } from '../grading/checks/index.ts'
import { type Level, type LevelFiles, loadLevel } from '../levels/loader/level.ts'
import { LevelError } from '../levels/loader/problems.ts'
import { readYaml } from '../levels/loader/yaml.ts'

export const courseSchema = z.strictObject({
  apiVersion: z.literal('clusterlab/v1'),
  kind: z.literal('Course'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    title: z.string(),
    /** Where the course stands in the catalogue; those without come last, by name. */
    order: z.int().positive().optional(),
    /** Names of level folders, in the order to play them. */
    levels: z.array(z.string()),
    es: z.strictObject({ title: z.string() }).optional(),
  }),
})
type CourseFile = z.infer<typeof courseSchema>

/** A course's folder as the host found it. */
export interface CourseSource {
  readonly name: string
  /** Text of `course.yaml`; without one the levels stand in order of their names. */
  readonly course: string | undefined
  /** Names of the level folders found. */
  readonly levels: readonly string[]
}

export interface LevelSource {
  courses(): readonly CourseSource[]
  /** The texts of a level's folder. Throws LevelError. */
  files(id: string): LevelFiles
  /** The level, where the host has a shorter way to it. Throws LevelError. */
  level?(id: string, seed: string): Level
  /** The level's stage, where it was opened before and kept. */
  stage?(level: Level): WorldImage | undefined
}

export interface Course {
  readonly name: string
  readonly order: number
  title(lang: string): string
  /** `<course>/<name>`. */
  readonly levels: readonly string[]
}

export class Catalogue {
  readonly #source: LevelSource
  readonly #levels = new Map<string, Level | LevelError>()
  #courses: readonly Course[] | undefined

  constructor(source: LevelSource) {
    this.#source = source
  }

  get courses(): readonly Course[] {
    this.#courses ??= this.#source
      .courses()
      .map(courseOf)
      .sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1))
    return this.#courses
  }

  /** The ids of all levels, in order. */
  get ids(): readonly string[] {
    return this.courses.flatMap((c) => c.levels)
  }

  /** Throws LevelError with everything that is wrong with it. */
  level(id: string, seed = '0'): Level {
    const key = `${id}\n${seed}`
    let level = this.#levels.get(key)
    if (level === undefined) {
      level = this.#load(id, seed)
      this.#levels.set(key, level)
    }
    if (level instanceof LevelError) throw level
    return level
  }

  /** What is kept of a level's beginning. */
  stage(level: Level | undefined): WorldImage | undefined {
    return level && this.#source.stage?.(level)
  }

  #load(id: string, seed: string): Level | LevelError {
    try {
      return this.#source.level?.(id, seed) ?? loadLevel(id, this.#source.files(id), { checks: checkSchema, seed })
    } catch (error) {
      if (error instanceof LevelError) return error
      throw error
    }
  }
}

function courseOf(source: CourseSource): Course {
  const read = source.course === undefined ? undefined : readYaml<CourseFile>(`${source.name}/course.yaml`, source.course, courseSchema)
  if (read !== undefined && read.value === undefined) throw new LevelError(read.problems)
  const spec = read?.value?.spec
  const listed = spec?.levels ?? []
  const order = [...listed, ...[...source.levels].sort().filter((name) => !listed.includes(name))].filter((name) =>
    source.levels.includes(name),
  )
  return {
    name: source.name,
    order: spec?.order ?? Number.MAX_SAFE_INTEGER,
    title: (lang) => (lang === 'es' ? spec?.es?.title : undefined) ?? spec?.title ?? source.name,
    levels: order.map((name) => `${source.name}/${name}`),
  }
}
