/** SELECT: which rows, in which order, which of their values. */
import type { Expr, Item, Select } from './ast.ts'
import { notSimulated, type Place, type Table, type Value } from './contract.ts'
import { compare, evaluate, evaluateGroup, hasAggregate, type Scope, truthy } from './evaluate.ts'
import { type Outcome, type SqlSession, scopeOf, tableOf } from './session.ts'

type Row = readonly Value[]

/** Functions whose argument is how many seconds they take. */
const WAITS = new Set(['SLEEP', 'PG_SLEEP'])
const MAX_SERIES = 100_000

function series(q: Select, s: SqlSession): Table | undefined {
  const { from } = q
  if (from?.args === undefined) return undefined
  if (from.table.toLowerCase() !== 'generate_series') throw notSimulated(`${from.table}() in FROM`)
  const scope = scopeOf(undefined, s)
  const [first = 1, last = 0, step = 1] = from.args.map((a) => Number(evaluate(a, [], scope)))
  if (Math.abs((last - first) / step) > MAX_SERIES) throw notSimulated(`a series of more than ${MAX_SERIES} rows`)
  const rows: number[][] = []
  for (let n = first; step > 0 ? n <= last : n >= last; n += step) rows.push([n])
  return { columns: [{ name: from.alias ?? from.table, type: 'integer' }], primary: [], nextId: 1, rows }
}

const tableFor = (q: Select, s: SqlSession): { table: Table; place?: Place } | undefined => {
  if (q.from === undefined) return undefined
  const made = series(q, s) ?? s.system(q.from)
  return made === undefined ? tableOf(s, q.from, 'SELECT') : { table: made }
}

/** The items with `*` written out. */
export const itemsOf = (items: readonly Item[], table: Table | undefined): Item[] =>
  items.flatMap((item) =>
    item.e.k === 'star' ? (table?.columns ?? []).map((c) => ({ e: { k: 'column', name: c.name } as Expr, as: c.name })) : [item],
  )

export function select(q: Select, s: SqlSession): Outcome {
  const found = tableFor(q, s)
  const scope = scopeOf(found?.table, s, found?.place)
  const all: readonly Row[] = found?.table.rows ?? [[]]
  const { where } = q
  const newest = found === undefined ? undefined : lastRows(q, found.table, scope)
  let rows = newest ?? (where === undefined ? all : all.filter((row) => truthy(evaluate(where, row, scope))))
  const items = itemsOf(q.items, found?.table)
  const grouped = q.group.length > 0 || q.items.some((i) => hasAggregate(i.e))
  const page = <T>(list: readonly T[]): readonly T[] => list.slice(q.offset, q.limit === undefined ? undefined : q.offset + q.limit)
  let out: readonly Row[]
  if (grouped) out = groupsOf(q, rows, scope).map((group) => items.map((i) => evaluateGroup(i.e, group, scope)))
  else {
    if (newest === undefined && q.order.length > 0) rows = sortRows(rows, q, scope)
    if (newest === undefined && !q.distinct && (q.limit !== undefined || q.offset > 0)) rows = page(rows)
    out = rows.map((row) => items.map((i) => evaluate(i.e, row, scope)))
  }
  if (grouped && q.order.length > 0) out = sortOut(out, items, q, s)
  if (q.distinct) out = [...new Map(out.map((r) => [JSON.stringify(r), r] as const)).values()]
  if (grouped || q.distinct) out = page(out)
  const slept = q.items.reduce(
    (ms, i) => ms + (i.e.k === 'call' && WAITS.has(i.e.name) && i.e.args[0]?.k === 'value' ? Number(i.e.args[0].v) * 1000 : 0),
    0,
  )
  const result = { columns: items.map((i) => i.as), rows: out, affected: 0, insertId: 0 }
  return { databases: s.databases, result, ms: slept + all.length / 2000 }
}

function groupsOf(q: Select, rows: readonly Row[], scope: Scope): (readonly Row[])[] {
  if (q.group.length === 0) return [rows]
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify(q.group.map((g) => evaluate(g, row, scope)))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

/** Orders groups by the columns that are shown. */
function sortOut(rows: readonly Row[], items: readonly Item[], q: Select, s: SqlSession): readonly Row[] {
  const keys = q.order.map((o) => {
    const at =
      o.e.k === 'value' && typeof o.e.v === 'number'
        ? o.e.v - 1
        : items.findIndex((i) => (o.e.k === 'column' && i.as === o.e.name) || JSON.stringify(i.e) === JSON.stringify(o.e))
    if (at < 0) throw notSimulated('ORDER BY something that is not selected, with GROUP BY')
    return { at, down: o.down }
  })
  return [...rows].sort((a, b) => {
    for (const { at, down } of keys) {
      const difference = compare(a[at]!, b[at]!, s.dialect)
      if (difference !== 0) return down ? -difference : difference
    }
    return 0
  })
}

/** `ORDER BY key DESC LIMIT n` over rows that lie in the key's order: read from the end, as an index is. Undefined: not such a query. */
function lastRows(q: Select, table: Table, scope: Scope): Row[] | undefined {
  const [order, more] = q.order
  const { limit, where } = q
  if (
    order === undefined ||
    more !== undefined ||
    !order.down ||
    limit === undefined ||
    order.e.k !== 'column' ||
    table.primary.length !== 1
  )
    return undefined
  if (q.distinct || q.group.length > 0 || q.items.some((i) => hasAggregate(i.e))) return undefined
  const key = table.primary[0]!
  const { name } = order.e
  if (scope.columns.get(name.toLowerCase()) !== key || q.items.some((i) => i.as === name && i.e.k !== 'column' && i.e.k !== 'star'))
    return undefined
  const { rows } = table
  for (let i = 1; i < rows.length; i++) if (!((rows[i - 1]![key] as number) < (rows[i]![key] as number))) return undefined
  const out: Row[] = []
  let skip = q.offset
  for (let i = rows.length - 1; i >= 0 && out.length < limit; i--) {
    if (where !== undefined && !truthy(evaluate(where, rows[i]!, scope))) continue
    if (skip > 0) skip--
    else out.push(rows[i]!)
  }
  return out
}

function sortRows(rows: readonly Row[], q: Select, scope: Scope): readonly Row[] {
  const keyOf = (e: Expr): Expr => {
    if (e.k === 'value' && typeof e.v === 'number') return q.items[e.v - 1]?.e ?? e
    return q.items.find((i) => e.k === 'column' && i.as === e.name && i.e.k !== 'star')?.e ?? e
  }
  const keyed = rows.map((row, n) => ({ row, n, keys: q.order.map((o) => evaluate(keyOf(o.e), row, scope)) }))
  keyed.sort((a, b) => {
    for (let i = 0; i < q.order.length; i++) {
      const difference = compare(a.keys[i]!, b.keys[i]!, scope.dialect)
      if (difference !== 0) return q.order[i]!.down ? -difference : difference
    }
    return a.n - b.n
  })
  return keyed.map((k) => k.row)
}
