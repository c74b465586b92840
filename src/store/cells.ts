/** Hidden state in named cells of plain data (timers, processes, volumes, sequences), with the first previous values each mark needs to come back. */
import { getOrMake } from '../lib/get-or-make.ts'
import type { CellListener, Cells } from '../sim/state.ts'
import { type Keyed, SortedRuns } from './sorted-runs.ts'

export interface CellChanges {
  readonly values: Map<string, Map<string, unknown>>
  readonly sequences: Map<string, number>
}

/** All cells and sequences, as plain data. */
export interface CellsImage {
  readonly cells: readonly (readonly [family: string, key: string, value: unknown])[]
  readonly sequences: readonly (readonly [name: string, value: number])[]
}

/** One kind of state: its cells, who is told of their changes, and their keys in order, kept from the first time somebody asks. */
interface Family {
  readonly cells: Map<string, unknown>
  readonly listeners: CellListener[]
  ordered: SortedRuns<Keyed> | undefined
}

const newFamily = (): Family => ({ cells: new Map(), listeners: [], ordered: undefined })

export class CellMap implements Cells {
  readonly #families = new Map<string, Family>()
  readonly #sequences = new Map<string, number>()
  readonly #marks: CellChanges[] = []
  /**
   * The past is being brought back, and nothing can be written: whoever is told of it derives, and what they would set going because of it
   * (a timer that gathers changes) is there already if it was there then.
   */
  readOnly = false
  writes = 0
  charged = 0

  charge(effort: number): void {
    this.charged += effort
  }

  get<T>(family: string, key: string): T | undefined {
    return this.#families.get(family)?.cells.get(key) as T | undefined
  }

  put(family: string, key: string, value: unknown): void {
    if (this.readOnly) return
    const kept = getOrMake(this.#families, family, newFamily)
    const before = kept.cells.get(key)
    if (before === value) return
    if (value === undefined) {
      this.delete(family, key)
      return
    }
    this.writes++
    this.#journal(family, key, before)
    change(kept, key, before, value)
  }

  delete(family: string, key: string): void {
    if (this.readOnly) return
    const kept = this.#families.get(family)
    const before = kept?.cells.get(key)
    if (before === undefined) return
    this.#journal(family, key, before)
    change(kept!, key, before, undefined)
  }

  keys(family: string, prefix = ''): readonly string[] {
    const kept = this.#families.get(family)
    if (kept === undefined) return []
    kept.ordered ??= inOrder(kept.cells.keys())
    return kept.ordered.under(prefix).map((entry) => entry.key)
  }

  *entries(): Generator<[family: string, key: string, value: unknown]> {
    for (const [family, { cells }] of this.#families) for (const [key, value] of cells) yield [family, key, value]
  }

  onChange(family: string, listener: CellListener): void {
    getOrMake(this.#families, family, newFamily).listeners.push(listener)
  }

  next(sequence: string): number {
    const before = this.#sequences.get(sequence) ?? 0
    if (this.readOnly) return before + 1
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
      const kept = getOrMake(this.#families, family, newFamily)
      for (const [key, value] of values) {
        const now = kept.cells.get(key)
        if (now !== value) change(kept, key, now, value)
      }
    }
  }

  dropOldestMark(): void {
    this.#marks.shift()
  }

  image(): CellsImage {
    return { cells: [...this.entries()], sequences: [...this.#sequences] }
  }

  /** From now on there is what an image holds, and nothing else. */
  load({ cells, sequences }: CellsImage): void {
    this.#sequences.clear()
    for (const [sequence, value] of sequences) this.#sequences.set(sequence, value)
    const held = new Set(cells.map(([family, key]) => `${family}\u0000${key}`))
    for (const [family, key, before] of [...this.entries()])
      if (!held.has(`${family}\u0000${key}`)) change(this.#families.get(family)!, key, before, undefined)
    for (const [family, key, value] of cells) {
      const kept = getOrMake(this.#families, family, newFamily)
      const before = kept.cells.get(key)
      if (before !== value) change(kept, key, before, value)
    }
  }
}

function inOrder(keys: Iterable<string>): SortedRuns<Keyed> {
  const ordered = new SortedRuns<Keyed>()
  for (const key of keys) ordered.add({ key })
  return ordered
}

function change({ cells, listeners, ordered }: Family, key: string, before: unknown, after: unknown): void {
  if (after === undefined) {
    cells.delete(key)
    ordered?.delete(key)
  } else {
    cells.set(key, after)
    if (before === undefined) ordered?.add({ key })
  }
  for (const listener of listeners) listener(key, before, after)
}
