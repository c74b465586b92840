/** Hidden state in named cells of plain data (timers, processes, volumes, sequences), with the first previous values each mark needs to come back. */
import { getOrMake } from '../lib/get-or-make.ts'
import type { CellListener, Cells } from '../sim/state.ts'

export interface CellChanges {
  readonly values: Map<string, Map<string, unknown>>
  readonly sequences: Map<string, number>
}

export class CellMap implements Cells {
  readonly #families = new Map<string, Map<string, unknown>>()
  readonly #listeners = new Map<string, CellListener[]>()
  readonly #sequences = new Map<string, number>()
  readonly #marks: CellChanges[] = []
  writes = 0

  get<T>(family: string, key: string): T | undefined {
    return this.#families.get(family)?.get(key) as T | undefined
  }

  put(family: string, key: string, value: unknown): void {
    const cells = getOrMake(this.#families, family, () => new Map<string, unknown>())
    const before = cells.get(key)
    if (before === value) return
    if (value === undefined) {
      this.delete(family, key)
      return
    }
    this.writes++
    this.#journal(family, key, before)
    cells.set(key, value)
    this.#tell(family, key, before, value)
  }

  delete(family: string, key: string): void {
    const cells = this.#families.get(family)
    const before = cells?.get(key)
    if (before === undefined) return
    this.#journal(family, key, before)
    cells!.delete(key)
    this.#tell(family, key, before, undefined)
  }

  keys(family: string): readonly string[] {
    return [...(this.#families.get(family)?.keys() ?? [])].sort()
  }

  *entries(): Generator<[family: string, key: string, value: unknown]> {
    for (const [family, cells] of this.#families) for (const [key, value] of cells) yield [family, key, value]
  }

  onChange(family: string, listener: CellListener): void {
    getOrMake(this.#listeners, family, () => [] as CellListener[]).push(listener)
  }

  next(sequence: string): number {
    const before = this.#sequences.get(sequence) ?? 0
    const mark = this.#marks.at(-1)
    if (mark !== undefined && !mark.sequences.has(sequence)) mark.sequences.set(sequence, before)
    this.#sequences.set(sequence, before + 1)
    return before + 1
  }

  #journal(family: string, key: string, before: unknown): void {
    const mark = this.#marks.at(-1)
    if (mark === undefined) return
    const values = getOrMake(mark.values, family, () => new Map<string, unknown>())
    // One look finds most: a cell that was there before.
    if (values.get(key) === undefined && !values.has(key)) values.set(key, before)
  }

  #set(family: string, key: string, before: unknown, value: unknown): void {
    if (value === undefined) this.#families.get(family)?.delete(key)
    else getOrMake(this.#families, family, () => new Map<string, unknown>()).set(key, value)
    this.#tell(family, key, before, value)
  }

  #tell(family: string, key: string, before: unknown, value: unknown): void {
    const listeners = this.#listeners.get(family)
    if (listeners !== undefined) for (const listener of listeners) listener(key, before, value)
  }

  /** Starts keeping first previous values. */
  mark(): CellChanges {
    const changes: CellChanges = { values: new Map(), sequences: new Map() }
    this.#marks.push(changes)
    return changes
  }

  /** Takes back everything since the newest mark, which must be `changes`, and drops it. */
  undo(changes: CellChanges): void {
    this.#marks.splice(this.#marks.indexOf(changes), 1)
    for (const [sequence, value] of changes.sequences) this.#sequences.set(sequence, value)
    for (const [family, values] of changes.values) {
      for (const [key, value] of values) {
        const now = this.get(family, key)
        if (now !== value) this.#set(family, key, now, value)
      }
    }
  }

  dropOldestMark(): void {
    this.#marks.shift()
  }
}
