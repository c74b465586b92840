/** PostgreSQL's SQL where it differs from other servers': quotes, strict values, functions, and its errors by SQLSTATE. */
import type { Expr } from '../sql/ast.ts'
import { type Column, type Dialect, notSimulated, type Place, SqlError, type SqlFunction, type Value } from '../sql/contract.ts'
import { dashedTime } from '../text/times.ts'

const error = (sqlState: string, message: string, more?: { detail?: string; hint?: string }): SqlError =>
  new SqlError(0, sqlState, message, more)

/** `2026-11-20 07:31:47.123+00`. */
export function timestamp(ms: number): string {
  const rest = Math.floor(ms % 1000)
  return `${dashedTime(ms)}${rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`}+00`
}

const INTEGERS: Readonly<Record<string, number>> = { smallint: 2 ** 15, integer: 2 ** 31, bigint: 2 ** 63 }
const SYNONYMS: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  float8: 'double precision',
  float4: 'real',
  decimal: 'numeric',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
}

/** A type as `\d` and errors name it. */
export function typeOf(text: string): string {
  const [, base = text, size = ''] = /^([^(]*)(\(.*\))?$/.exec(text) ?? []
  if (base === 'varchar') return `character varying${size}`
  if (base === 'char') return `character${size || '(1)'}`
  return `${SYNONYMS[base] ?? base}${size}`
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  t: true,
  true: true,
  y: true,
  yes: true,
  on: true,
  '1': true,
  f: false,
  false: false,
  n: false,
  no: false,
  off: false,
  '0': false,
}

/** A value in a column of that type. */
function keep(column: Column, value: Value): Value {
  if (value === null) return null
  const type = typeOf(column.type)
  const base = type.replace(/\(.*/, '')
  const invalid = (): SqlError => error('22P02', `invalid input syntax for type ${base}: "${value}"`)
  const limit = INTEGERS[base]
  if (limit !== undefined) {
    const n = typeof value === 'number' ? Math.round(value) : typeof value === 'boolean' ? Number(value) : Number(value.trim())
    if (!Number.isInteger(n) || value === '') throw invalid()
    if (n >= limit || n < -limit) throw error('22003', `${base} out of range`)
    return n
  }
  if (base === 'numeric' || base === 'real' || base === 'double precision') {
    const n = Number(value)
    if (value === '' || Number.isNaN(n)) throw invalid()
    return n
  }
  if (base === 'boolean') {
    if (typeof value === 'boolean') return value
    const is = BOOLEANS[String(value).trim().toLowerCase()]
    if (is === undefined) throw invalid()
    return is
  }
  const text = typeof value === 'boolean' ? (value ? 'true' : 'false') : String(value)
  const size = Number(/^character(?: varying)?\((\d+)\)$/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY)
  if (text.length > size) {
    if (column.name === '') return text.slice(0, size)
    throw error('22001', `value too long for type ${type}`)
  }
  return text
}

function divide(a: number, b: number): Value {
  if (b === 0) throw error('22012', 'division by zero')
  return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b
}

const moment: SqlFunction = (_args, facts) => timestamp(facts.nowMs)
const setting: SqlFunction = ([name], facts) => {
  const value = facts.variables[String(name)]
  if (value === undefined) throw error('42704', `unrecognized configuration parameter "${name}"`)
  return String(value)
}
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** As pg_size_pretty: the largest unit with a number below 10240. */
export function prettySize(bytes: number): string {
  let [n, unit] = [bytes, 0]
  while (n >= 10240 && unit < UNITS.length - 1) [n, unit] = [Math.round(n / 1024), unit + 1]
  return `${n} ${UNITS[unit]}`
}

const typeName = (v: Value): string =>
  typeof v === 'number' ? (Number.isInteger(v) ? 'integer' : 'numeric') : typeof v === 'boolean' ? 'boolean' : 'unknown'

/** The name PostgreSQL gives a column that has none. */
function heading(e: Expr): string {
  switch (e.k) {
    case 'call':
      return e.name.toLowerCase()
    case 'cast': {
      const inner = heading(e.a)
      return inner === '?column?' ? typeOf(e.type).replace(/\(.*/, '').replace('integer', 'int4').replace('boolean', 'bool') : inner
    }
    case 'value':
      return typeof e.v === 'boolean' ? 'bool' : '?column?'
    case 'column':
      return e.name
    default:
      return '?column?'
  }
}

const relation = (p: Place): string => p.table

export const dialect: Dialect = {
  textQuotes: "'",
  nameQuote: '"',
  backslashes: false,
  hashComments: false,
  fold: (name) => name.toLowerCase(),
  truth: (is) => is,
  exact: true,
  nullsLast: true,
  divide,
  keep,
  heading,
  functions: {
    NOW: moment,
    CURRENT_TIMESTAMP: moment,
    CLOCK_TIMESTAMP: moment,
    CURRENT_DATABASE: (_args, facts) => facts.database ?? null,
    CURRENT_SCHEMA: () => 'public',
    CURRENT_SETTING: setting,
    SESSION_USER: (_args, facts) => facts.account,
    USER: (_args, facts) => facts.account,
    PG_SLEEP: () => '',
    PG_IS_IN_RECOVERY: () => false,
    PG_RELOAD_CONF: () => true,
    PG_POSTMASTER_START_TIME: (_args, facts) => String(facts.variables['\0started'] ?? ''),
    PG_DATABASE_SIZE: ([name], facts) => {
      const bytes = facts.variables[`\0size:${name}`]
      if (bytes === undefined) throw error('3D000', `database "${name}" does not exist`)
      return bytes
    },
    PG_SIZE_PRETTY: ([bytes]) => (bytes === null || bytes === undefined ? null : prettySize(Number(bytes))),
    MD5: () => {
      throw notSimulated('md5()')
    },
    RANDOM: () => {
      throw notSimulated('random()')
    },
  },
  says: {
    syntax: (near) =>
      near === ''
        ? error('42601', 'syntax error at end of input')
        : error('42601', `syntax error at or near "${/^(\w+|'[^']*'|"[^"]*"|.)/.exec(near)?.[0] ?? near}"`),
    noTable: (place) => error('42P01', `relation "${relation(place)}" does not exist`),
    noColumn: (name, table) => error('42703', `column ${table ? `${table}.${name}` : `"${name}"`} does not exist`),
    noFunction: (name, args) =>
      error('42883', `function ${name.toLowerCase()}(${args.map(typeName).join(', ')}) does not exist`, {
        hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
      }),
    columnCount: (_row, more) =>
      error('42601', more ? 'INSERT has more expressions than target columns' : 'INSERT has more target columns than expressions'),
    nullValue: ({ name }, _given, place, row) =>
      row.length === 0
        ? error('23502', `column "${name}" of relation "${relation(place)}" contains null values`)
        : error('23502', `null value in column "${name}" of relation "${relation(place)}" violates not-null constraint`, {
            detail: `Failing row contains (${row.map((v) => (v === null ? 'null' : v === true ? 't' : v === false ? 'f' : v)).join(', ')}).`,
          }),
    duplicate: (columns, values, key, place) =>
      error('23505', `duplicate key value violates unique constraint "${place.table}_${key === 'PRIMARY' ? 'pkey' : `${key}_key`}"`, {
        detail: `Key (${columns.join(', ')})=(${values.join(', ')}) already exists.`,
      }),
    tableExists: (place) => error('42P07', `relation "${relation(place)}" already exists`),
    columnExists: (column, place) => error('42701', `column "${column}" of relation "${relation(place)}" already exists`),
    noDatabase: (name) => error('3D000', `database "${name}" does not exist`),
    unknownTable: (place) => error('42P01', `table "${relation(place)}" does not exist`),
  },
}
