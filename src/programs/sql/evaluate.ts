/** Values of SQL expressions for one row, with the comparisons of the dialect; and the aggregates over many. */
import type { Expr } from './ast.ts'
import type { Dialect, Place, SessionFacts, Value } from './contract.ts'
import { commonFunctions } from './functions.ts'

export interface Scope {
  /** Position of each column, lower case. */
  readonly columns: ReadonlyMap<string, number>
  readonly facts: SessionFacts
  readonly dialect: Dialect
  /** The table whose rows they are. */
  readonly place?: Place
  /** What VALUES(x) and EXCLUDED.x mean: the row that was to be inserted. */
  readonly excluded?: readonly Value[]
}

const AGGREGATES = new Set(['COUNT', 'MAX', 'MIN', 'SUM', 'AVG', 'GROUP_CONCAT', 'STRING_AGG'])

export const hasAggregate = (e: Expr): boolean => {
  switch (e.k) {
    case 'call':
      return AGGREGATES.has(e.name) || e.args.some(hasAggregate)
    case 'binary':
      return hasAggregate(e.a) || hasAggregate(e.b)
    case 'unary':
    case 'null':
    case 'in':
    case 'cast':
      return hasAggregate(e.a)
    default:
      return false
  }
}

export const number = (v: Value): number =>
  typeof v === 'number' ? v : typeof v === 'boolean' ? Number(v) : v === null ? 0 : Number.parseFloat(v) || 0
export const truthy = (v: Value): boolean => v !== null && number(v) !== 0

/** Order of two values as ORDER BY has it: NULL first or last, numbers by value, texts with regard to case only where the server has it. */
export function compare(a: Value, b: Value, dialect: Pick<Dialect, 'exact' | 'nullsLast'>): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === dialect.nullsLast ? 1 : -1
  if (typeof a === 'boolean' || typeof b === 'boolean') return Number(truthy(a)) - Number(truthy(b))
  if (typeof a === 'number' || typeof b === 'number') return number(a) - number(b)
  const [x, y] = dialect.exact ? [a, b] : [a.toLowerCase(), b.toLowerCase()]
  return x < y ? -1 : x > y ? 1 : 0
}

/** LIKE without regular expressions: `%` and `_`, in linear time for the usual patterns. */
export function like(text: string, pattern: string, exact = false): boolean {
  const [t, p] = exact ? [text, pattern] : [text.toLowerCase(), pattern.toLowerCase()]
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
  const { dialect } = scope
  switch (e.k) {
    case 'value':
      return e.v
    case 'column': {
      const at = scope.columns.get(e.name.toLowerCase())
      if (at === undefined) throw dialect.says.noColumn(e.name, e.table, scope.place)
      return (e.table?.toUpperCase() === 'EXCLUDED' && scope.excluded !== undefined ? scope.excluded : row)[at] ?? null
    }
    case 'variable':
      return scope.facts.variables[e.name.replace(/^@@(global\.|session\.)?/i, '').toLowerCase()] ?? null
    case 'unary': {
      const a = evaluate(e.a, row, scope)
      if (a === null) return null
      return e.op === '-' ? -number(a) : dialect.truth(!truthy(a))
    }
    case 'null':
      return dialect.truth((evaluate(e.a, row, scope) === null) !== e.not)
    case 'in': {
      const a = evaluate(e.a, row, scope)
      if (a === null) return null
      return dialect.truth(e.list.some((x) => compare(evaluate(x, row, scope), a, dialect) === 0) !== e.not)
    }
    case 'binary':
      return binary(e.op, e.a, e.b, row, scope)
    case 'cast':
      return dialect.keep({ name: '', type: e.type }, evaluate(e.a, row, scope))
    case 'call':
      return call(e.name, e.args, row, scope)
    case 'star':
      throw dialect.says.syntax('*')
  }
}

function binary(op: string, left: Expr, right: Expr, row: readonly Value[], scope: Scope): Value {
  const { dialect } = scope
  const a = evaluate(left, row, scope)
  if (op === 'AND') return dialect.truth(truthy(a) && truthy(evaluate(right, row, scope)))
  if (op === 'OR') return dialect.truth(truthy(a) || truthy(evaluate(right, row, scope)))
  const b = evaluate(right, row, scope)
  if (op === '<=>') return dialect.truth(compare(a, b, dialect) === 0)
  if (a === null || b === null) return null
  const order = (): number => compare(a, b, dialect)
  switch (op) {
    case '=':
      return dialect.truth(order() === 0)
    case '<>':
      return dialect.truth(order() !== 0)
    case '<':
      return dialect.truth(order() < 0)
    case '>':
      return dialect.truth(order() > 0)
    case '<=':
      return dialect.truth(order() <= 0)
    case '>=':
      return dialect.truth(order() >= 0)
    case 'LIKE':
    case 'ILIKE':
      return dialect.truth(like(String(a), String(b), dialect.exact && op === 'LIKE'))
    case '||':
      return `${a}${b}`
    case '+':
      return number(a) + number(b)
    case '-':
      return number(a) - number(b)
    case '*':
      return number(a) * number(b)
    case '/':
      return dialect.divide(number(a), number(b))
    default:
      return number(b) === 0 ? dialect.divide(number(a), 0) : number(a) % number(b)
  }
}

function call(name: string, args: readonly Expr[], row: readonly Value[], scope: Scope): Value {
  const { facts, dialect } = scope
  if (name === 'VALUES' && args[0]?.k === 'column') return evaluate({ ...args[0], table: 'EXCLUDED' }, row, scope)
  const values = args.map((a) => evaluate(a, row, scope))
  const made = dialect.functions[name] ?? commonFunctions[name]
  if (made === undefined) throw dialect.says.noFunction(name, values, facts)
  return made(values, facts)
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
    if (e.k === 'cast') return evaluate({ ...e, a: { k: 'value', v: evaluateGroup(e.a, rows, scope) } }, [], scope)
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
  if (e.name === 'STRING_AGG') return values.join(String(e.args[1] === undefined ? ',' : evaluate(e.args[1], [], scope)))
  if (e.name === 'MAX') return values.reduce((a, b) => (compare(a, b, scope.dialect) >= 0 ? a : b))
  if (e.name === 'MIN') return values.reduce((a, b) => (compare(a, b, scope.dialect) <= 0 ? a : b))
  const sum = values.reduce<number>((a, b) => a + number(b), 0)
  return e.name === 'SUM' ? sum : sum / values.length
}
