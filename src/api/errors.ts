/**
 * Failures as the API speaks of them: `Status` objects, field errors, and the one exception that carries a Status.
 * Wording follows k8s.io/apimachinery's field and errors packages (facts, restated).
 */

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}

export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: { name?: string; group?: string; kind?: string; uid?: string; causes?: StatusCause[]; retryAfterSeconds?: number }
  code?: number
}

/** Thrown inside the API path; caught only by the reconcile loop, the verb runner and the HTTP adapter. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(readonly status: Status) {
    super(status.message ?? status.reason ?? 'API error')
  }
}

export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'NotSupported'
  | 'Duplicate'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'NotFound'
  | 'TypeInvalid'
  | 'Internal'

/** One thing wrong with one field; validation returns all of them, never only the first. */
export interface FieldError {
  readonly type: FieldErrorType
  /** `spec.containers[0].image`, `metadata.labels`, `data[key]`; '' for the object itself. */
  readonly field: string
  readonly value?: unknown
  readonly detail: string
  /** The value is left out of the message: it says nothing, or too much. */
  readonly untold?: true
}

export const required = (field: string, detail = ''): FieldError => ({ type: 'Required', field, detail })
export const invalid = (field: string, value: unknown, detail: string): FieldError => ({ type: 'Invalid', field, value, detail })
/** Invalid, without showing the value. */
export const invalidWhole = (field: string, detail: string): FieldError => ({ type: 'Invalid', field, detail, untold: true })
export const forbidden = (field: string, detail: string): FieldError => ({ type: 'Forbidden', field, detail })
export const duplicate = (field: string, value: unknown): FieldError => ({ type: 'Duplicate', field, value, detail: '' })
export const notFound = (field: string, value: unknown): FieldError => ({ type: 'NotFound', field, value, detail: '' })
export const tooLong = (field: string, _value: unknown, maxBytes: number): FieldError => ({
  type: 'TooLong',
  field,
  detail: `may not be more than ${maxBytes} bytes`,
})
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  type: 'TooMany',
  field,
  value: actual,
  detail: `must have at most ${max} items`,
})
export const typeInvalid = (field: string, value: unknown, detail: string): FieldError => ({ type: 'TypeInvalid', field, value, detail })

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'NotSupported',
  field,
  value,
  detail:
    supported.length === 0
      ? ''
      : `supported values: ${[...supported]
          .sort()
          .map((v) => JSON.stringify(v))
          .join(', ')}`,
})

const typeText: Record<FieldErrorType, string> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  NotSupported: 'Unsupported value',
  Duplicate: 'Duplicate value',
  Forbidden: 'Forbidden',
  TooLong: 'Too long',
  TooMany: 'Too many',
  NotFound: 'Not found',
  TypeInvalid: 'Invalid value',
  Internal: 'Internal error',
}

const causeReason: Record<FieldErrorType, string> = {
  Required: 'FieldValueRequired',
  Invalid: 'FieldValueInvalid',
  NotSupported: 'FieldValueNotSupported',
  Duplicate: 'FieldValueDuplicate',
  Forbidden: 'FieldValueForbidden',
  TooLong: 'FieldValueTooLong',
  TooMany: 'FieldValueTooMany',
  NotFound: 'FieldValueNotFound',
  TypeInvalid: 'FieldValueTypeInvalid',
  Internal: 'InternalError',
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  return typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value)
}

/** `Invalid value: "x": must be …`, the part of a field error after its field. */
export function fieldErrorBody(e: FieldError): string {
  const head = typeText[e.type]
  const bare = e.untold === true || e.type === 'Required' || e.type === 'Forbidden' || e.type === 'TooLong' || e.type === 'Internal'
  const body = bare ? head : `${head}: ${valueText(e.value)}`
  return e.detail === '' ? body : `${body}: ${e.detail}`
}

export const fieldErrorText = (e: FieldError): string => `${e.field === '' ? '<nil>' : e.field}: ${fieldErrorBody(e)}`

/** Several errors as the API server joins them: `[a, b]`, duplicates once. */
export function aggregateText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))]
  return texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`
}

function failure(code: number, reason: string, message: string, details?: Status['details']): ApiError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  if (details) status.details = details
  return new ApiError(status)
}

/** A resource as errors name it: `pods`, or `deployments.apps` with its group. */
export const qualifiedResource = (resource: string, group: string): string => (group === '' ? resource : `${resource}.${group}`)

const named = (name: string, group: string, resource: string): NonNullable<Status['details']> => {
  const details: NonNullable<Status['details']> = {}
  if (name) details.name = name
  if (group) details.group = group
  if (resource) details.kind = resource
  return details
}

export const errors = {
  notFound: (group: string, resource: string, name: string): ApiError =>
    failure(404, 'NotFound', `${qualifiedResource(resource, group)} "${name}" not found`, named(name, group, resource)),
  alreadyExists: (group: string, resource: string, name: string): ApiError =>
    failure(409, 'AlreadyExists', `${qualifiedResource(resource, group)} "${name}" already exists`, named(name, group, resource)),
  conflict: (group: string, resource: string, name: string, why: string): ApiError =>
    failure(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualifiedResource(resource, group)} "${name}": ${why}`,
      named(name, group, resource),
    ),
  forbidden: (group: string, resource: string, name: string, why: string): ApiError => {
    const subject =
      name === '' ? `${qualifiedResource(resource, group)} is forbidden` : `${qualifiedResource(resource, group)} "${name}" is forbidden`
    return failure(403, 'Forbidden', why === '' ? subject : `${subject}: ${why}`, named(name, group, resource))
  },
  invalid: (group: string, kind: string, name: string, list: readonly FieldError[]): ApiError => {
    const qualified = group === '' ? kind : `${kind}.${group}`
    const details: NonNullable<Status['details']> = {
      ...(name && { name }),
      kind,
      causes: list.map((e) => ({ reason: causeReason[e.type], message: fieldErrorBody(e), field: e.field === '' ? '<nil>' : e.field })),
    }
    if (group) details.group = group
    return failure(422, 'Invalid', `${qualified} "${name}" is invalid: ${aggregateText(list)}`, details)
  },
  badRequest: (message: string): ApiError => failure(400, 'BadRequest', message),
  methodNotAllowed: (group: string, resource: string, verb: string): ApiError =>
    failure(
      405,
      'MethodNotAllowed',
      `${verb} is not supported on resources of kind "${qualifiedResource(resource, group)}"`,
      named('', group, resource),
    ),
  /** No such path: an unknown resource or subresource. */
  pageNotFound: (): ApiError => failure(404, 'NotFound', 'the server could not find the requested resource', {}),
  gone: (message: string): ApiError => failure(410, 'Expired', message),
  unauthorized: (): ApiError => failure(401, 'Unauthorized', 'Unauthorized'),
  tooManyRequests: (message: string, causes: StatusCause[] = []): ApiError =>
    failure(429, 'TooManyRequests', message, causes.length ? { causes } : {}),
  unsupportedMediaType: (message: string): ApiError => failure(415, 'UnsupportedMediaType', message),
  internalError: (message: string): ApiError =>
    failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }),
  serviceUnavailable: (message: string): ApiError => failure(503, 'ServiceUnavailable', message),
}

export const isApiError = (e: unknown, reason?: string): e is ApiError =>
  e instanceof ApiError && (reason === undefined || e.status.reason === reason)
