/** Durations and shares as level files write them: `30s`, `3m`, `1h`, `250ms`; `">=0.999"`. */
import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

export function durationMs(text: string): number | undefined {
  const m = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  return m ? Math.round(Number(m[1]) * UNITS[m[2]!]!) : undefined
}

/** What is said of a text or a number that is no duration. */
function durationProblem({ input }: { readonly input?: unknown }): string | undefined {
  if (input === undefined) return undefined
  const meant = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(input))
  const unit =
    meant === null
      ? undefined
      : meant[2] === ''
        ? 's'
        : /^(?:ms|milli)/i.exec(meant[2]!)
          ? 'ms'
          : /^[smh]/i.exec(meant[2]!)?.[0].toLowerCase()
  return `a duration such as 30s, 3m or 250ms is needed${unit === undefined ? '' : `; did you mean ${meant![1]}${unit}?`}`
}

/** Milliseconds. */
export const duration = z.string({ error: durationProblem }).regex(/^\d+(\.\d+)?(ms|s|m|h)$/, { error: durationProblem })

/** A comparison with a number, a percentage or a duration: `>=0.999`, `<300ms`. */
export const bound = z.string().regex(/^(>=|<=|>|<|==)\s*[\d.]+(%|ms|s)?$/, 'a bound such as ">=0.999" or "<300ms" is needed')

export interface Bound {
  readonly operator: '>=' | '<=' | '>' | '<' | '=='
  /** Shares as fractions, durations in milliseconds. */
  readonly value: number
}

export function parseBound(text: string): Bound {
  const m = /^(>=|<=|>|<|==)\s*([\d.]+)(%|ms|s)?$/.exec(text)!
  const factor = m[3] === '%' ? 0.01 : m[3] === 's' ? 1000 : 1
  return { operator: m[1] as Bound['operator'], value: Number(m[2]) * factor }
}

export function holds(value: number, { operator, value: limit }: Bound): boolean {
  switch (operator) {
    case '>=':
      return value >= limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '<':
      return value < limit
    case '==':
      return value === limit
  }
}
