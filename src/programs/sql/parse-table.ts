/** CREATE, ALTER, DROP and TRUNCATE of tables. */
import type { AlterTable, CreateTable, DropTables, TableStatement } from './ast.ts'
import { type Column, NOW, notSimulated, type Value } from './contract.ts'
import { expression, tableName, typeName, unary } from './parse-expression.ts'
import { insert, remove, select, update } from './parse-query.ts'
import type { Words } from './words.ts'

/** A statement about tables and their rows; undefined when it begins like none. */
export function tableStatement(w: Words): TableStatement | undefined {
  if (w.take('SELECT')) return select(w)
  if (w.take('INSERT')) return insert(w, w.take('IGNORE') ? 'ignore' : 'insert')
  if (w.take('UPDATE')) return update(w)
  if (w.take('DELETE')) return remove(w)
  if (w.take('CREATE', 'TEMPORARY', 'TABLE') || w.take('CREATE', 'TABLE') || w.take('CREATE', 'UNLOGGED', 'TABLE')) return createTable(w)
  if (w.take('ALTER', 'TABLE')) return alterTable(w)
  if (w.take('DROP', 'TABLE')) return dropTable(w)
  if (w.take('TRUNCATE')) {
    w.take('TABLE')
    const tables = w.list(() => tableName(w))
    w.take('RESTART', 'IDENTITY')
    w.take('CASCADE')
    return { k: 'truncate', tables, guarded: false }
  }
  return undefined
}

function createTable(w: Words): CreateTable {
  const guarded = w.ifExists()
  const table = tableName(w)
  const columns: Column[] = []
  const primary: string[] = []
  w.need('(')
  w.closed(() => w.list(() => definition(w, columns, primary)))
  // Engine, character set, comment: nothing that shows here. Another statement is not one of them.
  while (!w.atEnd && !w.is(';')) w.any()
  return { k: 'create-table', table, columns, primary, guarded }
}

/** One line of CREATE TABLE: a column or a key. */
function definition(w: Words, columns: Column[], primary: string[]): void {
  if (w.take('CONSTRAINT')) w.name()
  if (w.take('PRIMARY', 'KEY')) return void primary.push(...keyColumns(w))
  if (w.is('FOREIGN') || w.is('CHECK')) throw notSimulated(w.is('CHECK') ? 'CHECK' : 'FOREIGN KEY')
  const unique = w.take('UNIQUE')
  if (unique || w.is('KEY') || w.is('INDEX') || w.is('FULLTEXT')) {
    w.take('FULLTEXT')
    if (!w.take('KEY')) w.take('INDEX')
    if (!w.is('(')) w.name()
    const names = keyColumns(w)
    const at = columns.findIndex((c) => c.name === names[0])
    if (unique && names.length === 1 && at >= 0) columns[at] = { ...columns[at]!, unique: true }
    return
  }
  columns.push(column(w, primary))
}

function column(w: Words, primary: string[]): Column {
  const name = w.name()
  const type = typeName(w)
  const serial = /^(small|big)?serial$/.exec(type)
  let made: Column = serial ? { name, type: serialType(type), auto: true, notNull: true } : { name, type }
  for (;;) {
    if (w.take('NOT', 'NULL')) made = { ...made, notNull: true }
    else if (w.take('AUTO_INCREMENT')) made = { ...made, auto: true }
    else if (w.take('GENERATED')) {
      if (!w.take('ALWAYS')) w.need('BY', 'DEFAULT')
      w.need('AS', 'IDENTITY')
      made = { ...made, auto: true, notNull: true }
    } else if (w.take('PRIMARY', 'KEY')) {
      primary.push(name)
      made = { ...made, notNull: true }
    } else if (w.take('UNIQUE')) {
      w.take('KEY')
      made = { ...made, unique: true }
    } else if (w.take('DEFAULT')) made = { ...made, preset: preset(w) }
    else if (w.take('CHARACTER', 'SET') || w.take('COLLATE') || w.take('COMMENT')) w.any()
    else if (w.is('REFERENCES') || w.is('CHECK')) throw notSimulated(w.name().toUpperCase())
    else if (w.take('ON', 'UPDATE')) w.list(() => expression(w))
    else if (!w.take('NULL') && !w.take('UNSIGNED')) return made
  }
}

const serialType = (type: string): string => (type === 'bigserial' ? 'bigint' : type === 'smallserial' ? 'smallint' : 'integer')

function preset(w: Words): Value {
  const e = unary(w)
  const inner = e.k === 'cast' ? e.a : e
  if (inner.k === 'value') return inner.v
  if (inner.k === 'unary' && inner.a.k === 'value') return -Number(inner.a.v)
  const moment = inner.k === 'call' && /^(NOW|CURRENT_TIMESTAMP|CURRENT_DATE|SYSDATE|LOCALTIMESTAMP)$/.test(inner.name)
  if (!moment) throw notSimulated('DEFAULT of anything but a value and the current time')
  return NOW
}

function keyColumns(w: Words): string[] {
  w.need('(')
  return w.closed(() =>
    w.list(() => {
      const name = w.name()
      if (w.take('(')) w.closed(() => w.number())
      return name
    }),
  )
}

function alterTable(w: Words): AlterTable {
  w.take('ONLY')
  const table = tableName(w)
  if (w.take('ADD')) {
    w.take('COLUMN')
    const guarded = w.ifExists()
    const primary: string[] = []
    const add = column(w, primary)
    if (primary.length > 0) throw notSimulated('ALTER TABLE … ADD … PRIMARY KEY')
    return { k: 'alter-table', table, guarded, change: { add } }
  }
  if (w.take('DROP')) {
    w.take('COLUMN')
    const guarded = w.ifExists()
    return { k: 'alter-table', table, guarded, change: { drop: w.name() } }
  }
  if (w.take('RENAME', 'TO')) return { k: 'alter-table', table, guarded: false, change: { rename: w.name() } }
  if (w.take('ALTER')) {
    w.take('COLUMN')
    w.name()
    if (w.take('RESTART')) {
      w.take('WITH')
      return { k: 'alter-table', table, guarded: false, change: { restart: w.number() } }
    }
  }
  throw notSimulated('this form of ALTER TABLE')
}

function dropTable(w: Words): DropTables {
  const guarded = w.ifExists()
  const tables = w.list(() => tableName(w))
  if (!w.take('CASCADE')) w.take('RESTRICT')
  return { k: 'drop-table', guarded, tables }
}
