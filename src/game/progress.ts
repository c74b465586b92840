/** What the player has reached so far: one small versioned file. A file of a newer version is left alone and nothing is written over it. */
import { z } from 'zod'
import type { Shelf } from './shelf.ts'

const FILE = 'progress.json'
const FORMAT = 'clusterlab/progress/v1'

const entry = z.object({
  done: z.boolean(),
  /** The best so far. */
  stars: z.number(),
  score: z.number(),
  maxScore: z.number(),
})
const file = z.object({ format: z.literal(FORMAT), levels: z.record(z.string(), entry) })

export type LevelProgress = z.infer<typeof entry>

/** Older forms are brought up to date here, one function a version, in order. */
const migrations: Readonly<Record<string, (old: unknown) => unknown>> = {}

export class Progress {
  readonly #shelf: Shelf
  readonly #levels: Record<string, LevelProgress>
  /** Set when the file cannot be read: then it is kept as it is, and progress of this run is not kept. */
  readonly problem: string | undefined

  constructor(shelf: Shelf) {
    this.#shelf = shelf
    const { levels, problem } = readProgress(shelf.read(FILE))
    this.#levels = levels
    this.problem = problem
  }

  of(level: string): LevelProgress | undefined {
    return this.#levels[level]
  }

  /** Keeps what is better than before. */
  reached(level: string, now: LevelProgress): void {
    const before = this.#levels[level]
    const best: LevelProgress = {
      done: now.done || before?.done === true,
      stars: Math.max(now.stars, before?.stars ?? 0),
      score: Math.max(now.score, before?.score ?? 0),
      maxScore: now.maxScore,
    }
    if (before !== undefined && (Object.keys(best) as (keyof LevelProgress)[]).every((k) => best[k] === before[k])) return
    this.#levels[level] = best
    if (this.problem === undefined) this.#shelf.write(FILE, `${JSON.stringify({ format: FORMAT, levels: this.#levels }, undefined, 1)}\n`)
  }
}

function readProgress(text: string | undefined): { levels: Record<string, LevelProgress>; problem?: string } {
  if (text === undefined) return { levels: {} }
  try {
    let value: unknown = JSON.parse(text)
    for (;;) {
      const migrate = migrations[(value as { format?: string }).format ?? '']
      if (migrate === undefined) break
      value = migrate(value)
    }
    return { levels: { ...file.parse(value).levels } }
  } catch {
    return { levels: {}, problem: FILE }
  }
}
