/**
 * JSON patches (RFC 6902): fast-json-patch does the work, the errors are those of the API server.
 */
import jsonPatch, { type Operation } from 'fast-json-patch'
import { ApiError, errors } from '../errors.ts'
import { cloneJson, getPath, isRecord } from '../walk.ts'

const MAX_OPERATIONS = 10_000
/** What all copies of a patch may add up to (the API server's JSONPatchMaxCopyBytes): copies of copies double. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024
const verbs = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

/** A failed `test` or a missing path: the API server tells neither which nor why. */
const rejected = (): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  })

function checkOperations(patch: unknown): asserts patch is Operation[] {
  const wrong = (found: string, type: string): never => {
    throw errors.badRequest(`error decoding patch: json: cannot unmarshal ${found} into Go ${type}`)
  }
  if (!Array.isArray(patch)) return wrong(kindOf(patch), 'value of type []handlers.jsonPatchOp')
  for (const operation of patch) {
    if (!isRecord(operation)) return wrong(kindOf(operation), 'value of type handlers.jsonPatchOp')
    for (const field of ['op', 'from', 'path']) {
      const value = operation[field]
      if (value !== undefined && value !== null && typeof value !== 'string')
        wrong(kindOf(value), `struct field jsonPatchOp.${field} of type string`)
    }
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`
    throw new ApiError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason: 'RequestEntityTooLarge',
      code: 413,
    })
  }
}

/** Malformed operations fail like those that do not fit. */
function check(operation: Operation): void {
  const { op, path } = operation as { op: string; path: unknown }
  if (!verbs.has(op) || typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw rejected()
  if ((op === 'add' || op === 'replace' || op === 'test') && (operation as { value?: unknown }).value === undefined) throw rejected()
  if (op !== 'move' && op !== 'copy') return
  const { from } = operation as { from?: unknown }
  // Nothing can be moved into itself (RFC 6902, 4.4).
  if (typeof from !== 'string' || (op === 'move' && path.startsWith(`${from}/`))) throw rejected()
}

const pointer = (text: string): string[] =>
  text === ''
    ? []
    : text
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The API server's `replace` of a field that is not there adds it, as long as its object is. */
function lenientReplace(document: unknown, operation: Operation): Operation {
  if (operation.op !== 'replace' || operation.path === '') return operation
  return isRecord(getPath(document, pointer(operation.path).slice(0, -1))) ? { ...operation, op: 'add' } : operation
}

/** What an operation takes must be there, and so must the parent of what it puts; fast-json-patch does not ask. */
function checkPlaces(document: unknown, operation: Operation): void {
  const { op, path } = operation
  const taken = op === 'move' || op === 'copy' ? operation.from : op === 'remove' || op === 'replace' ? path : undefined
  if (taken !== undefined && getPath(document, pointer(taken)) === undefined) throw rejected()
  const steps = pointer(path)
  const parent = steps.length === 0 ? undefined : getPath(document, steps.slice(0, -1))
  if (steps.length > 0 && (typeof parent !== 'object' || parent === null)) throw rejected()
}

/** A new document. Throws ApiError: 400 for what is no JSON patch, 422 for one that does not fit the document. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  checkOperations(patch)
  let at: unknown = cloneJson(document)
  let copied = 0
  for (const operation of patch) {
    check(operation)
    const fitted = lenientReplace(at, operation)
    checkPlaces(at, fitted)
    if (fitted.op === 'copy') copied += JSON.stringify(getPath(at, pointer(fitted.from))).length
    if (copied > MAX_COPIED_BYTES) throw rejected()
    try {
      at = jsonPatch.applyOperation(at, cloneJson(fitted), true, true, true).newDocument
    } catch (e) {
      if (e instanceof jsonPatch.JsonPatchError || e instanceof TypeError) throw rejected()
      throw e
    }
  }
  return at
}
