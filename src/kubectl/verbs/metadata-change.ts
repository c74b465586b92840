/**
 * What `label` and `annotate` share: reading the pairs, refusing to overwrite, patching, telling.
 */

import { ApiError } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { applyMergePatch } from '../../api/patch/merge.ts'
import { CommandError, throwAll } from '../errors.ts'
import { dryRunOf, dryRunSuffix, writeQuery } from '../options.ts'
import { objectFormats, objectPrinter } from '../printers/objects.ts'
import { recordPatch } from '../record.ts'
import { build, buildFromFiles, type Info } from '../resources/builder.ts'
import { nameOf } from '../resources/mapper.ts'
import type { VerbContext } from '../verb.ts'
import { type Changes, splitPairs } from './pairs.ts'

export interface MetadataVerb {
  readonly field: 'labels' | 'annotations'
  /** `label`, `annotation`. */
  readonly what: string
  readonly read: (pairs: readonly string[]) => Changes
  readonly refuse: (taken: readonly { key: string; value: string }[]) => CommandError
  /** What is told: `labeled`, `unlabeled`, `not labeled`. */
  readonly message: (before: ApiObject, after: ApiObject, changes: Changes) => string
  /** Told about a removed key that is not there. */
  readonly missing?: (key: string) => string
}

const mapOf = (object: ApiObject, field: MetadataVerb['field']): Record<string, string> => object.metadata[field] ?? {}

function changed(verb: MetadataVerb, object: ApiObject, changes: Changes): ApiObject {
  const next = { ...mapOf(object, verb.field) }
  for (const key of changes.remove) delete next[key]
  for (const [key, value] of changes.set) next[key] = value
  const metadata = { ...object.metadata, [verb.field]: next }
  if (Object.keys(next).length === 0) delete metadata[verb.field]
  return { ...object, metadata }
}

function patchBody(verb: MetadataVerb, object: ApiObject, changes: Changes, resourceVersion: string): unknown {
  const before = mapOf(object, verb.field)
  const map: Record<string, string | null> = {}
  for (const key of changes.remove) if (before[key] !== undefined) map[key] = null
  for (const [key, value] of changes.set) if (before[key] !== value) map[key] = value
  return { metadata: { [verb.field]: map, ...(resourceVersion === '' ? {} : { resourceVersion }) } }
}

function list(context: VerbContext, verb: MetadataVerb, infos: readonly Info[], single: boolean): void {
  for (const info of infos) {
    const indent = single ? '' : ' '
    if (!single) context.out(`Listing ${verb.field} for ${info.kind.kind}.${info.kind.group}/${info.name}:\n`)
    const map = mapOf(info.object!, verb.field)
    for (const key of Object.keys(map).sort()) context.out(`${indent}${key}=${map[key]}\n`)
  }
}

function apply(context: VerbContext, verb: MetadataVerb, info: Info, changes: Changes, overwrite: boolean): void {
  const object = info.object!
  if (!overwrite) {
    const before = mapOf(object, verb.field)
    const taken = [...changes.set]
      .filter(([key, value]) => before[key] !== undefined && before[key] !== value)
      .map(([key]) => ({ key, value: before[key]! }))
    if (taken.length > 0) throw verb.refuse(taken.sort((a, b) => (a.key < b.key ? -1 : 1)))
  }
  for (const key of changes.remove)
    if (verb.missing !== undefined && mapOf(object, verb.field)[key] === undefined) context.out(verb.missing(key))
  let after = changed(verb, object, changes)
  const message = verb.message(object, after, changes)
  const local = context.flags.bool('local') || dryRunOf(context) === 'client'
  if (!local) {
    const body = patchBody(verb, object, changes, context.flags.text('resource-version'))
    const cause = recordPatch(context)
    const empty = Object.keys((body as { metadata: Record<string, object> }).metadata[verb.field]!).length === 0
    const patch = cause === undefined ? body : applyMergePatch(body, cause)
    if (!empty || cause !== undefined)
      after = context.kube.patch(info.kind, info.namespace, info.name, patch, 'merge', { query: writeQuery(context, false) })
  }
  const printer = objectPrinter(context, objectFormats)
  context.out(printer === undefined ? `${nameOf(info.kind, info.name)} ${message}${dryRunSuffix(dryRunOf(context))}\n` : printer(after))
}

/** Runs `label` or `annotate`. */
export function changeMetadata(context: VerbContext, verb: MetadataVerb): number {
  const { flags } = context
  const { resources, pairs } = splitPairs(context.args, verb.what)
  const listing = flags.bool('list')
  const filed = flags.list('filename').length > 0 || flags.text('kustomize') !== ''
  if (resources.length === 0 && !filed)
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  const changes = verb.read(pairs)
  if (pairs.length === 0 && !listing) throw new CommandError(`at least one ${verb.what} update is required`)
  if (flags.bool('all') && flags.text('selector') !== '') throw new CommandError('cannot set --all and --selector at the same time')
  if (flags.bool('all') && flags.text('field-selector') !== '')
    throw new CommandError('cannot set --all and --field-selector at the same time')
  const built = flags.bool('local')
    ? { ...buildFromFiles(context), single: false }
    : build(context, { args: resources, fetch: 'object', latest: true })
  if (listing) {
    list(context, verb, built.infos, built.single)
    throwAll(built.failures)
    return 0
  }
  const failures: unknown[] = [...built.failures]
  for (const info of built.infos) {
    try {
      apply(context, verb, info, changes, flags.bool('overwrite'))
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
  return 0
}
