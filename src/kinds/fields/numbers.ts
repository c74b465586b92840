/**
 * Checks of numbers and percentages that many kinds share, worded as the API's own validation words them.
 */
import { type FieldError, invalid } from '../../api/errors.ts'
import { percentErrors } from '../../api/names.ts'

export const nonNegative = (value: number | undefined, path: string): FieldError[] =>
  value !== undefined && value !== null && value < 0 ? [invalid(path, value, 'must be greater than or equal to 0')] : []

export const positive = (value: number, path: string): FieldError[] => (value <= 0 ? [invalid(path, value, 'must be greater than 0')] : [])

type IntOrPercent = number | string

/** A whole number that is not negative, or a percentage such as `25%`. */
export function intOrPercent(value: IntOrPercent | undefined, path: string): FieldError[] {
  if (value === undefined || value === null) return []
  return typeof value === 'number' ? nonNegative(value, path) : percentErrors(value).map((m) => invalid(path, value, m))
}

/** The number in it: `25` of `25%` and of `"25"`; 0 for what is no number. */
export function intOrPercentNumber(value: IntOrPercent | undefined): number {
  if (typeof value === 'number') return value
  return value && (percentErrors(value).length === 0 || /^[+-]?\d+$/.test(value)) ? Number.parseInt(value, 10) : 0
}

export const notMoreThan100Percent = (value: IntOrPercent | undefined, path: string): FieldError[] =>
  typeof value === 'string' && percentErrors(value).length === 0 && intOrPercentNumber(value) > 100
    ? [invalid(path, value, 'must not be greater than 100%')]
    : []
