/**
 * All that is wrong with an object about to be written: metadata by the shared rules, the rest by its kind.
 */
import { errors, type FieldError, fieldErrorText } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { type NameCheck, nameIsDns1123Subdomain } from '../../api/names.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from '../../api/names-meta.ts'
import type { Exchange } from '../exchange.ts'

function once(list: readonly FieldError[]): readonly FieldError[] {
  if (list.length < 2) return list
  const seen = new Set<string>()
  return list.filter((e) => {
    const text = fieldErrorText(e)
    return seen.has(text) ? false : seen.add(text)
  })
}

/** What was given empty is shown so, not as missing. */
function asGiven(x: Exchange, error: FieldError): FieldError {
  const given = error.value === undefined || error.value === null ? x.empties?.get(error.field) : undefined
  return given === undefined ? error : { ...error, value: given }
}

export function refuse(x: Exchange, name: string, found: readonly FieldError[]): void {
  if (found.length === 0) return
  const told = found.map((e) => asGiven(x, e))
  throw errors.invalid(x.kind.group, x.kind.kind, name, once(told))
}

export function validateNew(x: Exchange, object: ApiObject): void {
  const nameFn = (x.stored.nameRule as NameCheck | undefined) ?? nameIsDns1123Subdomain
  const found = validateObjectMeta(object.metadata, {
    namespaced: x.stored.namespaced,
    nameFn,
    ...(x.stored.anyFinalizer && { anyFinalizer: true }),
  })
  refuse(x, object.metadata.name, found.concat(x.stored.validate?.(object, x) ?? []))
  tellWarnings(x, object, undefined)
}

/** `how`: a status update is judged by validateStatusUpdate alone. */
export function validateChange(x: Exchange, next: ApiObject, previous: ApiObject, how: 'main' | 'status' | 'part'): void {
  const found: FieldError[] =
    next.metadata === previous.metadata ? [] : validateObjectMetaUpdate(next.metadata, previous.metadata, x.stored.anyFinalizer)
  if (how === 'status') found.push(...(x.stored.validateStatusUpdate?.(next, previous, x) ?? []))
  else {
    found.push(...(x.stored.validate?.(next, x) ?? []))
    if (how === 'main') found.push(...(x.stored.validateUpdate?.(next, previous, x) ?? []))
  }
  refuse(x, previous.metadata.name, found)
  if (how === 'main') tellWarnings(x, next, previous)
}

/** The cluster's own parts do not read warnings. */
function tellWarnings(x: Exchange, object: ApiObject, previous: ApiObject | undefined): void {
  if (x.internal) return
  for (const text of x.stored.warnings?.(object, previous) ?? []) x.warn(text)
}
