/**
 * Deleting one object or a collection: options and preconditions, grace, finalizers, and the Status the API answers with.
 */
import { ApiError, errors, type FieldError, type Status } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { cloneJson, deepFreeze, isRecord } from '../../api/walk.ts'
import type { ApiAnswer } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { selectObjects } from '../read/selection.ts'
import { admissionRequest } from './admit.ts'
import { judgeDeletion, type Propagation } from './delete-rules.ts'
import { persist, removeObject, runCommits } from './persist.ts'
import { existing } from './update.ts'

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined
  readonly propagation?: Propagation | undefined
  readonly uid?: string | undefined
  readonly resourceVersion?: string | undefined
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil']

function checkPolicy(value: unknown): asserts value is Propagation | undefined {
  if (value === undefined || value === null || (typeof value === 'string' && POLICIES.slice(0, 3).includes(value))) return
  const detail = `supported values: ${POLICIES.map((p) => JSON.stringify(p)).join(', ')}`
  const error: FieldError = { type: 'NotSupported', field: 'propagationPolicy', value, detail }
  throw errors.invalid('meta.k8s.io', 'DeleteOptions', '', [error])
}

/** Options from the query and from a DeleteOptions body; the body wins where both speak. */
export function deleteOptionsOf(x: Exchange): DeleteOptions {
  const query = x.request.query ?? {}
  const body = isRecord(x.request.body) ? x.request.body : {}
  const policy = body['propagationPolicy'] ?? query.propagationPolicy ?? undefined
  checkPolicy(policy)
  const orphans = body['orphanDependents']
  const preconditions = isRecord(body['preconditions']) ? body['preconditions'] : (query.preconditions ?? {})
  const grace = body['gracePeriodSeconds'] ?? query.gracePeriodSeconds
  return {
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagation: policy ?? (orphans === true ? 'Orphan' : orphans === false ? 'Background' : undefined),
    uid: preconditions['uid'] as string | undefined,
    resourceVersion: preconditions['resourceVersion'] as string | undefined,
  }
}

function checkPreconditions(x: Exchange, object: ApiObject, options: DeleteOptions): void {
  const { uid, resourceVersion, name } = object.metadata
  const refuse = (what: string, given: string, has: string | undefined, hint: string): never => {
    const why = `the ${what} in the precondition (${given}) does not match the ${what} in record (${has}). The object might have been ${hint}`
    throw errors.conflict(x.kind.group, x.kind.kind, name, why)
  }
  if (options.uid !== undefined && options.uid !== uid) refuse('UID', options.uid, uid, 'deleted and then recreated')
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    refuse('ResourceVersion', options.resourceVersion, resourceVersion, 'modified')
  }
}

/** Deletes one object as asked; `gone` tells whether it is out of the store. */
export function deleteExisting(x: Exchange, object: ApiObject, options: DeleteOptions): { object: ApiObject; gone: boolean } {
  checkPreconditions(x, object, options)
  const admission = admissionRequest(x, 'DELETE', { name: object.metadata.name, old: object, subresource: undefined })
  x.server.admission.run('mutate', admission)
  x.server.admission.run('validate', admission)
  const request = { gracePeriodSeconds: options.gracePeriodSeconds, propagation: options.propagation, nowMs: x.nowMs }
  const verdict = judgeDeletion(x.stored, object, request, () => cloneJson(object))
  if (verdict.kind === 'unchanged') return { object, gone: false }
  if (verdict.kind === 'remove') {
    if (!x.dryRun) removeObject(x, object)
    return { object, gone: true }
  }
  return { object: x.dryRun ? deepFreeze(verdict.object) : persist(x, verdict.object), gone: false }
}

function success(x: Exchange, object: ApiObject): Status {
  const { group, resource } = x.kind
  const details: Status['details'] = {
    name: object.metadata.name,
    ...(group !== '' && { group }),
    kind: resource,
    ...(object.metadata.uid && { uid: object.metadata.uid }),
  }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

export function deleteObject(x: Exchange): ApiAnswer {
  const options = deleteOptionsOf(x)
  const { object, gone } = deleteExisting(x, existing(x), options)
  return x.answer(200, gone ? success(x, object) : x.fromStored(object))
}

export function deleteCollection(x: Exchange): ApiAnswer {
  const options = deleteOptionsOf(x)
  const items: ApiObject[] = []
  for (const object of selectObjects(x)) {
    try {
      items.push(x.fromStored(deleteExisting(x, object, { ...options, uid: undefined, resourceVersion: undefined }).object))
    } catch (e) {
      runCommits(x)
      if (!(e instanceof ApiError) || e.status.reason !== 'NotFound') throw e
    }
  }
  const body = {
    apiVersion: items[0]?.apiVersion ?? 'v1',
    kind: `${x.kind.kind}List`,
    metadata: { resourceVersion: String(x.server.store.revision) },
    items,
  }
  return x.answer(200, body)
}
