/** Indexes over a resource: an object stands in the collections of the values it is found under, and moves only when these change. */
import type { ApiObject } from '../api/meta.ts'
import { getOrMake } from '../lib/get-or-make.ts'
import { Collection, type Entry } from './collection.ts'

export type IndexFunction = (object: ApiObject) => readonly string[]

export interface Index {
  readonly of: IndexFunction
  /** The only part of an object that `of` reads; where two versions share it, they share their values. */
  readonly reads: ((object: ApiObject) => unknown) | undefined
  readonly values: Map<string, Collection>
}

export /** Where an object is found: by its resource and namespace, then by each index in the order of their declaration. */
interface Kept extends Entry {
  readonly whole: Collection
  readonly one: Collection
  readonly indexed: { values: readonly string[]; collections: readonly Collection[] }[]
}

/** An object stands once under each of its values. */
const once = (values: readonly string[]): readonly string[] =>
  values.length < 2 || new Set(values).size === values.length ? values : [...new Set(values)]

/** Puts an object that is new to the index under its values. */
export function place(index: Index, kept: Kept): void {
  const values = once(index.of(kept.object))
  kept.indexed.push({ values, collections: values.map((value) => enter(index, kept, value)) })
}

function enter(index: Index, kept: Kept, value: string): Collection {
  const collection = getOrMake(index.values, value, () => new Collection())
  collection.add(kept)
  return collection
}

export function leave(index: Index, key: string, value: string): void {
  const collection = index.values.get(value)
  collection?.delete(key)
  if (collection?.size === 0) index.values.delete(value)
}

const sameValues = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((value, i) => value === b[i])

/** A newer version of an object: mostly it stays where it is. */
export function renewIn(index: Index, kept: Kept, number: number, before: ApiObject): void {
  const was = kept.indexed[number]!
  const { reads } = index
  const values = reads !== undefined && reads(before) === reads(kept.object) ? was.values : once(index.of(kept.object))
  if (values === was.values || sameValues(values, was.values)) {
    for (const collection of was.collections) collection.touch()
    return
  }
  for (const value of was.values) if (!values.includes(value)) leave(index, kept.key, value)
  const collections = values.map((value) => {
    const at = was.values.indexOf(value)
    if (at < 0) return enter(index, kept, value)
    was.collections[at]!.touch()
    return was.collections[at]!
  })
  kept.indexed[number] = { values, collections }
}
