/**
 * What the simulation asks of whoever keeps state: named cells of plain frozen data that survive checkpoints and rewinds.
 * The store implements it; nothing below or beside the store keeps state of its own elsewhere.
 */

export type CellListener = (key: string, before: unknown, after: unknown) => void

export interface Cells {
  /** A cell's value, or undefined. `family` is a kind of state (`timer`, `process`, `volume`), `key` is unique within it. */
  get<T>(family: string, key: string): T | undefined
  /** Keeps `value`, which must be plain JSON data and is not to be changed afterwards. */
  put(family: string, key: string, value: unknown): void
  delete(family: string, key: string): void
  /** The keys of a family, or those of them that begin so, in byte order. */
  keys(family: string, prefix?: string): readonly string[]
  /** Told of every change of the family, those made by a rewind included; for derived structures only. */
  onChange(family: string, listener: CellListener): void
  /** How often cells were written in this world's life; it is not rewound. */
  readonly writes: number
  /** Work that took longer than a write: told by whoever did it, in units of effort (see `Loop.spend`), never rewound. */
  readonly charged: number
  charge(effort: number): void
  /** The next number of a named sequence, from 1; sequences rewind with the state. */
  next(sequence: string): number
}
