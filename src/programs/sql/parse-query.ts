/** SELECT, INSERT, UPDATE, DELETE. */
import type { Assignment, Delete, Insert, Item, Select, TableName, Update } from './ast.ts'
import { notSimulated } from './contract.ts'
import { expression, tableName } from './parse-expression.ts'
import type { Words } from './words.ts'

/** After SELECT. */
export function select(w: Words): Select {
  const distinct = w.take('DISTINCT')
  w.take('SQL_CALC_FOUND_ROWS')
  const items = w.list(() => item(w))
  const from = w.take('FROM') ? source(w) : undefined
  const where = w.take('WHERE') ? expression(w) : undefined
  const group = w.take('GROUP', 'BY') ? w.list(() => expression(w)) : []
  if (w.is('HAVING') || w.is('UNION')) throw notSimulated(w.name().toUpperCase())
  const order = w.take('ORDER', 'BY') ? w.list(() => ({ e: expression(w), down: descending(w) })) : []
  let limit: number | undefined
  let offset = 0
  if (w.take('LIMIT')) {
    limit = w.number()
    if (w.take(',')) [offset, limit] = [limit, w.number()]
  }
  if (w.take('OFFSET')) offset = w.number()
  w.take('FOR', 'UPDATE')
  return {
    k: 'select',
    items,
    ...(from && { from }),
    ...(where && { where }),
    group,
    order,
    ...(limit !== undefined && { limit }),
    offset,
    distinct,
  }
}

/** The table, or the function, that rows come from. */
function source(w: Words): TableName {
  if (w.is('(')) throw notSimulated('a subquery')
  const table = tableName(w)
  if (w.take('(')) {
    const args = w.closed(() => w.list(() => expression(w)))
    w.take('AS')
    const alias = w.next?.kind === 'name' && !w.is('WHERE') && !w.is('ORDER') && !w.is('LIMIT') && !w.is('GROUP') ? w.name() : table.table
    return { ...table, args, alias }
  }
  if (w.is(',') || ['JOIN', 'INNER', 'LEFT', 'RIGHT', 'CROSS', 'FULL', 'NATURAL'].some((word) => w.is(word))) throw notSimulated('JOIN')
  return table
}

function item(w: Words): Item {
  const from = w.offset
  const e = expression(w)
  const until = w.offset
  const alias = w.take('AS') ? nameOrText(w) : w.next?.kind === 'quoted' ? w.name() : undefined
  return { e, as: alias ?? (e.k === 'column' ? e.name : w.dialect.heading(e, w.sql.slice(from, until).trim())) }
}

function nameOrText(w: Words): string {
  return w.next?.kind === 'string' ? w.text() : w.name()
}

function descending(w: Words): boolean {
  const down = w.take('DESC')
  if (!down) w.take('ASC')
  if (w.take('NULLS', 'FIRST') || w.take('NULLS', 'LAST')) throw notSimulated('NULLS FIRST and NULLS LAST')
  return down
}

const returning = (w: Words): { returning?: Item[] } => (w.take('RETURNING') ? { returning: w.list(() => item(w)) } : {})

/** After INSERT or REPLACE. */
export function insert(w: Words, mode: Insert['mode']): Insert {
  w.take('INTO')
  const into = tableName(w)
  if (w.take('SET')) {
    const pairs = assignments(w)
    return { k: 'insert', into, columns: pairs.map(([c]) => c), rows: [pairs.map(([, e]) => e)], mode, onDuplicate: [] }
  }
  const columns = w.take('(') ? w.closed(() => w.list(() => w.name())) : undefined
  const named = { k: 'insert' as const, into, ...(columns && { columns }) }
  if (w.take('DEFAULT', 'VALUES')) return { ...named, columns: [], rows: [[]], mode, onDuplicate: [], ...returning(w) }
  if (w.take('SELECT')) return { ...named, rows: [], from: select(w), mode, onDuplicate: [], ...returning(w) }
  if (!w.take('VALUES')) w.need('VALUE')
  const rows = w.list(() => {
    w.need('(')
    return w.closed(() => (w.is(')') ? [] : w.list(() => expression(w))))
  })
  if (w.take('ON', 'DUPLICATE', 'KEY', 'UPDATE')) return { ...named, rows, mode, onDuplicate: assignments(w) }
  if (w.take('ON', 'CONFLICT')) {
    if (w.take('(')) w.closed(() => w.list(() => w.name()))
    w.need('DO')
    if (w.take('NOTHING')) return { ...named, rows, mode: 'ignore', onDuplicate: [], ...returning(w) }
    w.need('UPDATE', 'SET')
    return { ...named, rows, mode, onDuplicate: assignments(w), ...returning(w) }
  }
  return { ...named, rows, mode, onDuplicate: [], ...returning(w) }
}

function assignments(w: Words): Assignment[] {
  return w.list(() => {
    let name = w.name()
    if (w.take('.')) name = w.name()
    w.need('=')
    return [name, expression(w)] as Assignment
  })
}

/** WHERE and LIMIT of what changes rows. */
function which(w: Words): Pick<Update, 'where' | 'limit'> {
  const where = w.take('WHERE') ? expression(w) : undefined
  const limit = w.dialect.hashComments && w.take('LIMIT') ? w.number() : undefined
  return { ...(where && { where }), ...(limit !== undefined && { limit }) }
}

export function update(w: Words): Update {
  const table = tableName(w)
  w.need('SET')
  return { k: 'update', table, set: assignments(w), ...which(w), ...returning(w) }
}

export function remove(w: Words): Delete {
  w.need('FROM')
  return { k: 'delete', from: tableName(w), ...which(w), ...returning(w) }
}
