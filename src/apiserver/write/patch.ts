/**
 * PATCH in its four forms. Whatever the form, the outcome is decoded and written like an update; a server-side apply may also create.
 */
import { ApiError, errors, isApiError, required } from '../../api/errors.ts'
import { type ApiObject, apiVersionOf } from '../../api/meta.ts'
import { invalidPatch } from '../../api/patch/invalid-patch.ts'
import { applyJsonPatch } from '../../api/patch/json.ts'
import { applyMergePatch } from '../../api/patch/merge.ts'
import { applyStrategicPatch } from '../../api/patch/strategic.ts'
import { typedErrors } from '../../api/patch/typed-errors.ts'
import type { Schema } from '../../api/schema.ts'
import { cloneJson, isRecord } from '../../api/walk.ts'
import type { ApiAnswer } from '../contract.ts'
import { checkTypeMeta, decodeAs, setDefaults } from '../decode-body.ts'
import type { Exchange } from '../exchange.ts'
import { applyTo } from '../managed-fields.ts'
import { show } from '../read/list.ts'
import { createDecoded, settleNamespace } from './create.ts'
import { checkName, existing, replaceObject } from './update.ts'

const customTypes = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'

/** The document that the request's patch makes of `current` (any form but apply). */
export function patchDocument(x: Exchange, current: ApiObject, schema: Schema): ApiObject {
  const { patchType, body } = x.request
  if (patchType === 'json') return applyJsonPatch(current, body) as ApiObject
  if (!isRecord(body)) {
    const got = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body
    throw errors.badRequest(`json: cannot unmarshal ${got} into Go value of type map[string]interface {}`)
  }
  if (patchType === 'merge') return applyMergePatch(current, body) as ApiObject
  if (patchType !== 'strategic') throw errors.unsupportedMediaType('415: Unsupported Media Type')
  if (x.server.registry.isCustom(x.kind)) {
    throw errors.unsupportedMediaType(`the body of the request was in an unknown format - accepted media types include: ${customTypes}`)
  }
  return applyStrategicPatch(current, body, schema)
}

/** What a decoder says, without the words about the kind that a create or update puts before it. */
function bareReason(x: Exchange, message: string): string {
  return message.replace(`${x.kind.kind} in version ${JSON.stringify(x.kind.version)} cannot be handled as a ${x.kind.kind}: `, '')
}

/** A failure that upstream gives no reason of its own. */
const unnamed = (message: string): ApiError =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })

/** A document that is no object of the kind makes the patch invalid. */
function decodePatched(x: Exchange, patched: ApiObject): ApiObject {
  const { patchType, body } = x.request
  const strategic = patchType === 'strategic'
  try {
    // What a strategic patch says of the kind is not read: its outcome goes into the kind at hand.
    if (strategic)
      return decodeAs(x, { ...patched, apiVersion: apiVersionOf(x.kind.group, x.kind.version), kind: x.kind.kind }, 'unstructured')
    return decodeAs(x, patched)
  } catch (e) {
    if (!isApiError(e, 'BadRequest')) throw e
    throw invalidPatch(patchType ?? 'merge', body, patched, bareReason(x, e.message))
  }
}

/** The patched object, decoded and defaulted, of the stored kind. */
export function patchedObject(x: Exchange, previous: ApiObject): ApiObject {
  const patched = patchDocument(x, x.fromStored(previous), x.kind.schema)
  const object = x.internal ? cloneJson(patched) : decodePatched(x, patched)
  settleNamespace(x, object)
  checkName(x, object)
  setDefaults(x, object)
  return x.toStored(object)
}

/** An apply's manager must be named. */
function requireManager(x: Exchange): string {
  const manager = x.request.query?.fieldManager
  if (!manager) throw errors.invalid('meta.k8s.io', 'PatchOptions', '', [required('fieldManager', 'is required for apply patch')])
  return manager
}

/** An apply is held against the schema before anything reads it as the kind; what fails there is answered as the server's own fault. */
function decodeApplied(x: Exchange, given: ApiObject): ApiObject {
  const { kind } = x
  const kindText = `${apiVersionOf(kind.group, kind.version)}, Kind=${kind.kind}`
  const what = `${given.metadata.namespace ?? ''}/${given.metadata.name}; ${kindText}`
  const wrong = typedErrors(given, kind.schema)
  if (wrong !== undefined) throw unnamed(`failed to create typed patch object (${what}): ${wrong}`)
  try {
    return decodeAs(x, given, 'unstructured')
  } catch (e) {
    if (!isApiError(e, 'BadRequest')) throw e
    const version = apiVersionOf(kind.group, kind.version)
    const why = bareReason(x, e.message)
    throw unnamed(
      `failed to convert new object (${what}) to proper version (${version}): unable to convert unstructured object to ${kindText}: ${why}`,
    )
  }
}

/** What the request applies, checked to be of this kind and name. */
function appliedConfiguration(x: Exchange): ApiObject {
  const { body } = x.request
  if (!isRecord(body)) throw errors.badRequest('error decoding YAML: the body is not an object')
  checkTypeMeta(body)
  const given = cloneJson(body) as unknown as ApiObject
  const expected = apiVersionOf(x.kind.group, x.kind.version)
  if (given.apiVersion !== expected || given.kind !== x.kind.kind) {
    throw errors.badRequest(
      `Incorrect version or kind specified in apply patch. Specified patch: ${given.apiVersion}, ${given.kind}; expected: ${expected}, ${x.kind.kind}`,
    )
  }
  given.metadata ??= { name: x.request.name ?? '' }
  if (isRecord(given.metadata)) given.metadata.name ||= x.request.name ?? ''
  if (given.metadata.managedFields?.length) throw errors.badRequest('metadata.managedFields must be nil')
  return decodeApplied(x, given)
}

/** Server-side apply: merges what the manager applies into the live object, or creates it. */
function applyObject(x: Exchange): ApiAnswer {
  requireManager(x)
  const configuration = appliedConfiguration(x)
  checkName(x, configuration)
  settleNamespace(x, configuration)
  const previous = x.server.store.get(x.resource, x.namespace, configuration.metadata.name)
  if (previous === undefined) x.server.authorizer.check(x, 'create')
  const live = previous === undefined ? undefined : x.fromStored(previous)
  const merged = applyTo(x, live, configuration)
  const object = x.internal ? cloneJson(merged) : decodeAs(x, merged)
  setDefaults(x, object)
  const stored = x.toStored(object)
  return previous === undefined ? show(x, 201, createDecoded(x, stored)) : show(x, 200, replaceObject(x, previous, stored, 'main'))
}

export function patchObject(x: Exchange): ApiAnswer {
  if (x.request.patchType === 'apply') return applyObject(x)
  const previous = existing(x)
  return show(x, 200, replaceObject(x, previous, patchedObject(x, previous), 'main'))
}
