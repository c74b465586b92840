/**
 * IntOrString values: ports by number or name, counts or percentages (apimachinery's util/intstr).
 */
import { percentErrors } from './names.ts'

export type IntOrString = number | string

export const isPercent = (value: IntOrString | undefined): value is string => typeof value === 'string' && percentErrors(value).length === 0

/** A percentage of `total`, rounded as told, or the number itself; undefined for text that is neither. */
export function scaledValue(value: IntOrString, total: number, roundUp: boolean): number | undefined {
  if (typeof value === 'number') return value
  if (!isPercent(value)) return undefined
  const exact = (Number(value.slice(0, -1)) * total) / 100
  return roundUp ? Math.ceil(exact) : Math.floor(exact)
}

/** The number it is or spells, as IntValue() reads it; 0 for other text. */
export function intValue(value: IntOrString): number {
  if (typeof value === 'number') return value
  return /^[+-]?\d+$/.test(value) ? Number(value) : 0
}
