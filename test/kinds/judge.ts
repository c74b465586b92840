/** Puts manifests through a kind's record as the API server would, without the server: defaults, preparation, validation. */
import { fieldErrorText } from '../../src/api/errors.ts'
import type { KindDefinition, PrepareContext } from '../../src/api/kind.ts'
import type { ApiObject } from '../../src/api/meta.ts'
import type { Reader } from '../../src/api/reader.ts'

export const NOW_MS = Date.UTC(2026, 10, 20, 6, 0, 0)

/** A reader over plain lists, by store name. */
export function readerOf(objects: Readonly<Record<string, readonly ApiObject[]>> = {}): Reader {
  const list = (resource: string, namespace?: string): readonly ApiObject[] =>
    (objects[resource] ?? []).filter((o) => namespace === undefined || o.metadata.namespace === namespace)
  return {
    list: list as Reader['list'],
    get: ((resource: string, namespace: string | undefined, name: string) =>
      list(resource, namespace).find((o) => o.metadata.name === name)) as Reader['get'],
  }
}

export const contextOf = (reader: Reader = readerOf()): PrepareContext & { showEvents: boolean } => ({
  nowMs: NOW_MS,
  reader,
  user: { name: 'admin', groups: ['system:masters'] },
  showEvents: true,
})

/** The object as it would be stored; the argument is left alone. */
export function created(kind: KindDefinition, manifest: object, reader?: Reader): ApiObject {
  const object = structuredClone(manifest) as ApiObject
  object.apiVersion ??= kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
  object.kind ??= kind.kind
  object.metadata = { ...{ name: 'x' }, ...object.metadata, uid: 'uid-1', creationTimestamp: '2026-11-20T06:00:00Z' }
  kind.setDefaults?.(object)
  kind.prepareForCreate?.(object, contextOf(reader))
  return object
}

/** Everything wrong with a new object, as the API prints it. */
export const refusals = (kind: KindDefinition, manifest: object, reader?: Reader): string[] => [
  ...new Set((kind.validate?.(created(kind, manifest, reader), contextOf(reader)) ?? []).map(fieldErrorText)),
]

/** Everything wrong with a change of a valid object. */
export function changeRefusals(kind: KindDefinition, before: object, after: object): string[] {
  const previous = created(kind, before)
  const next = structuredClone({ ...previous, ...after }) as ApiObject
  kind.setDefaults?.(next)
  kind.prepareForUpdate?.(next, previous, contextOf())
  const found = [...(kind.validate?.(next, contextOf()) ?? []), ...(kind.validateUpdate?.(next, previous, contextOf()) ?? [])]
  return [...new Set(found.map(fieldErrorText))]
}

/** Cells of the object's row, by column name. */
export const row = (kind: KindDefinition, object: ApiObject, nowMs = NOW_MS): Record<string, unknown> =>
  Object.fromEntries(kind.columns.map((column) => [column.name, column.value(object, { nowMs })]))
