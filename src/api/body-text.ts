/**
 * Answers as JSON texts: objects, lists, metadata alone, in the order of fields clients are used to. The text of an object in the store is
 * made once.
 */
import type { ApiObject } from './meta.ts'

/** How much of an object a client wants to see. */
export type BodyView = 'object' | 'metadata' | 'table'

/** JSON of frozen objects without kind and apiVersion. */
const texts = new WeakMap<object, string>()

function bareText(object: ApiObject): string {
  const known = texts.get(object)
  if (known !== undefined) return known
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = object
  const text = JSON.stringify({ metadata, ...rest })
  if (Object.isFrozen(object)) texts.set(object, text)
  return text
}

/** An object with its type, kind first. */
export function objectText(object: ApiObject): string {
  if (typeof object !== 'object' || object === null || object.metadata === undefined) return JSON.stringify(object)
  const head = `${object.kind === undefined ? '' : `"kind":${JSON.stringify(object.kind)},`}${object.apiVersion === undefined ? '' : `"apiVersion":${JSON.stringify(object.apiVersion)},`}`
  return `{${head}${bareText(object).slice(1)}`
}

export const metadataOf = (object: ApiObject): ApiObject =>
  object.kind === 'Status' ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }

interface List {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: unknown
  readonly items: readonly ApiObject[]
}

const isList = (body: unknown): body is List =>
  Array.isArray((body as { items?: unknown } | null)?.items) && String((body as List).kind).endsWith('List')

function listText(list: List, view: BodyView, typed: boolean): string {
  const { items, metadata } = list
  const head =
    view === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
      : { kind: list.kind, apiVersion: list.apiVersion, metadata }
  const each = view === 'metadata' ? (o: ApiObject) => objectText(metadataOf(o)) : typed ? objectText : bareText
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.map(each).join(',')}]}`
}

/** `typedItems`: items of lists say their kind (custom resources), which those of built-in kinds do not. */
export function bodyText(body: unknown, view: BodyView, typedItems: boolean): string {
  if (isList(body)) return listText(body, view, typedItems)
  const object = body as ApiObject
  if (view === 'metadata' && object.metadata !== undefined && object.kind !== 'Table') return objectText(metadataOf(object))
  return objectText(object)
}
