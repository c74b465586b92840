/** MariaDB's SQL where it differs from other servers': quotes, loose values, functions, and its numbered errors. */
import { type Dialect, type Place, SqlError, type SqlFunction } from '../sql/contract.ts'
import { truthy } from '../sql/evaluate.ts'
import { dashedTime } from '../text/times.ts'

const moment: SqlFunction = (_args, facts) => dashedTime(facts.nowMs)
const day: SqlFunction = (_args, facts) => dashedTime(facts.nowMs).slice(0, 10)
const database: SqlFunction = (_args, facts) => facts.database ?? null
const full = (p: Place): string => `${p.database}.${p.table}`

export const dialect: Dialect = {
  textQuotes: `'"`,
  nameQuote: '`',
  backslashes: true,
  hashComments: true,
  fold: (name) => name,
  truth: (is) => (is ? 1 : 0),
  exact: false,
  nullsLast: false,
  divide: (a, b) => (b === 0 ? null : a / b),
  keep: (_column, value) => value,
  functions: {
    UTC_TIMESTAMP: moment,
    SYSDATE: moment,
    CURDATE: day,
    UNIX_TIMESTAMP: (_args, facts) => Math.floor(facts.nowMs / 1000),
    DATABASE: database,
    SCHEMA: database,
    LAST_INSERT_ID: (_args, facts) => facts.lastId,
    IFNULL: ([a, b]) => a ?? b ?? null,
    IF: ([a, b, c]) => (truthy(a ?? null) ? b : c) ?? null,
    SLEEP: () => 0,
  },
  heading: (_e, text) => text,
  says: {
    syntax: (near) =>
      new SqlError(
        1064,
        '42000',
        `You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '${near.slice(0, 80)}' at line 1`,
      ),
    noTable: (place) => new SqlError(1146, '42S02', `Table '${full(place)}' doesn't exist`),
    noColumn: (name, table) => new SqlError(1054, '42S22', `Unknown column '${table ? `${table}.` : ''}${name}' in 'field list'`),
    noFunction: (name, _args, facts) => new SqlError(1305, '42000', `FUNCTION ${facts.database ?? ''}.${name} does not exist`),
    columnCount: (row) => new SqlError(1136, '21S01', `Column count doesn't match value count at row ${row}`),
    nullValue: ({ name }, given) =>
      given
        ? new SqlError(1048, '23000', `Column '${name}' cannot be null`)
        : new SqlError(1364, 'HY000', `Field '${name}' doesn't have a default value`),
    duplicate: (_columns, values, key) => new SqlError(1062, '23000', `Duplicate entry '${values.join('-')}' for key '${key}'`),
    tableExists: ({ table }) => new SqlError(1050, '42S01', `Table '${table}' already exists`),
    columnExists: (column) => new SqlError(1060, '42S21', `Duplicate column name '${column}'`),
    noDatabase: (name) => new SqlError(1049, '42000', `Unknown database '${name}'`),
    unknownTable: (place) => new SqlError(1051, '42S02', `Unknown table '${full(place)}'`),
  },
}
