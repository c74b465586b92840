/** How mutating policies and webhooks change the object of a request: patches as they word their failures, and the result taken in. */
import { decodeObject } from '../../../api/decode.ts'
import { isApiError } from '../../../api/errors.ts'
import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { applyJsonPatch } from '../../../api/patch/json.ts'
import { applyDefaults } from '../../../api/prune.ts'
import { cloneJson, deepEqual, isRecord } from '../../../api/walk.ts'
import type { AdmissionRequest } from '../contract.ts'
import { apiVersionOfKind } from './facts.ts'

/** A `test` that does not hold: the patch is not applied, which is no failure to some. */
export class TestFailed extends Error {}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

function isThere(document: unknown, path: string): boolean {
  let at = document
  for (const part of path.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) at = at[Number(key)]
    else if (isRecord(at) && Object.hasOwn(at, key)) at = at[key]
    else return false
    if (at === undefined) return false
  }
  return true
}

/** As the library evanphx/json-patch says it. */
function fault(document: unknown, operation: Record<string, unknown>): Error {
  const op = String(operation['op'] ?? '')
  const path = String(operation['path'] ?? '')
  const from = String(operation['from'] ?? '')
  const key = path.slice(path.lastIndexOf('/') + 1)
  const parent = isThere(document, parentOf(path))
  switch (op) {
    case 'test':
      return new TestFailed(`testing value ${path} failed: test failed`)
    case 'add':
      return new Error(
        parent
          ? `error in add for path: '${path}': Unable to access invalid index: ${key}: invalid index referenced`
          : `add operation does not apply: doc is missing path: "${path}": missing value`,
      )
    case 'remove':
      return new Error(
        parent
          ? `error in remove for path: '${path}': Unable to remove nonexistent key: ${key}: missing value`
          : `remove operation does not apply: doc is missing path: "${path}": missing value`,
      )
    case 'replace':
      return new Error(`replace operation does not apply: doc is missing ${parent ? 'key' : 'path'}: ${path}: missing value`)
    case 'move':
    case 'copy':
      return new Error(`${op} operation does not apply: doc is missing from path: ${from}: missing value`)
    default:
      return new Error(`Unexpected kind: ${op}`)
  }
}

/** The document with the operations applied one by one. Throws Error, or TestFailed. */
export function jsonPatched(document: unknown, operations: readonly unknown[]): unknown {
  let current = document
  for (const operation of operations) {
    try {
      current = applyJsonPatch(current, [operation])
    } catch (e) {
      if (!isApiError(e)) throw e
      throw fault(current, isRecord(operation) ? operation : {})
    }
  }
  return current
}

/**
 * Puts `document`, in the version that was matched, in the place of the request's object: decoded, defaulted, stored. Tells whether
 * anything changed. Throws ApiError when it is no such object.
 */
export function takeIn(r: AdmissionRequest, matched: KindDefinition, document: unknown): boolean {
  const object = r.object!
  const { kind, version, schema } = matched
  const typed = !r.server.registry.isCustom(matched)
  const decoded = decodeObject<ApiObject>(document, schema, { kind, version, typed, fieldValidation: 'Ignore' }).object
  if (!typed && isRecord(document)) decoded.metadata = cloneJson(document['metadata']) as ApiObject['metadata']
  decoded.apiVersion = apiVersionOfKind(matched)
  decoded.kind = kind
  applyDefaults(decoded, schema)
  matched.setDefaults?.(decoded)
  const stored = matched.storedAs === undefined ? decoded : matched.storedAs.toStored(decoded)
  if (deepEqual(stored, object)) return false
  for (const key of Object.keys(object)) delete (object as Record<string, unknown>)[key]
  Object.assign(object, stored)
  return true
}
