/** INSERT, UPDATE, DELETE: the table after them. */
import type { Assignment, Delete, Expr, Insert, Item, Update } from './ast.ts'
import { type Column, NOW, noResult, type Result, type Table, type Value } from './contract.ts'
import { compare, evaluate, type Scope, truthy } from './evaluate.ts'
import { commonFunctions } from './functions.ts'
import { itemsOf, select } from './run-select.ts'
import { type Outcome, type SqlSession, same, scopeOf, tableOf, withTable } from './session.ts'

type Row = readonly Value[]
const CHANGE_MS = 2

/** What RETURNING shows of the rows that were touched. */
function shown(items: readonly Item[] | undefined, touched: readonly Row[], table: Table, scope: Scope): Pick<Result, 'columns' | 'rows'> {
  if (items === undefined) return { columns: [], rows: [] }
  const all = itemsOf(items, table)
  return { columns: all.map((i) => i.as), rows: touched.map((row) => all.map((i) => evaluate(i.e, row, scope))) }
}

function positionOf(name: string, scope: Scope): number {
  const at = scope.columns.get(name.toLowerCase())
  if (at === undefined) throw scope.dialect.says.noColumn(name, undefined, scope.place)
  return at
}

export function insert(q: Insert, s: SqlSession): Outcome {
  const { place, table } = tableOf(s, q.into, 'INSERT')
  const { dialect } = s
  const scope = scopeOf(table, s, place)
  const named = q.columns ?? table.columns.map((c) => c.name)
  const positions = named.map((name) => positionOf(name, scope))
  const source: readonly (readonly Expr[])[] =
    q.from === undefined ? q.rows : select(q.from, s).result.rows.map((row) => row.map((v): Expr => ({ k: 'value', v })))
  let { nextId } = table
  const rows: Row[] = [...table.rows]
  const touched: Row[] = []
  let [affected, insertId] = [0, 0]
  for (const [n, values] of source.entries()) {
    // PostgreSQL lets the last columns have their defaults.
    if (dialect.exact && q.columns === undefined ? values.length > positions.length : values.length !== positions.length)
      throw dialect.says.columnCount(n + 1, values.length > positions.length)
    const row: Value[] = table.columns.map((c) => presetOf(c, s))
    values.forEach((e, i) => {
      const at = positions[i]!
      if (e.k !== 'column' || e.name.toUpperCase() !== 'DEFAULT') row[at] = dialect.keep(table.columns[at]!, evaluate(e, row, scope))
    })
    for (const [i, c] of table.columns.entries()) {
      if (c.auto && (row[i] === null || (row[i] === 0 && !dialect.exact))) {
        row[i] = nextId
        insertId ||= nextId
        nextId++
      } else if (c.auto && !dialect.exact) nextId = Math.max(nextId, Number(row[i]) + 1)
      if (c.notNull && row[i] === null && !c.auto) throw dialect.says.nullValue(c, named.includes(c.name), place, row)
    }
    const clash = clashing(table, rows, row, s)
    if (clash === undefined) {
      rows.push(row)
      touched.push(row)
      affected++
    } else if (q.mode === 'replace') {
      rows[clash.at] = row
      affected += 2
    } else if (q.onDuplicate.length > 0) {
      rows[clash.at] = changedBy(q.onDuplicate, rows[clash.at]!, table, { ...scope, excluded: row })
      touched.push(rows[clash.at]!)
      affected += dialect.exact ? 1 : 2
    } else if (q.mode === 'insert') throw dialect.says.duplicate(clash.columns, clash.values, clash.key, place)
  }
  const result = { ...noResult, ...shown(q.returning, touched, table, scope), affected, insertId }
  return { databases: withTable(s.databases, place, { ...table, rows, nextId }), result, ms: CHANGE_MS }
}

const presetOf = (c: Column, s: SqlSession): Value =>
  c.preset === NOW ? (s.dialect.functions['NOW'] ?? commonFunctions['NOW']!)([], s.facts) : (c.preset ?? null)

interface Clash {
  readonly at: number
  readonly columns: readonly string[]
  readonly values: Row
  readonly key: string
}

function clashing(table: Table, rows: readonly Row[], row: Row, s: SqlSession): Clash | undefined {
  const { primary } = table
  // Where every id that is given moves the counter on, one beyond it cannot clash with those that were there.
  const id = Number(row[primary[0]!])
  const auto = !s.dialect.exact && primary.length === 1 && table.columns[primary[0]!]?.auto === true
  const isNew = auto && id >= table.nextId && (rows.length === table.rows.length || id > Number(rows.at(-1)![primary[0]!]))
  if (primary.length > 0 && !isNew) {
    const at = rows.findIndex((r) => primary.every((p) => compare(r[p]!, row[p]!, s.dialect) === 0))
    if (at >= 0) return { at, columns: primary.map((p) => table.columns[p]!.name), values: primary.map((p) => row[p]!), key: 'PRIMARY' }
  }
  for (const [p, c] of table.columns.entries()) {
    if (!c.unique || row[p] === null) continue
    const at = rows.findIndex((r) => compare(r[p]!, row[p]!, s.dialect) === 0)
    if (at >= 0) return { at, columns: [c.name], values: [row[p]!], key: c.name }
  }
  return undefined
}

function changedBy(set: readonly Assignment[], row: Row, table: Table, scope: Scope): Row {
  const changed = [...row]
  for (const [name, e] of set) {
    const at = positionOf(name, scope)
    const from = scope.dialect.exact ? row : changed
    const value = e.k === 'column' && e.name.toUpperCase() === 'DEFAULT' ? (table.columns[at]!.preset ?? null) : evaluate(e, from, scope)
    changed[at] = scope.dialect.keep(table.columns[at]!, value)
  }
  return changed
}

export function update(q: Update, s: SqlSession): Outcome {
  const { place, table } = tableOf(s, q.table, 'UPDATE')
  const scope = scopeOf(table, s, place)
  let affected = 0
  const touched: Row[] = []
  const rows = table.rows.map((row) => {
    if (affected >= (q.limit ?? Number.POSITIVE_INFINITY) || (q.where !== undefined && !truthy(evaluate(q.where, row, scope)))) return row
    const changed = changedBy(q.set, row, table, scope)
    const unchanged = changed.every((v, i) => v === row[i])
    // MariaDB counts what changed, PostgreSQL what was found.
    if (unchanged && !s.dialect.exact) return row
    const empty = table.columns.find((c, i) => c.notNull && changed[i] === null)
    if (empty !== undefined) throw s.dialect.says.nullValue(empty, true, place, changed)
    affected++
    touched.push(changed)
    return unchanged ? row : changed
  })
  const result = { ...noResult, ...shown(q.returning, touched, table, scope), affected }
  return affected === 0 ? same(s, result) : { databases: withTable(s.databases, place, { ...table, rows }), result, ms: CHANGE_MS }
}

export function remove(q: Delete, s: SqlSession): Outcome {
  const { place, table } = tableOf(s, q.from, 'DELETE')
  const scope = scopeOf(table, s, place)
  const touched: Row[] = []
  const rows = table.rows.filter((row) => {
    const stays =
      touched.length >= (q.limit ?? Number.POSITIVE_INFINITY) || (q.where !== undefined && !truthy(evaluate(q.where, row, scope)))
    if (!stays) touched.push(row)
    return stays
  })
  const result = { ...noResult, ...shown(q.returning, touched, table, scope), affected: touched.length }
  return { databases: withTable(s.databases, place, { ...table, rows }), result, ms: CHANGE_MS }
}
