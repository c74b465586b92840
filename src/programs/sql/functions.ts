/** Functions that the SQL servers here have in common. */
import { dashedTime } from '../text/times.ts'
import type { SqlFunction, Value } from './contract.ts'

const MAX_TEXT = 1_000_000
const text =
  (how: (t: string) => Value): SqlFunction =>
  ([a]) =>
    a === null || a === undefined ? null : how(String(a))
const figure =
  (how: (n: number) => number): SqlFunction =>
  ([a]) =>
    a === null || a === undefined ? null : how(Number(a) || 0)
const now: SqlFunction = (_args, facts) => dashedTime(facts.nowMs)
const today: SqlFunction = (_args, facts) => dashedTime(facts.nowMs).slice(0, 10)

export const commonFunctions: Readonly<Record<string, SqlFunction>> = {
  NOW: now,
  CURRENT_TIMESTAMP: now,
  CURRENT_DATE: today,
  VERSION: (_args, facts) => facts.version,
  USER: (_args, facts) => facts.user,
  SESSION_USER: (_args, facts) => facts.user,
  CURRENT_USER: (_args, facts) => facts.account,
  CONCAT: (args) => (args.includes(null) ? null : args.join('')),
  LENGTH: text((t) => Buffer.byteLength(t)),
  CHAR_LENGTH: text((t) => Buffer.byteLength(t)),
  UPPER: text((t) => t.toUpperCase()),
  LOWER: text((t) => t.toLowerCase()),
  REPEAT: ([a, b]) => {
    const [t, times] = [String(a ?? ''), Math.max(0, Number(b) || 0)]
    return t.length * times > MAX_TEXT ? null : t.repeat(times)
  },
  COALESCE: (args) => args.find((v) => v !== null) ?? null,
  NULLIF: ([a, b]) => (a === b ? null : (a ?? null)),
  ABS: figure(Math.abs),
  FLOOR: figure(Math.floor),
  ROUND: figure(Math.round),
}
