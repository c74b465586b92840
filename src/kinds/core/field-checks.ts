/**
 * Paths and checks that the validation of core kinds shares, worded as upstream's field errors are.
 */
import { type FieldError, forbidden, invalid, required } from '../../api/errors.ts'
import { messagesToErrors } from '../../api/names-meta.ts'
import { quantitySign } from '../../api/quantity.ts'

/** Errors of one field from the messages of a name check. */
export const checked = messagesToErrors

/** Unsupported value, with the supported ones in the order given (upstream sorts only what it keeps as a set). */
export const unsupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'NotSupported',
  field,
  value,
  detail: `supported values: ${supported.map((v) => JSON.stringify(v)).join(', ')}`,
})

/** One of a set: required when empty, unsupported (sorted) when unknown. */
export function oneOf(value: string | undefined, path: string, supported: readonly string[]): FieldError[] {
  if (!value) return [required(path)]
  return supported.includes(value) ? [] : [unsupported(path, value, [...supported].sort())]
}

/** One of a list that upstream names in its own order; an empty value is required. */
export function oneOfOrdered(value: string | undefined, path: string, supported: readonly string[]): FieldError[] {
  if (!value) return [required(path)]
  return supported.includes(value) ? [] : [unsupported(path, value, supported)]
}

/** Only when given. */
export const optionalOneOf = (value: string | undefined, path: string, supported: readonly string[]): FieldError[] =>
  value === undefined || value === null || supported.includes(value) ? [] : [unsupported(path, value, [...supported].sort())]

/** Whether what waits may push others off, in pods and PriorityClasses; an empty value is required. */
export const preemptionPolicyErrors = (policy: string | undefined, path: string): FieldError[] =>
  policy === undefined || policy === null ? [] : oneOfOrdered(policy, path, ['PreemptLowerPriority', 'Never'])

export const nonNegativeQuantity = (value: string, path: string): FieldError[] =>
  quantitySign(value) < 0 ? [invalid(path, value, 'must be greater than or equal to 0')] : []

export const positiveQuantity = (value: string, path: string): FieldError[] =>
  quantitySign(value) <= 0 ? [invalid(path, value, 'must be greater than zero')] : []

/** Files' modes: 0 to 0777. */
export const fileMode = (mode: number | undefined, path: string): FieldError[] =>
  mode !== undefined && mode !== null && (mode < 0 || mode > 0o777)
    ? [invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
    : []

export const noBacksteps = (target: string, path: string): FieldError[] =>
  target.split('/').includes('..') ? [invalid(path, target, "must not contain '..'")] : []

/** A path below some directory: relative, never upwards. */
export const descendingPath = (target: string, path: string): FieldError[] => [
  ...(target.startsWith('/') ? [invalid(path, target, 'must be a relative path')] : []),
  ...noBacksteps(target, path),
]

/** As above, and no name that starts with two dots (the kubelet's own links do). */
export const unreservedPath = (target: string, path: string): FieldError[] => {
  const found = descendingPath(target, path)
  if (target.startsWith('..') && !target.startsWith('../') && target !== '..') found.push(invalid(path, target, "must not start with '..'"))
  return found
}

export const setOnly = (value: unknown, path: string, why: string): FieldError[] =>
  value === undefined || value === null ? [] : [forbidden(path, why)]

export const sortedKeys = (map: object | undefined | null): string[] => Object.keys(map ?? {}).sort()
