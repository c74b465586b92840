/**
 * Semantic equality of API values (apimachinery's equality.Semantic): key order does not matter, an absent list equals an empty one.
 */
import { type FieldError, invalid } from '../../api/errors.ts'

const nothing = (value: unknown): boolean => value === undefined || value === null || (Array.isArray(value) && value.length === 0)

export function same(a: unknown, b: unknown): boolean {
  if (a === b || (nothing(a) && nothing(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]))
  const left = a as Readonly<Record<string, unknown>>
  const right = b as Readonly<Record<string, unknown>>
  for (const key of Object.keys(left)) if (!same(left[key], right[key])) return false
  for (const key of Object.keys(right)) if (!(key in left) && !nothing(right[key])) return false
  return true
}

/** `field is immutable` when the value has changed. */
export const immutable = (next: unknown, previous: unknown, path: string): FieldError[] =>
  same(next, previous) ? [] : [invalid(path, next ?? null, 'field is immutable')]
