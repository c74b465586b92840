/**
 * Making strategic merge patches: two-way (edit, set) and the three-way merge that `kubectl apply` sends, directives and order of list
 * items included. Models apimachinery's strategicpatch.
 */
import type { Schema } from '../schema.ts'
import { deepEqual, isRecord, jsonKind, ownValue, setOwn, sortedKeys } from '../walk.ts'
import { combinePatches, DELETE_FROM_LIST, DIRECTIVE, ELEMENT_ORDER, noMergeKey, RETAIN_KEYS } from './strategic.ts'
import { sortLike } from './strategic-lists.ts'
import { fieldSchema, isReplacedObject, itemSchema, ruleOf } from './strategic-schema.ts'

type Fields = Record<string, unknown>

interface DiffOptions {
  readonly deletions: boolean
  readonly changes: boolean
  /** Say which keys stay: set where the field's patchStrategy holds `retainKeys`. */
  readonly retainKeys: boolean
}

const bytewise = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)

/** Items by merge key; the nth of several with one key (ports of two protocols) is told apart by its number. */
function keyed(list: readonly unknown[], mergeKey: string): Map<string, Fields> {
  const out = new Map<string, Fields>()
  for (const item of list) {
    if (!isRecord(item) || ownValue(item, mergeKey) === undefined) throw noMergeKey(item, mergeKey)
    let key = `${typeof item[mergeKey]} ${item[mergeKey]}`
    while (out.has(key)) key += ' again'
    out.set(key, item)
  }
  return out
}

function diffMapLists(
  patch: Fields,
  field: string,
  from: readonly unknown[],
  to: readonly unknown[],
  schema: Schema | undefined,
  options: DiffOptions,
): void {
  const { mergeKey } = ruleOf(schema)
  if (mergeKey === undefined) {
    if (options.changes && !deepEqual(from, to)) setOwn(patch, field, to)
    return
  }
  const before = keyed(from, mergeKey)
  const after = keyed(to, mergeKey)
  const changed: Fields[] = []
  for (const [key, item] of after) {
    const old = before.get(key)
    if (old === undefined) {
      if (options.changes) changed.push(item)
      continue
    }
    const difference = diffMaps(old, item, itemSchema(schema), options)
    if (Object.keys(difference).length > 0) changed.push({ ...difference, [mergeKey]: item[mergeKey] })
  }
  const gone = options.deletions ? [...before.keys()].filter((key) => !after.has(key)).sort(bytewise) : []
  const list = [
    ...sortLike(changed, to, mergeKey),
    ...gone.map((key) => ({ [DIRECTIVE]: 'delete', [mergeKey]: before.get(key)![mergeKey] })),
  ]
  if (list.length > 0) setOwn(patch, field, list)
  const sameOrder = from.length === to.length && from.every((item, i) => (item as Fields)[mergeKey] === (to[i] as Fields)[mergeKey])
  if (list.length > 0 || (options.changes && !sameOrder))
    setOwn(
      patch,
      `${ELEMENT_ORDER}${field}`,
      to.map((item) => ({ [mergeKey]: (item as Fields)[mergeKey] })),
    )
}

function diffScalarLists(patch: Fields, field: string, from: readonly unknown[], to: readonly unknown[], options: DiffOptions): void {
  const before = new Set(from)
  const after = new Set(to)
  const added = options.changes ? [...after].filter((x) => !before.has(x)) : []
  const gone = options.deletions ? [...before].filter((x) => !after.has(x)).sort(bytewise) : []
  if (added.length > 0) setOwn(patch, field, added)
  if (gone.length > 0) setOwn(patch, `${DELETE_FROM_LIST}${field}`, gone)
  if (gone.length > 0 || (options.changes && !deepEqual([...before], [...after]))) setOwn(patch, `${ELEMENT_ORDER}${field}`, [...after])
}

function diffLists(
  patch: Fields,
  field: string,
  from: readonly unknown[],
  to: readonly unknown[],
  schema: Schema | undefined,
  options: DiffOptions,
): void {
  const rule = ruleOf(schema)
  if (rule.strategy !== 'merge') {
    if (options.changes && !deepEqual(from, to)) setOwn(patch, field, to)
    return
  }
  if (from.length === 0) {
    if (to.length > 0 && options.changes) setOwn(patch, field, to)
    return
  }
  const inner = { ...options, retainKeys: rule.retainKeys }
  if (isRecord(from[0])) diffMapLists(patch, field, from, to, schema, inner)
  else diffScalarLists(patch, field, from, to, options)
}

function diffField(patch: Fields, field: string, from: unknown, to: unknown, schema: Schema | undefined, options: DiffOptions): void {
  if (jsonKind(from) !== jsonKind(to)) {
    if (options.changes) setOwn(patch, field, to)
  } else if (isRecord(from) && isRecord(to)) {
    if (isReplacedObject(schema)) {
      // Upstream does not compare here: such an object is part of every patch, so that an apply without a change says `configured`.
      if (options.changes) setOwn(patch, field, to)
      return
    }
    const nested = diffMaps(from, to, schema, { ...options, retainKeys: ruleOf(schema).retainKeys })
    if (Object.keys(nested).length > 0) setOwn(patch, field, nested)
  } else if (Array.isArray(from) && Array.isArray(to)) diffLists(patch, field, from, to, schema, options)
  else if (options.changes && from !== to) setOwn(patch, field, to)
}

function diffMaps(from: Fields, to: Fields, schema: Schema | undefined, options: DiffOptions): Fields {
  const patch: Fields = {}
  for (const key of sortedKeys(to)) {
    if (to[key] === undefined) continue
    const before = ownValue(from, key)
    if (before === undefined) {
      if (options.changes) setOwn(patch, key, to[key])
    } else diffField(patch, key, before, to[key], fieldSchema(schema, key), options)
  }
  const gone = sortedKeys(from).filter((key) => from[key] !== undefined && ownValue(to, key) === undefined)
  if (options.deletions) for (const key of gone) setOwn(patch, key, null)
  const retained = options.retainKeys ? sortedKeys(to).filter((key) => to[key] !== undefined && to[key] !== null) : []
  if (retained.length > 0 && (Object.keys(patch).length > 0 || gone.length > 0)) patch[RETAIN_KEYS] = retained
  return patch
}

/** The patch that turns `from` into `to`; `{}` if they agree. Throws ApiError when a list's item lacks its merge key. */
export const createTwoWayMergePatch = (from: unknown, to: unknown, schema: Schema | undefined): Fields =>
  diffMaps(isRecord(from) ? from : {}, isRecord(to) ? to : {}, schema, { deletions: true, changes: true, retainKeys: false })

/**
 * What `kubectl apply` sends: changes from current to modified, deletions from original (what was applied last; undefined if never) to
 * modified; what others added stays. `{}` when there is nothing to do.
 */
export function createThreeWayMergePatch(original: unknown, modified: unknown, current: unknown, schema: Schema | undefined): Fields {
  const from = isRecord(current) ? current : {}
  const to = isRecord(modified) ? modified : {}
  const changes = diffMaps(from, to, schema, { deletions: false, changes: true, retainKeys: false })
  const deletions = diffMaps(isRecord(original) ? original : {}, to, schema, { deletions: true, changes: false, retainKeys: false })
  return combinePatches(deletions, changes, schema)
}
