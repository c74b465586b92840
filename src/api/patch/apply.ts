/**
 * Server-side apply: merges an applied configuration into an object, keeps `managedFields`, finds conflicts, and tracks what plain
 * updates change. Models apimachinery's managedfields and structured-merge-diff's Updater.
 */
import { ApiError } from '../errors.ts'
import type { ApiObject, ManagedFieldsEntry } from '../meta.ts'
import type { Schema } from '../schema.ts'
import { cloneJson, isRecord } from '../walk.ts'
import {
  difference,
  type FieldSet,
  formatFieldSet,
  intersection,
  isEmptySet,
  parseFieldSet,
  pathTexts,
  sameSet,
  union,
} from './field-set.ts'
import { compare, fieldsOf, mergeTyped, removeFields, unionAll } from './typed.ts'

/** Who writes: the field manager, the version it speaks, when (RFC 3339), and through which subresource. */
export interface Writer {
  readonly manager: string
  readonly apiVersion: string
  readonly time: string
  readonly subresource?: string
}

export interface ApplyInput {
  /** The object as it stands; undefined when apply creates it. */
  readonly live: ApiObject | undefined
  /** What the user applied, decoded, without defaults. */
  readonly config: Record<string, unknown>
  readonly schema: Schema
  readonly writer: Writer
  /** Take conflicting fields from their managers. */
  readonly force: boolean
  /** Top-level fields the request cannot own (`status` on the main resource, `spec` on /status); left out of the ownership. */
  readonly ignored?: readonly string[]
}

export interface Applied {
  /** The merged object (metadata.managedFields not yet set); mutable. */
  readonly object: ApiObject
  readonly managedFields: ManagedFieldsEntry[]
}

interface Owner {
  readonly entry: ManagedFieldsEntry
  readonly set: FieldSet
}

const unowned = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]

/** The object as ownership sees it: without identity and what the server itself writes. */
function ownable(object: Record<string, unknown>, ignored: readonly string[]): Record<string, unknown> {
  const { apiVersion: _, kind: __, ...rest } = object
  for (const field of ignored) delete rest[field]
  if (!isRecord(rest['metadata'])) return rest
  const metadata = { ...rest['metadata'] }
  for (const field of unowned) delete metadata[field]
  if (Object.keys(metadata).length === 0) delete rest['metadata']
  else rest['metadata'] = metadata
  return rest
}

const skeletons = new WeakMap<Schema, Record<string, unknown>>()
const structFields = new Set(['metadata', 'spec', 'status', 'template', 'strategy', 'updateStrategy'])

/**
 * What a new object of the kind holds before anything is set: Go's structs that are no pointers, and lists without omitempty. They are
 * no one's, so they bear no `.` in the ownership of whoever creates the object.
 */
function skeleton(schema: Schema): Record<string, unknown> {
  const known = skeletons.get(schema)
  if (known !== undefined) return known
  const out: Record<string, unknown> = {}
  skeletons.set(schema, out)
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(name) === true
    if (field.type === 'array' && required && field.listType === 'map') out[name] = []
    else if (field.properties !== undefined && field.mapType !== 'atomic' && (required || structFields.has(name)))
      out[name] = skeleton(field)
  }
  return out
}

const ownersOf = (entries: readonly ManagedFieldsEntry[] | undefined): Owner[] =>
  (entries ?? []).map((entry) => ({ entry, set: parseFieldSet(entry.fieldsV1) }))

const isApplier = (entry: ManagedFieldsEntry, writer: Writer): boolean =>
  entry.operation === 'Apply' && entry.manager === writer.manager && (entry.subresource ?? '') === (writer.subresource ?? '')
const isUpdater = (entry: ManagedFieldsEntry, writer: Writer): boolean =>
  entry.operation === 'Update' &&
  entry.manager === writer.manager &&
  entry.apiVersion === writer.apiVersion &&
  (entry.subresource ?? '') === (writer.subresource ?? '')

function entryOf(writer: Writer, operation: 'Apply' | 'Update', set: FieldSet, time: string | undefined): ManagedFieldsEntry {
  const { manager, apiVersion, subresource } = writer
  const entry: ManagedFieldsEntry = {
    manager,
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: formatFieldSet(set),
  }
  if (subresource) entry.subresource = subresource
  return entry
}

const rank = (e: ManagedFieldsEntry): string => [e.operation, e.time ?? '', e.manager, e.apiVersion, e.subresource ?? ''].join('\u0000')

/** Appliers first, then by time and name: the order the API server writes. */
const sorted = (entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] =>
  [...entries].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))

function managerText(entry: ManagedFieldsEntry): string {
  const name = `${JSON.stringify(entry.manager ?? '')}${entry.subresource ? ` with subresource ${JSON.stringify(entry.subresource)}` : ''}`
  return entry.operation === 'Update' ? `${name} using ${entry.apiVersion}` : name
}

function conflictError(conflicts: readonly { entry: ManagedFieldsEntry; paths: readonly string[] }[]): ApiError {
  const list = [...conflicts].sort((a, b) => (managerText(a.entry) < managerText(b.entry) ? -1 : 1))
  const count = list.reduce((n, c) => n + c.paths.length, 0)
  const lines = list.flatMap((c) => [`conflicts with ${managerText(c.entry)}:`, ...c.paths.map((p) => `- ${p}`)])
  const one = list[0]!
  const message =
    count === 1
      ? `Apply failed with 1 conflict: conflict with ${managerText(one.entry)}: ${one.paths[0]}`
      : `Apply failed with ${count} conflicts: ${lines.join('\n')}`
  const causes = list.flatMap((c) =>
    c.paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${managerText(c.entry)}`, field })),
  )
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'Conflict',
    details: { causes },
    code: 409,
  })
}

/** The other owners after a write; throws Conflict unless forced. Who has nothing left is dropped. */
function settle(others: readonly Owner[], taken: FieldSet, removed: FieldSet, force: boolean): ManagedFieldsEntry[] {
  const conflicts = others
    .map(({ entry, set }) => ({ entry, paths: pathTexts(intersection(set, taken)) }))
    .filter((c) => c.paths.length > 0)
  if (!force && conflicts.length > 0) throw conflictError(conflicts)
  const out: ManagedFieldsEntry[] = []
  for (const { entry, set } of others) {
    const rest = difference(difference(set, taken), removed)
    if (isEmptySet(rest)) continue
    out.push(sameSet(rest, set) ? entry : { ...entry, fieldsV1: formatFieldSet(rest) })
  }
  return out
}

/**
 * Applies a configuration. Throws ApiError 409 naming every conflict. Fields this manager applied before, no longer applies and nobody
 * else owns are removed.
 */
export function applyConfiguration(input: ApplyInput): Applied {
  const { live, schema, writer, force, ignored = [] } = input
  const config = cloneJson(input.config)
  const owners = ownersOf(live?.metadata.managedFields)
  const mine = owners.find((o) => isApplier(o.entry, writer))
  const others = owners.filter((o) => o !== mine)
  const wanted = fieldsOf(ownable(config, ignored), schema)
  const merged = live === undefined ? config : (mergeTyped(live, withoutIdentity(config), schema) as ApiObject)
  const last = mine?.set
  const object =
    last === undefined
      ? merged
      : (removeFields(merged, last, withRoots(unionAll([wanted, ...others.map((o) => o.set)]), merged), schema) as ApiObject)
  const before = live === undefined ? skeleton(schema) : ownable(live, ignored)
  const { added, modified, removed } = compare(before, ownable(object, ignored), schema)
  const entries = settle(others, union(added, modified), removed, force)
  const unchanged = last !== undefined && sameSet(last, wanted) && isEmptySet(unionAll([added, modified, removed]))
  entries.push(entryOf(writer, 'Apply', wanted, unchanged ? mine!.entry.time : writer.time))
  return { object: cloneJson(object) as ApiObject, managedFields: sorted(entries) }
}

/** Server-written metadata of a configuration never overwrites the live object's. */
function withoutIdentity(config: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(config['metadata'])) return config
  const { managedFields: _, creationTimestamp: __, generation: ___, ...metadata } = config['metadata']
  return { ...config, metadata }
}

/** Top-level fields are never removed as a whole, whoever let go of them. */
function withRoots(kept: FieldSet, object: Record<string, unknown>): FieldSet {
  const children = new Map(kept.children)
  for (const field of ['metadata', 'spec', 'status']) {
    if (object[field] !== undefined && !children.has(`f:${field}`)) children.set(`f:${field}`, { member: false, children: new Map() })
  }
  return { member: kept.member, children }
}

export interface UpdateInput {
  /** Undefined on create. */
  readonly before: ApiObject | undefined
  readonly after: ApiObject
  readonly schema: Schema
  readonly writer: Writer
  readonly ignored?: readonly string[]
}

/** `managedFields` after a plain create, update or patch: what changed is now this manager's, and nobody else's. */
export function trackChange(input: UpdateInput): ManagedFieldsEntry[] {
  const { before, after, schema, writer, ignored = [] } = input
  const owners = ownersOf(after.metadata.managedFields ?? before?.metadata.managedFields)
  const from = before === undefined ? skeleton(schema) : ownable(before, ignored)
  const { added, modified, removed } = compare(from, ownable(after, ignored), schema)
  const taken = union(added, modified)
  if (isEmptySet(taken) && isEmptySet(removed)) return owners.map((o) => o.entry)
  const mine = owners.find((o) => isUpdater(o.entry, writer))
  const entries = settle(
    owners.filter((o) => o !== mine),
    taken,
    removed,
    true,
  )
  const set = mine === undefined ? taken : union(difference(mine.set, removed), taken)
  if (!isEmptySet(set))
    entries.push(
      entryOf(writer, 'Update', set, mine !== undefined && sameSet(mine.set, set) && isEmptySet(taken) ? mine.entry.time : writer.time),
    )
  return sorted(entries)
}
