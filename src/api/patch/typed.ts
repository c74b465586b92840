/**
 * Objects seen through their schema, as server-side apply sees them: which fields they have, what differs, how two merge.
 * Models structured-merge-diff: lists without a listType and maps of type atomic are single values.
 */
import type { Schema } from '../schema.ts'
import { deepEqual, isRecord, setOwn, stableStringify } from '../walk.ts'
import { EMPTY_SET, type FieldSet, isEmptySet, LEAF, union } from './field-set.ts'
import { fieldSchema } from './strategic-schema.ts'

type Fields = Record<string, unknown>
export type Shape = 'map' | 'list' | 'leaf'

/** How the value is owned: field by field, item by item, or as one. */
export function shapeOf(value: unknown, schema: Schema | undefined): Shape {
  if (isRecord(value)) return schema?.mapType === 'atomic' || schema?.format === 'raw-extension' ? 'leaf' : 'map'
  if (!Array.isArray(value)) return 'leaf'
  const associative = schema?.listType === 'map' || schema?.listType === 'set'
  return associative && elementsAreDistinct(value, schema) ? 'list' : 'leaf'
}

/** The path element of a list's item: its keys (with their defaults) or, in a set, its value. */
export function itemElement(item: unknown, list: Schema): string {
  if (list.listType !== 'map' || !isRecord(item)) return `v:${stableStringify(item)}`
  const keys: Fields = {}
  for (const key of list.listMapKeys ?? []) {
    const value = Object.hasOwn(item, key) ? item[key] : list.items?.properties?.[key]?.default
    if (value !== undefined) keys[key] = value
  }
  return `k:${stableStringify(keys)}`
}

function elementsAreDistinct(list: readonly unknown[], schema: Schema): boolean {
  return new Set(list.map((item) => itemElement(item, schema))).size === list.length
}

const isEmptyValue = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0

type Child = readonly [element: string, value: unknown, schema: Schema | undefined]

/** The parts of a map or list with their path elements. */
export function childrenOf(value: unknown, schema: Schema | undefined): Child[] {
  if (Array.isArray(value)) return value.map((item) => [itemElement(item, schema!), item, schema!.items] as const)
  const out: Child[] = []
  for (const key of Object.keys(value as Fields)) {
    const item = (value as Fields)[key]
    if (item !== undefined) out.push([`f:${key}`, item, fieldSchema(schema, key)])
  }
  return out
}

/** The fields an applied configuration claims: leaves, keys of maps, items of lists; structs only through what they hold. */
export function fieldsOf(value: unknown, schema: Schema | undefined): FieldSet {
  const shape = shapeOf(value, schema)
  if (shape === 'leaf' || isEmptyValue(value)) return LEAF
  const children = new Map<string, FieldSet>()
  for (const [element, item, itemType] of childrenOf(value, schema)) {
    const nested = fieldsOf(item, itemType)
    const claimed = shape === 'list' || schema?.properties === undefined
    children.set(element, claimed && !nested.member ? { ...nested, member: true } : nested)
  }
  return { member: false, children }
}

export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

const SAME: Comparison = { added: EMPTY_SET, modified: EMPTY_SET, removed: EMPTY_SET }

/** All of a value that has just come or gone, containers included. */
function wholeOf(value: unknown, schema: Schema | undefined): FieldSet {
  if (shapeOf(value, schema) === 'leaf' || isEmptyValue(value)) return LEAF
  const children = new Map<string, FieldSet>()
  for (const [element, item, itemType] of childrenOf(value, schema)) children.set(element, wholeOf(item, itemType))
  return { member: true, children }
}

function gather(parts: readonly (readonly [string, FieldSet])[]): FieldSet {
  const children = new Map<string, FieldSet>()
  for (const [element, set] of parts) if (!isEmptySet(set)) children.set(element, set)
  return children.size === 0 ? EMPTY_SET : { member: false, children }
}

function compareParts(before: unknown, after: unknown, schema: Schema | undefined): Comparison {
  const old = new Map(childrenOf(before, schema).map((child) => [child[0], child]))
  const parts: [string, Comparison][] = []
  for (const [element, value, type] of childrenOf(after, schema)) {
    const was = old.get(element)
    old.delete(element)
    parts.push([element, was === undefined ? { ...SAME, added: wholeOf(value, type) } : compare(was[1], value, type)])
  }
  for (const [element, child] of old) parts.push([element, { ...SAME, removed: wholeOf(child[1], child[2]) }])
  const pick = (what: keyof Comparison): FieldSet => gather(parts.map(([element, c]) => [element, c[what]] as const))
  return { added: pick('added'), modified: pick('modified'), removed: pick('removed') }
}

/** What differs between two values of one schema. */
export function compare(before: unknown, after: unknown, schema: Schema | undefined): Comparison {
  if (before === after) return SAME
  const shape = shapeOf(after, schema)
  if (shape === 'leaf' || shapeOf(before, schema) !== shape) return deepEqual(before, after) ? SAME : { ...SAME, modified: LEAF }
  return compareParts(before, after, schema)
}

/** `config` laid over `live`: fields and items of both, those of `config` winning. A new value where anything changes. */
export function mergeTyped(live: unknown, config: unknown, schema: Schema | undefined): unknown {
  const shape = shapeOf(config, schema)
  if (live === undefined || shape === 'leaf' || shapeOf(live, schema) !== shape) return config
  if (shape === 'list') return mergeItems(live as unknown[], config as unknown[], schema!)
  const out = { ...(live as Fields) }
  for (const key of Object.keys(config as Fields)) {
    const value = (config as Fields)[key]
    if (value !== undefined) setOwn(out, key, mergeTyped(Object.hasOwn(out, key) ? out[key] : undefined, value, fieldSchema(schema, key)))
  }
  return out
}

/** Shared items stand in the applied order; the live list's own stay before the shared item they preceded. */
function mergeItems(live: readonly unknown[], config: readonly unknown[], schema: Schema): unknown[] {
  const liveElements = live.map((item) => itemElement(item, schema))
  const place = new Map(liveElements.map((element, i) => [element, i]))
  const shared = new Set(config.map((item) => itemElement(item, schema)))
  const out: unknown[] = []
  let next = 0
  const takeOwnUntil = (end: number): void => {
    for (; next < end; next++) if (!shared.has(liveElements[next]!)) out.push(live[next])
  }
  for (const item of config) {
    const at = place.get(itemElement(item, schema))
    if (at !== undefined) takeOwnUntil(at)
    out.push(at === undefined ? item : mergeTyped(live[at], item, schema.items))
  }
  takeOwnUntil(live.length)
  return out
}

/** The value without what `gone` names and `kept` (or anything below it) does not; undefined if nothing may stay. */
export function removeFields(value: unknown, gone: FieldSet, kept: FieldSet, schema: Schema | undefined): unknown {
  if (gone.children.size === 0 || shapeOf(value, schema) === 'leaf') return value
  const list: unknown[] = []
  const fields: Fields = {}
  for (const [element, item, itemType] of childrenOf(value, schema)) {
    const goes = gone.children.get(element)
    const stays = kept.children.get(element)
    if (goes !== undefined && stays === undefined) continue
    const rest = goes === undefined ? item : removeFields(item, goes, stays!, itemType)
    if (Array.isArray(value)) list.push(rest)
    else setOwn(fields, element.slice(2), rest)
  }
  return Array.isArray(value) ? list : fields
}

export const unionAll = (sets: readonly FieldSet[]): FieldSet => sets.reduce(union, EMPTY_SET)
