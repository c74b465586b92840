/** What a family of template functions is made from: the rendering it serves. */
import type { TemplateFunction } from '../template/execute.ts'
import type { Budget } from '../template/values.ts'

export type Functions = Readonly<Record<string, TemplateFunction>>

export interface FunctionWorld {
  readonly budget: Budget
  /** Virtual time, ms since 1970. */
  now(): number
  /** The next draw of this rendering, in [0, 1). */
  random(): number
}

export const fn = (args: string, call: TemplateFunction['call']): TemplateFunction => ({ args, call })

/** Go's cast of anything to an int; what is no number is 0. */
export function toInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'string' && /^[+-]?\d+(?:\.0*)?$/.test(value.trim()))
    return BigInt(value.trim().replace(/^\+/, '').replace(/\.0*$/, ''))
  return 0n
}

export function toFloat(value: unknown): number {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  return Number.isNaN(n) ? 0 : n
}

/** An int that counts things; throws where it would be absurd. */
export function toCount(value: unknown): number {
  const n = Number(toInt(value))
  if (n > 10_000_000) throw new Error(`${n} is more than the lab makes of anything`)
  return n
}
