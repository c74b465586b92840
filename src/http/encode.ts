/**
 * Answers as texts: objects, lists, metadata alone, watch frames, in JSON or YAML, in the order of fields clients are used to. The text of
 * an object in the store is made once.
 */
import { stringify } from 'yaml'
import type { ApiObject } from '../api/meta.ts'
import type { WatchFrame } from '../apiserver/contract.ts'
import type { View } from './media-types.ts'

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
function objectText(object: ApiObject): string {
  if (typeof object !== 'object' || object === null || object.metadata === undefined) return JSON.stringify(object)
  const head = `${object.kind === undefined ? '' : `"kind":${JSON.stringify(object.kind)},`}${object.apiVersion === undefined ? '' : `"apiVersion":${JSON.stringify(object.apiVersion)},`}`
  return `{${head}${bareText(object).slice(1)}`
}

const metadataOf = (object: ApiObject): ApiObject =>
  object.kind === 'Status' ? object : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata }

interface List {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: unknown
  readonly items: readonly ApiObject[]
}

const isList = (body: unknown): body is List =>
  Array.isArray((body as { items?: unknown } | null)?.items) && String((body as List).kind).endsWith('List')

function listText(list: List, view: View, typed: boolean): string {
  const { items, metadata } = list
  const head =
    view === 'metadata'
      ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata }
      : { kind: list.kind, apiVersion: list.apiVersion, metadata }
  const each = view === 'metadata' ? (o: ApiObject) => objectText(metadataOf(o)) : typed ? objectText : bareText
  return `${JSON.stringify(head).slice(0, -1)},"items":[${items.map(each).join(',')}]}`
}

/** `typedItems`: items of lists say their kind (custom resources), which those of built-in kinds do not. */
export function bodyText(body: unknown, view: View, typedItems: boolean): string {
  if (isList(body)) return listText(body, view, typedItems)
  const object = body as ApiObject
  if (view === 'metadata' && object.metadata !== undefined && object.kind !== 'Table') return objectText(metadataOf(object))
  return objectText(object)
}

export const yamlText = (json: string): string =>
  stringify(JSON.parse(json), { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })

/** One line of a watch. */
export function frameText(frame: WatchFrame, view: View): string {
  const object = frame.object as ApiObject
  return `{"type":"${frame.type}","object":${objectText(view === 'metadata' ? metadataOf(object) : object)}}\n`
}
