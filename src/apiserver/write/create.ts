/**
 * Creating an object: decode, default, admit, complete, validate, admit again, persist (apiserver's generic registry Store.Create).
 */
import { ApiError, errors } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { deepFreeze, dropKey } from '../../api/walk.ts'
import { checkObjectEscalation } from '../authorization/escalation.ts'
import type { ApiAnswer } from '../contract.ts'
import { decodeBody } from '../decode-body.ts'
import type { Exchange } from '../exchange.ts'
import { trackCreate } from '../managed-fields.ts'
import { admissionRequest } from './admit.ts'
import { drawIdentity, type Identity } from './identity.ts'
import { persist } from './persist.ts'
import { validateNew } from './validation.ts'

/** The namespace of the object and of the path must agree; what stands in no namespace loses the one it names. */
export function settleNamespace(x: Exchange, object: ApiObject): void {
  if (!x.kind.namespaced) {
    dropKey(object.metadata, 'namespace')
    return
  }
  const namespace = x.request.namespace
  if (!object.metadata.namespace) {
    if (namespace === undefined) throw errors.badRequest('namespace is required')
    object.metadata.namespace = namespace
  } else if (object.metadata.namespace !== namespace) {
    throw errors.badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function complete(x: Exchange, object: ApiObject, identity: Identity): void {
  const { metadata } = object
  metadata.name = identity.name
  metadata.uid = identity.uid
  metadata.creationTimestamp = formatTime(x.nowMs)
  dropKey(metadata, 'deletionTimestamp')
  dropKey(metadata, 'deletionGracePeriodSeconds')
  if (x.stored.generation) metadata.generation = 1
  else dropKey(metadata, 'generation')
}

function refuseRevision(object: ApiObject): void {
  const revision = object.metadata.resourceVersion
  if (revision !== undefined && revision !== '') {
    const message = 'resourceVersion should not be set on objects to be created'
    throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })
  }
  dropKey(object.metadata, 'resourceVersion')
}

/** Takes a decoded, defaulted object of the stored kind (mutable, given away) through to the store. */
export function createDecoded(x: Exchange, object: ApiObject): ApiObject {
  settleNamespace(x, object)
  if (!object.metadata.name && !object.metadata.generateName) object.metadata.name = ''
  const identity = drawIdentity(x, object.metadata.namespace, object.metadata.name ?? '', object.metadata.generateName)
  trackCreate(x, object)
  const { drawKey } = identity
  const request = admissionRequest(x, 'CREATE', { object, drawKey, subresource: undefined, name: object.metadata.name ?? '' })
  x.server.admission.run('mutate', request)
  const named = object.metadata.name || object.metadata.generateName
  complete(x, object, named ? identity : { ...identity, name: '' })
  x.stored.prepareForCreate?.(object, x)
  validateNew(x, object)
  checkObjectEscalation(x, object, undefined)
  request.name = object.metadata.name
  x.server.admission.run('validate', request)
  if (x.server.store.get(x.resource, object.metadata.namespace, object.metadata.name) !== undefined) {
    throw errors.alreadyExists(x.kind.group, x.kind.resource, object.metadata.name)
  }
  refuseRevision(object)
  return x.dryRun ? deepFreeze(object) : persist(x, object)
}

export function createObject(x: Exchange): ApiAnswer {
  const object = decodeBody(x)
  if (x.request.name && object.metadata.name && object.metadata.name !== x.request.name) {
    throw errors.badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${x.request.name})`)
  }
  return x.answer(201, x.fromStored(createDecoded(x, object)))
}
