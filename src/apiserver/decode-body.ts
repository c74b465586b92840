/**
 * From a request's body to a private, mutable, defaulted object of the stored kind.
 */
import { decodeObject } from '../api/decode.ts'
import { objectMetaSchema } from '../api/definitions.ts'
import { errors } from '../api/errors.ts'
import type { KindDefinition } from '../api/kind.ts'
import { type ApiObject, apiVersionOf, groupOf, versionOf } from '../api/meta.ts'
import { applyDefaults } from '../api/prune.ts'
import { cloneJson, isRecord, jsonKind } from '../api/walk.ts'
import type { Exchange } from './exchange.ts'

const internalTypeOf = (kind: KindDefinition): string => `${kind.group === '' ? 'core' : kind.group.split('.')[0]}.${kind.kind}`

/** What an object says it is must be said in strings. */
export function checkTypeMeta(body: Record<string, unknown>): void {
  for (const field of ['apiVersion', 'kind']) {
    const value = body[field]
    if (value === undefined || value === null || typeof value === 'string') continue
    throw errors.badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${jsonKind(value)} into Go struct field .${field} of type string`,
    )
  }
}

function checkKind(x: Exchange, body: Record<string, unknown>): void {
  const { kind } = x
  const expected = apiVersionOf(kind.group, kind.version)
  checkTypeMeta(body)
  if (body['kind'] === undefined && body['apiVersion'] === undefined) return
  const apiVersion = String(body['apiVersion'] ?? '')
  if (body['kind'] === kind.kind && apiVersion === expected) return
  if (body['kind'] === kind.kind && groupOf(apiVersion) === kind.group) {
    throw errors.badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${expected})`)
  }
  const version = versionOf(apiVersion)
  throw errors.badRequest(
    `${String(body['kind'])} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: converting (${version}.${String(body['kind'])}) to (${internalTypeOf(kind)}): unknown conversion`,
  )
}

/** Schema defaults, then the kind's own. `object` is mutable. */
export function setDefaults(x: Exchange, object: ApiObject): void {
  applyDefaults(object, x.kind.schema)
  x.kind.setDefaults?.(object)
}

/** Metadata of custom objects is typed like everybody's, whatever their own schema leaves open. */
function decodeMetadata(x: Exchange, body: Record<string, unknown>): ApiObject['metadata'] {
  const schema = { type: 'object', properties: { metadata: objectMetaSchema() } } as const
  const options = { kind: x.kind.kind, version: x.kind.version, fieldValidation: 'Ignore' } as const
  return decodeObject<ApiObject>({ metadata: body['metadata'] ?? {} }, schema, options).object.metadata
}

/** Decodes any document as the requested kind; unknown fields are refused, warned of or dropped as the query asks. */
export function decodeAs(x: Exchange, body: unknown, wording: 'json' | 'unstructured' = 'json'): ApiObject {
  const { kind } = x
  if (!isRecord(body)) throw errors.badRequest(`the object provided is unrecognized (must be of type ${kind.kind})`)
  checkKind(x, body)
  const typed = !x.server.registry.isCustom(kind)
  const { object, warnings, empties } = decodeObject<ApiObject>(body, kind.schema, {
    kind: kind.kind,
    version: kind.version,
    typed,
    wording,
    ...(x.request.query?.fieldValidation && { fieldValidation: x.request.query.fieldValidation }),
    ...(x.request.duplicateFields && { duplicates: x.request.duplicateFields }),
  })
  for (const text of warnings) x.warn(text)
  x.empties = empties
  if (!typed) object.metadata = decodeMetadata(x, body)
  object.apiVersion = apiVersionOf(kind.group, kind.version)
  object.kind = kind.kind
  object.metadata ??= { name: '' }
  return object
}

/** The request's body as a mutable, defaulted object of the stored kind. */
export function decodeBody(x: Exchange): ApiObject {
  let object: ApiObject
  if (x.internal) {
    object = (x.request.given ? x.request.body : cloneJson(x.request.body)) as ApiObject
    object.apiVersion ??= apiVersionOf(x.kind.group, x.kind.version)
    object.kind ??= x.kind.kind
  } else object = decodeAs(x, x.request.body)
  setDefaults(x, object)
  return x.toStored(object)
}
