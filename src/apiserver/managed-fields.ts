/**
 * Who owns which field: keeps `metadata.managedFields` as server-side apply needs it. Writes of the cluster's own parts are tracked only
 * on objects that somebody applies server-side: elsewhere nothing can conflict with them, and status writes stay cheap.
 */
import { type ApiObject, apiVersionOf, type ManagedFieldsEntry } from '../api/meta.ts'
import { applyConfiguration, trackChange, type Writer } from '../api/patch/apply.ts'
import { formatTime } from '../api/rfc3339.ts'
import { deepEqual, dropKey } from '../api/walk.ts'
import type { Exchange } from './exchange.ts'

function writerOf(x: Exchange): Writer {
  return {
    manager: x.fieldManager,
    apiVersion: apiVersionOf(x.kind.group, x.kind.version),
    time: formatTime(x.nowMs),
    ...(x.request.subresource !== undefined && { subresource: x.request.subresource }),
  }
}

/** The main resource owns no status where status is a subresource, `/status` nothing but status. */
function ignoredFields(x: Exchange, how: 'main' | 'status'): readonly string[] {
  if (how === 'status') return ['spec']
  return x.stored.subresources.status ? ['status'] : []
}

const isApplied = (entries: readonly ManagedFieldsEntry[] | undefined): boolean => entries?.some((e) => e.operation === 'Apply') === true

function setEntries(object: ApiObject, entries: readonly ManagedFieldsEntry[]): void {
  if (entries.length > 0) object.metadata.managedFields = [...entries]
  else dropKey(object.metadata, 'managedFields')
}

/** Sets `managedFields` of a new object (mutable). */
export function trackCreate(x: Exchange, object: ApiObject): void {
  dropKey(object.metadata, 'managedFields')
  if (x.applied !== undefined) setEntries(object, x.applied)
  if (x.applied !== undefined || x.internal) return
  const input = { before: undefined, after: object, schema: x.stored.schema, writer: writerOf(x), ignored: ignoredFields(x, 'main') }
  setEntries(object, trackChange(input))
}

/** Sets `managedFields` of a changed object (mutable). */
export function trackUpdate(x: Exchange, previous: ApiObject, next: ApiObject, how: 'main' | 'status'): void {
  if (x.applied !== undefined) {
    setEntries(next, x.applied)
    return
  }
  const { managedFields } = previous.metadata
  if (x.internal && !isApplied(managedFields)) {
    if (managedFields === undefined) dropKey(next.metadata, 'managedFields')
    else next.metadata.managedFields = managedFields as ManagedFieldsEntry[]
    return
  }
  const reset = next.metadata.managedFields !== undefined && next.metadata.managedFields.length === 0
  const before = reset ? { ...previous, metadata: { ...previous.metadata, managedFields: [] } } : previous
  const input = { before, after: next, schema: x.stored.schema, writer: writerOf(x), ignored: ignoredFields(x, how) }
  setEntries(next, trackChange(input))
}

/** The live object with a configuration applied; ownership is left on the exchange. Throws Conflict. */
export function applyTo(x: Exchange, live: ApiObject | undefined, configuration: ApiObject): ApiObject {
  const { object, managedFields } = applyConfiguration({
    live,
    config: configuration as unknown as Record<string, unknown>,
    schema: x.kind.schema,
    writer: writerOf(x),
    force: x.request.query?.force === true,
    ignored: ignoredFields(x, x.request.subresource === 'status' ? 'status' : 'main'),
  })
  const before = live?.metadata.managedFields
  x.applied = before !== undefined && sameOwners(before, managedFields) ? before : managedFields
  return object
}

/** Equal but for the times. */
const sameOwners = (a: readonly ManagedFieldsEntry[], b: readonly ManagedFieldsEntry[]): boolean =>
  deepEqual(
    a.map((e) => ({ ...e, time: '' })),
    b.map((e) => ({ ...e, time: '' })),
  )
