/**
 * Changing an object: what clients may not change is carried over, conflicts are told, and what changes nothing writes nothing
 * (apiserver's generic registry Store.Update and rest.BeforeUpdate).
 */
import { errors } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { cloneJson, deepEqual, deepFreeze, dropKey } from '../../api/walk.ts'
import type { SubresourceView } from '../admission/contract.ts'
import { checkObjectEscalation } from '../authorization/escalation.ts'
import type { ApiAnswer } from '../contract.ts'
import { decodeBody } from '../decode-body.ts'
import type { Exchange } from '../exchange.ts'
import { trackUpdate } from '../managed-fields.ts'
import { admissionRequest } from './admit.ts'
import { createDecoded, settleNamespace } from './create.ts'
import { mayBeRemoved } from './delete-rules.ts'
import { persist, removeObject } from './persist.ts'
import { validateChange } from './validation.ts'

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again'

/** Throws Conflict when `next` says it was made from another revision or another object. */
export function checkFresh(x: Exchange, next: ApiObject, previous: ApiObject): void {
  const { resourceVersion, uid } = next.metadata
  const { group, resource } = x.kind
  if (uid && uid !== previous.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${previous.metadata.uid}`
    throw errors.conflict(group, resource, previous.metadata.name, why)
  }
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== previous.metadata.resourceVersion) {
    throw errors.conflict(group, resource, previous.metadata.name, STALE)
  }
}

/** Metadata that only the server writes is as it was. */
function carryOver(next: ApiObject, previous: ApiObject): void {
  const { metadata: old } = previous
  const { metadata } = next
  for (const field of [
    'uid',
    'creationTimestamp',
    'generation',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generateName',
  ] as const) {
    if (old[field] === undefined) dropKey(metadata, field)
    else (metadata as unknown as Record<string, unknown>)[field] = old[field]
  }
  metadata.resourceVersion = old.resourceVersion!
}

const outsideGeneration = new Set(['metadata', 'status', 'apiVersion', 'kind'])

/** Whether anything but metadata and status differs. */
function specChanged(next: ApiObject, previous: ApiObject): boolean {
  for (const key of Object.keys(next)) if (!outsideGeneration.has(key) && !deepEqual(next[key], previous[key])) return true
  for (const key of Object.keys(previous))
    if (!outsideGeneration.has(key) && next[key] === undefined && previous[key] !== undefined) return true
  return false
}

function unchanged(next: ApiObject, previous: ApiObject): boolean {
  for (const key of new Set([...Object.keys(next), ...Object.keys(previous)])) {
    if (key === 'metadata' || next[key] === previous[key]) continue
    if (!deepEqual(next[key], previous[key])) return false
  }
  if (next.metadata === previous.metadata) return true
  return deepEqual({ ...next.metadata, managedFields: undefined }, { ...previous.metadata, managedFields: undefined })
}

/** What a write is about: the object, its status, or a part that a subresource owns. */
export type Part = 'main' | 'status' | 'part'

/**
 * Brings `next` (of the stored kind, mutable, given away) into the store in place of `previous`. Answers what is there afterwards;
 * an object that is being deleted and has lost its last finalizer is removed. A `part` write is judged by the kind's `validate` alone: what
 * a plain update may not change is just what the subresource is for. `view`: what policies and webhooks are shown of it.
 */
export function replaceObject(x: Exchange, previous: ApiObject, next: ApiObject, how: 'main' | 'part', view?: SubresourceView): ApiObject {
  checkFresh(x, next, previous)
  carryOver(next, previous)
  trackUpdate(x, previous, next, 'main')
  const subject = {
    object: next,
    old: previous,
    name: previous.metadata.name,
    subresource: how === 'part' ? x.request.subresource : undefined,
    view,
  }
  const request = admissionRequest(x, 'UPDATE', subject)
  x.server.admission.run('mutate', request)
  if (how === 'main' && x.stored.subresources.status) {
    if (previous['status'] === undefined) dropKey(next, 'status')
    else next['status'] = previous['status']
  }
  if (how === 'main') x.stored.prepareForUpdate?.(next, previous, x)
  if (x.stored.generation && specChanged(next, previous)) next.metadata.generation = (previous.metadata.generation ?? 0) + 1
  return finish(x, previous, next, how, () => x.server.admission.run('validate', request))
}

function finish(x: Exchange, previous: ApiObject, next: ApiObject, how: Part, admit: () => void): ApiObject {
  validateChange(x, next, previous, how)
  if (how === 'main') checkObjectEscalation(x, next, previous)
  admit()
  if (unchanged(next, previous) && (x.applied === undefined || deepEqual(x.applied, previous.metadata.managedFields))) return previous
  if (x.dryRun) return deepFreeze(next)
  const written = persist(x, next)
  if (mayBeRemoved(x.stored, written)) removeObject(x, written)
  return written
}

/** Status of `next` (its other parts are ignored) into the store. Frozen parts are shared, not copied. */
export function replaceStatus(x: Exchange, previous: ApiObject, next: ApiObject): ApiObject {
  checkFresh(x, next, previous)
  const merged: ApiObject = { ...previous, metadata: { ...previous.metadata } }
  // Upstream's status strategies leave annotations open: so the Deployment controller writes its revision without a new generation.
  if (x.internal && next.metadata.annotations !== undefined) merged.metadata.annotations = next.metadata.annotations
  if (next['status'] === undefined) dropKey(merged, 'status')
  else merged['status'] = Object.isFrozen(next['status']) ? next['status'] : cloneJson(next['status'])
  trackUpdate(x, previous, merged, 'status')
  const { prepareForStatusUpdate } = x.stored
  if (prepareForStatusUpdate !== undefined) {
    merged['status'] = cloneJson(merged['status'])
    prepareForStatusUpdate(merged, previous, x)
  }
  const request = (): ReturnType<typeof admissionRequest> =>
    admissionRequest(x, 'UPDATE', { object: merged, old: previous, name: previous.metadata.name, subresource: 'status' })
  x.server.admission.run('mutate', request())
  return finish(x, previous, merged, 'status', () => x.server.admission.run('validate', request()))
}

/** The object of a request's name; throws NotFound. */
export function existing(x: Exchange): ApiObject {
  const name = x.request.name ?? ''
  const found = x.server.store.get(x.resource, x.namespace, name)
  if (found === undefined) throw errors.notFound(x.kind.group, x.kind.resource, name)
  return found
}

export function checkName(x: Exchange, object: ApiObject): void {
  const { name } = x.request
  if (!object.metadata.name) throw errors.badRequest('name must be provided')
  if (name !== undefined && object.metadata.name !== name) {
    throw errors.badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`)
  }
}

export function updateObject(x: Exchange): ApiAnswer {
  const next = decodeBody(x)
  checkName(x, next)
  settleNamespace(x, next)
  if (x.server.store.get(x.resource, x.namespace, next.metadata.name) === undefined && x.stored.createOnUpdate) {
    x.server.authorizer.check(x, 'create')
    delete next.metadata.resourceVersion
    delete next.metadata.uid
    return x.answer(201, x.fromStored(createDecoded(x, next)))
  }
  return x.answer(200, x.fromStored(replaceObject(x, existing(x), next, 'main')))
}
