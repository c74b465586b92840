/** Values of SQL expressions for one row, with MySQL's loose comparisons; and the aggregates over many. */
import { dashedTime } from '../text/times.ts'
import { SqlError, type Value } from './contract.ts'
import type { Expr } from './sql-ast.ts'

export interface Scope {
  /** Position of each column, lower case. */
  readonly columns: ReadonlyMap<string, number>
  readonly facts: SessionFacts
}

/** What a connection knows besides rows. */
export interface SessionFacts {
  readonly nowMs: number
  readonly version: string
  /** `user@host` of the client, and of the account that matched. */
  readonly user: string
  readonly account: string
  readonly database: string | undefined
  readonly variables: Readonly<Record<string, Value>>
  readonly lastId: number
}

const AGGREGATES = new Set(['COUNT', 'MAX', 'MIN', 'SUM', 'AVG', 'GROUP_CONCAT'])

export const hasAggregate = (e: Expr): boolean => {
  switch (e.k) {
    case 'call':
      return AGGREGATES.has(e.name) || e.args.some(hasAggregate)
    case 'binary':
      return hasAggregate(e.a) || hasAggregate(e.b)
    case 'unary':
    case 'null':
    case 'in':
      return hasAggregate(e.a)
    default:
      return false
  }
}

export const number = (v: Value): number => (typeof v === 'number' ? v : v === null ? 0 : Number.parseFloat(v) || 0)
export const truthy = (v: Value): boolean => v !== null && number(v) !== 0

/** Order of two values as ORDER BY has it: NULL first, numbers by value, texts without regard to case. */
export function compare(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'number' || typeof b === 'number') return number(a) - number(b)
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  return x < y ? -1 : x > y ? 1 : 0
}

/** LIKE without regular expressions: `%` and `_`, in linear time for the usual patterns. */
export function like(text: string, pattern: string): boolean {
  const [t, p] = [text.toLowerCase(), pattern.toLowerCase()]
  let [i, j, star, mark] = [0, 0, -1, 0]
  while (i < t.length) {
    if (p[j] === '%') [star, mark] = [j++, i]
    else if (p[j] === '\\' && j + 1 < p.length && p[j + 1] === t[i]) [i, j] = [i + 1, j + 2]
    else if (p[j] === '_' || (p[j] === t[i] && p[j] !== '\\')) [i, j] = [i + 1, j + 1]
    else if (star >= 0) [i, j] = [++mark, star + 1]
    else return false
  }
  while (p[j] === '%') j++
  return j === p.length
}

export function evaluate(e: Expr, row: readonly Value[], scope: Scope): Value {
  switch (e.k) {
    case 'value':
      return e.v
    case 'column': {
      const at = scope.columns.get(e.name.toLowerCase())
      if (at === undefined) throw new SqlError(1054, '42S22', `Unknown column '${e.table ? `${e.table}.` : ''}${e.name}' in 'field list'`)
      return row[at] ?? null
    }
    case 'variable':
      return scope.facts.variables[e.name.replace(/^@@(global\.|session\.)?/i, '').toLowerCase()] ?? null
    case 'unary': {
      const a = evaluate(e.a, row, scope)
      if (a === null) return null
      return e.op === '-' ? -number(a) : truthy(a) ? 0 : 1
    }
    case 'null':
      return (evaluate(e.a, row, scope) === null) !== e.not ? 1 : 0
    case 'in': {
      const a = evaluate(e.a, row, scope)
      if (a === null) return null
      return e.list.some((x) => compare(evaluate(x, row, scope), a) === 0) !== e.not ? 1 : 0
    }
    case 'binary':
      return binary(e.op, e.a, e.b, row, scope)
    case 'call':
      return call(e.name, e.args, row, scope)
    case 'star':
      throw new SqlError(
        1064,
        '42000',
        "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '*' at line 1",
      )
  }
}

function binary(op: string, left: Expr, right: Expr, row: readonly Value[], scope: Scope): Value {
  const a = evaluate(left, row, scope)
  if (op === 'AND') return truthy(a) && truthy(evaluate(right, row, scope)) ? 1 : 0
  if (op === 'OR') return truthy(a) || truthy(evaluate(right, row, scope)) ? 1 : 0
  const b = evaluate(right, row, scope)
  if (op === '<=>') return compare(a, b) === 0 ? 1 : 0
  if (a === null || b === null) return null
  switch (op) {
    case '=':
      return compare(a, b) === 0 ? 1 : 0
    case '<>':
      return compare(a, b) !== 0 ? 1 : 0
    case '<':
      return compare(a, b) < 0 ? 1 : 0
    case '>':
      return compare(a, b) > 0 ? 1 : 0
    case '<=':
      return compare(a, b) <= 0 ? 1 : 0
    case '>=':
      return compare(a, b) >= 0 ? 1 : 0
    case 'LIKE':
      return like(String(a), String(b)) ? 1 : 0
    case '+':
      return number(a) + number(b)
    case '-':
      return number(a) - number(b)
    case '*':
      return number(a) * number(b)
    case '/':
      return number(b) === 0 ? null : number(a) / number(b)
    default:
      return number(b) === 0 ? null : number(a) % number(b)
  }
}

const MAX_TEXT = 1_000_000

function call(name: string, args: readonly Expr[], row: readonly Value[], scope: Scope): Value {
  const { facts } = scope
  const arg = (n: number): Value => (args[n] === undefined ? null : evaluate(args[n], row, scope))
  switch (name) {
    case 'NOW':
    case 'CURRENT_TIMESTAMP':
    case 'UTC_TIMESTAMP':
    case 'SYSDATE':
      return dashedTime(facts.nowMs)
    case 'CURDATE':
    case 'CURRENT_DATE':
      return dashedTime(facts.nowMs).slice(0, 10)
    case 'UNIX_TIMESTAMP':
      return Math.floor(facts.nowMs / 1000)
    case 'VERSION':
      return facts.version
    case 'USER':
    case 'SESSION_USER':
      return facts.user
    case 'CURRENT_USER':
      return facts.account
    case 'DATABASE':
    case 'SCHEMA':
      return facts.database ?? null
    case 'LAST_INSERT_ID':
      return facts.lastId
    case 'CONCAT': {
      const parts = args.map((_, n) => arg(n))
      return parts.includes(null) ? null : parts.join('')
    }
    case 'LENGTH':
    case 'CHAR_LENGTH':
      return arg(0) === null ? null : Buffer.byteLength(String(arg(0)))
    case 'UPPER':
      return arg(0) === null ? null : String(arg(0)).toUpperCase()
    case 'LOWER':
      return arg(0) === null ? null : String(arg(0)).toLowerCase()
    case 'REPEAT': {
      const [text, times] = [String(arg(0) ?? ''), Math.max(0, number(arg(1)))]
      return text.length * times > MAX_TEXT ? null : text.repeat(times)
    }
    case 'IFNULL':
      return arg(0) ?? arg(1)
    case 'COALESCE':
      return args.map((_, n) => arg(n)).find((v) => v !== null) ?? null
    case 'IF':
      return truthy(arg(0)) ? arg(1) : arg(2)
    case 'ABS':
      return Math.abs(number(arg(0)))
    case 'FLOOR':
      return Math.floor(number(arg(0)))
    case 'ROUND':
      return Math.round(number(arg(0)))
    case 'SLEEP':
      return 0
    case 'VALUES':
      return arg(0)
    default:
      throw new SqlError(1305, '42000', `FUNCTION ${facts.database ?? ''}.${name} does not exist`)
  }
}

/** An expression over a group of rows; columns outside aggregates are those of the first row. */
export function evaluateGroup(e: Expr, rows: readonly (readonly Value[])[], scope: Scope): Value {
  if (e.k !== 'call' || !AGGREGATES.has(e.name)) {
    if (!hasAggregate(e)) return evaluate(e, rows[0] ?? [], scope)
    if (e.k === 'binary')
      return evaluate(
        { ...e, a: { k: 'value', v: evaluateGroup(e.a, rows, scope) }, b: { k: 'value', v: evaluateGroup(e.b, rows, scope) } },
        [],
        scope,
      )
    if (e.k === 'call')
      return evaluate({ ...e, args: e.args.map((a) => ({ k: 'value', v: evaluateGroup(a, rows, scope) }) as Expr) }, [], scope)
    return null
  }
  const first = e.args[0]
  if (e.name === 'COUNT' && (first === undefined || first.k === 'star')) return rows.length
  let values = rows.map((row) => evaluate(first!, row, scope)).filter((v) => v !== null)
  if (e.distinct) values = [...new Set(values)]
  if (e.name === 'COUNT') return values.length
  if (values.length === 0) return null
  if (e.name === 'GROUP_CONCAT') return values.join(',')
  if (e.name === 'MAX') return values.reduce((a, b) => (compare(a, b) >= 0 ? a : b))
  if (e.name === 'MIN') return values.reduce((a, b) => (compare(a, b) <= 0 ? a : b))
  const sum = values.reduce<number>((a, b) => a + number(b), 0)
  return e.name === 'SUM' ? sum : sum / values.length
}
