/**
 * Strategic merge patches: lists merged by key as the schema says, with the directives `$patch`, `$retainKeys`, `$setElementOrder/…` and
 * `$deleteFromPrimitiveList/…`. Models apimachinery's strategicpatch.
 */
import { ApiError, errors } from '../errors.ts'
import type { Schema } from '../schema.ts'
import { cloneJson, deepEqual, isRecord, jsonKind, ownValue, setOwn } from '../walk.ts'
import { goText } from './go-text.ts'
import { enforceOrder, indexIn } from './strategic-lists.ts'
import { fieldSchema, isReplacedObject, itemSchema, ruleOf } from './strategic-schema.ts'

export const DIRECTIVE = '$patch'
export const RETAIN_KEYS = '$retainKeys'
export const ELEMENT_ORDER = '$setElementOrder/'
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList/'

type Fields = Record<string, unknown>

/** `apply`: onto an object. `combine`: one patch onto another, directives kept: the last step of a three-way merge. */
type Mode = 'apply' | 'combine'

/** An error upstream has no reason for: it reaches the client as a bare 500. */
const plainError = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })
const unprocessable = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Invalid', details: {}, code: 422 })

export const noMergeKey = (item: unknown, mergeKey: string): ApiError =>
  plainError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`)
const badDirective = (value: unknown, item: unknown): ApiError => plainError(`unknown patch type: ${goText(value)} in map: ${goText(item)}`)
const badRetainKeys = (): ApiError => unprocessable('invalid patch format of retainKeys')
const badElementOrder = (): ApiError => unprocessable('invalid patch format of setElementOrder list')

const isMarker = (key: string): boolean => key === RETAIN_KEYS || key.startsWith(ELEMENT_ORDER) || key.startsWith(DELETE_FROM_LIST)

/** What is left of a patch's value that meets nothing: no nulls, no directives; undefined when a directive says it is not to be there. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isRecord(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  const out: Fields = {}
  for (const key of Object.keys(value)) {
    if (isMarker(key) || value[key] === null) continue
    const kept = withoutDirectives(value[key])
    if (kept !== undefined) setOwn(out, key, kept)
  }
  return out
}

function retainKeys(original: Fields, patch: Fields, mode: Mode): Fields {
  const listed = ownValue(patch, RETAIN_KEYS)
  if (listed === undefined) return original
  if (!Array.isArray(listed)) throw badRetainKeys()
  if (mode === 'combine') {
    const before = ownValue(original, RETAIN_KEYS)
    if (before !== undefined && !deepEqual(before, listed)) throw badRetainKeys()
    return { ...original, [RETAIN_KEYS]: listed }
  }
  for (const key of Object.keys(patch)) {
    if (patch[key] !== null && key !== RETAIN_KEYS && !isMarker(key) && !listed.includes(key)) throw badRetainKeys()
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => listed.includes(key)))
}

/** The patch's items must come in the order the order list gives; deletions may stand anywhere. */
function checkOrder(patchList: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  let at = 0
  for (const item of patchList) {
    if (isRecord(item) && ownValue(item, DIRECTIVE) === 'delete') continue
    if (isRecord(item) && mergeKey !== undefined && ownValue(item, mergeKey) === undefined) throw noMergeKey(item, mergeKey)
    const found = indexIn(order.slice(at), item, mergeKey)
    if (found < 0)
      throw plainError(`The order in patch list:\n${goText(patchList)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`)
    at += found
  }
}

/** Merges the lists that come with an order list; returns the fields it has dealt with. */
function applyElementOrders(out: Fields, patch: Fields, schema: Schema | undefined, mode: Mode): Set<string> {
  const done = new Set<string>()
  for (const marker of Object.keys(patch)) {
    if (!marker.startsWith(ELEMENT_ORDER)) continue
    const order = patch[marker]
    done.add(marker)
    if (mode === 'combine') {
      const before = ownValue(out, marker)
      if (before !== undefined && !deepEqual(before, order)) throw badElementOrder()
      setOwn(out, marker, order)
    }
    if (!Array.isArray(order)) throw badElementOrder()
    const field = marker.slice(ELEMENT_ORDER.length)
    const rule = ruleOf(fieldSchema(schema, field))
    const server = ownValue(out, field)
    const items = ownValue(patch, field)
    done.add(field)
    if (items === null) {
      delete out[field]
      if (mode === 'combine') setOwn(out, field, null)
    }
    if (!Array.isArray(server) && !Array.isArray(items)) continue
    if (Array.isArray(items) && mode === 'apply') checkOrder(items, order, rule.mergeKey)
    const merged = mergeOrderedField(server, items, fieldSchema(schema, field), mode)
    setOwn(out, field, enforceOrder(merged, order, Array.isArray(server) ? server : [], rule.mergeKey))
  }
  return done
}

function mergeOrderedField(server: unknown, items: unknown, schema: Schema | undefined, mode: Mode): unknown[] {
  if (!Array.isArray(items)) return server as unknown[]
  if (Array.isArray(server) && ruleOf(schema).strategy === 'merge') return mergeLists(server, items, schema, mode)
  return mode === 'apply' ? (withoutDirectives(items) as unknown[]) : items
}

function mergeScalars(original: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const out: unknown[] = []
  for (const item of [...original, ...patch]) if (!out.some((x) => deepEqual(x, item))) out.push(item)
  return out
}

/** Carries out `$patch: delete` and `$patch: replace` among the patch's items. */
function specialItems(original: readonly unknown[], patch: readonly unknown[], mergeKey: string): { server: unknown[]; items: Fields[] } {
  let server = [...original]
  let replace = false
  const items: Fields[] = []
  for (const item of patch) {
    if (!isRecord(item)) throw plainError(`expected map, got ${goText(item)}`)
    const directive = ownValue(item, DIRECTIVE)
    if (directive === undefined) items.push(item)
    else if (directive === 'replace') replace = true
    else if (directive === 'merge') throw plainError('merging lists cannot yet be specified in the patch')
    else if (directive !== 'delete') throw badDirective(directive, item)
    else {
      if (ownValue(item, mergeKey) === undefined) throw noMergeKey(item, mergeKey)
      server = server.filter((x) => !isRecord(x) || ownValue(x, mergeKey) !== item[mergeKey])
    }
  }
  return replace ? { server: items.map((i) => withoutDirectives(i)), items: [] } : { server, items }
}

function mergeLists(original: readonly unknown[], patch: readonly unknown[], schema: Schema | undefined, mode: Mode): unknown[] {
  const { mergeKey } = ruleOf(schema)
  if (original.length === 0 && patch.length === 0) return []
  const sample = patch[0] ?? original[0]
  if (Array.isArray(sample)) throw unprocessable('lists of lists are not supported')
  if (!isRecord(sample)) return enforceOrder(mergeScalars(original, patch), patch, original, undefined)
  if (mergeKey === undefined) throw plainError(`cannot merge lists without merge key for ${schema?.items?.name ?? 'list'}`)
  const { server, items } = specialItems(original, patch, mergeKey)
  const merged = [...server]
  for (const item of items) {
    if (ownValue(item, mergeKey) === undefined) throw noMergeKey(item, mergeKey)
    const at = indexIn(merged, item, mergeKey)
    if (at >= 0) merged[at] = mergeMaps(merged[at] as Fields, item, itemSchema(schema), mode)
    else merged.push(mode === 'apply' ? withoutDirectives(item) : item)
  }
  return enforceOrder(merged, items, server, mergeKey)
}

function mergeField(before: unknown, value: unknown, schema: Schema | undefined, mode: Mode): unknown {
  const taken = mode === 'apply' ? withoutDirectives(value) : value
  if (jsonKind(before) !== jsonKind(value)) return isRecord(value) && mode === 'apply' ? mergeMaps({}, value, schema, mode) : taken
  if (isRecord(value)) return isReplacedObject(schema) ? taken : mergeMaps(before as Fields, value, schema, mode)
  if (!Array.isArray(value)) return value
  return ruleOf(schema).strategy === 'merge' ? mergeLists(before as unknown[], value, schema, mode) : taken
}

function deleteFromList(out: Fields, marker: string, gone: unknown, mode: Mode): void {
  if (mode === 'combine') {
    setOwn(out, marker, gone)
    return
  }
  const field = marker.slice(DELETE_FROM_LIST.length)
  const list = ownValue(out, field)
  if (!Array.isArray(gone)) throw errors.badRequest('invalid patch format of primitive list')
  if (Array.isArray(list))
    setOwn(
      out,
      field,
      list.filter((x) => !gone.some((g) => deepEqual(g, x))),
    )
}

function mergeMaps(original: Fields, patch: Fields, schema: Schema | undefined, mode: Mode): Fields {
  const directive = ownValue(patch, DIRECTIVE)
  if (directive !== undefined && mode === 'apply') {
    if (directive === 'delete') return {}
    const { [DIRECTIVE]: _, ...rest } = patch
    if (directive === 'replace') return withoutDirectives(rest) as Fields
    if (directive !== 'merge') throw badDirective(directive, patch)
    return mergeMaps(original, rest, schema, mode)
  }
  const out: Fields = { ...retainKeys(original, patch, mode) }
  const done = applyElementOrders(out, patch, schema, mode)
  for (const key of Object.keys(patch)) if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(out, key, patch[key], mode)
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === undefined || key === RETAIN_KEYS || done.has(key) || key.startsWith(DELETE_FROM_LIST)) continue
    if (value === null) {
      delete out[key]
      if (mode === 'combine') setOwn(out, key, null)
      continue
    }
    const before = ownValue(out, key)
    const merged =
      before === undefined
        ? mode === 'apply'
          ? withoutDirectives(value)
          : value
        : mergeField(before, value, fieldSchema(schema, key), mode)
    if (merged === undefined) delete out[key]
    else setOwn(out, key, merged)
  }
  return out
}

/**
 * A new object; neither argument is changed. Throws ApiError, worded as the API server has it.
 * `schema` is that of the whole object; what it does not know is merged field by field, lists as a whole.
 */
export function applyStrategicPatch<T>(original: T, patch: unknown, schema: Schema | undefined): T {
  if (!isRecord(patch)) {
    throw errors.badRequest(
      `json: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into Go value of type map[string]interface {}`,
    )
  }
  return cloneJson(mergeMaps(original as Fields, patch, schema, 'apply')) as T
}

/** Lays one patch over another without carrying anything out. */
export const combinePatches = (under: Fields, over: Fields, schema: Schema | undefined): Fields => mergeMaps(under, over, schema, 'combine')
