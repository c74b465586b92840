/** Parses one statement as PostgreSQL knows it. What it does not know is its own syntax error; what only we do not know says so. */
import type { TableName } from '../sql/ast.ts'
import { notSimulated } from '../sql/contract.ts'
import { tableName } from '../sql/parse-expression.ts'
import { tableStatement } from '../sql/parse-table.ts'
import { parser, type Words } from '../sql/words.ts'
import { dialect } from './dialect.ts'
import type { RoleOptions, Statement, Target } from './sql-ast.ts'

/** The statement of a text. */
export const parse = parser<Statement>(dialect, whole)

function accepted(w: Words, tag: string): Statement {
  w.skip()
  return { k: 'accepted', tag }
}

/** Statements that exist in PostgreSQL and not here. */
const UNKNOWN_HERE = new Set([
  'COPY',
  'EXPLAIN',
  'WITH',
  'DO',
  'CALL',
  'LISTEN',
  'NOTIFY',
  'PREPARE',
  'EXECUTE',
  'DECLARE',
  'FETCH',
  'LOCK',
  'REINDEX',
  'CLUSTER',
  'COMMENT',
  'SAVEPOINT',
  'RELEASE',
  'MERGE',
  'TABLE',
  'VALUES',
])

function whole(w: Words): Statement {
  const table = tableStatement(w)
  if (table !== undefined) return table
  if (w.take('CREATE')) return create(w)
  if (w.take('ALTER')) return alter(w)
  if (w.take('DROP')) return drop(w)
  if (w.take('GRANT')) return grant(w, 'grant', 'TO')
  if (w.take('REVOKE')) return grant(w, 'revoke', 'FROM')
  if (w.take('SHOW')) return { k: 'show', name: w.name().toLowerCase() }
  if (w.take('START', 'TRANSACTION') || w.take('BEGIN')) {
    if (!w.take('TRANSACTION')) w.take('WORK')
    return { k: 'begin' }
  }
  if (w.take('COMMIT') || w.take('END')) return { k: 'commit' }
  if (w.take('ROLLBACK') || w.take('ABORT')) return { k: 'rollback' }
  for (const tag of ['SET', 'RESET', 'VACUUM', 'ANALYZE', 'CHECKPOINT', 'DISCARD']) if (w.take(tag)) return accepted(w, tag)
  const word = w.next?.text.toUpperCase() ?? ''
  if (w.next?.kind === 'name' && UNKNOWN_HERE.has(word)) throw notSimulated(word)
  return w.fail()
}

function create(w: Words): Statement {
  if (w.take('DATABASE')) {
    const name = w.name()
    let owner: string | undefined
    w.take('WITH')
    while (!w.atEnd && !w.is(';')) {
      if (!w.take('OWNER')) {
        w.any()
        continue
      }
      w.take('=')
      owner = w.name()
    }
    return { k: 'create-database', name, guarded: false, ...(owner !== undefined && { owner }) }
  }
  if (w.take('ROLE') || w.take('GROUP')) return { k: 'create-role', name: w.name(), options: roleOptions(w, { login: false }) }
  if (w.take('USER')) return { k: 'create-role', name: w.name(), options: roleOptions(w, { login: true }) }
  if (w.take('SCHEMA')) {
    const guarded = w.ifExists()
    const name = w.name()
    w.skip()
    return { k: 'create-schema', name, guarded }
  }
  if (w.take('INDEX') || w.take('UNIQUE', 'INDEX')) return accepted(w, 'CREATE INDEX')
  throw notSimulated(`CREATE ${w.next?.text.toUpperCase() ?? ''}`.trim())
}

function roleOptions(w: Words, first: RoleOptions): RoleOptions {
  let options = first
  w.take('WITH')
  for (;;) {
    if (w.take('ENCRYPTED') || w.is('PASSWORD')) {
      w.need('PASSWORD')
      options = { ...options, password: w.take('NULL') ? null : w.text() }
      continue
    }
    const known = (['login', 'superuser', 'createdb', 'createrole'] as const).find(
      (o) => w.is(o.toUpperCase()) || w.is(`NO${o.toUpperCase()}`),
    )
    if (known !== undefined) {
      options = { ...options, [known]: !/^no/i.test(w.name()) }
      continue
    }
    if (w.atEnd || w.is(';')) return options
    if (w.take('REPLICATION') || w.take('NOREPLICATION') || w.take('INHERIT') || w.take('NOINHERIT'))
      throw notSimulated('this attribute of a role')
    return w.fail()
  }
}

function alter(w: Words): Statement {
  if (w.take('ROLE') || w.take('USER')) {
    const name = w.name()
    if (w.is('SET') || w.is('RENAME') || w.is('RESET')) throw notSimulated(`ALTER ROLE … ${w.name().toUpperCase()}`)
    return { k: 'alter-role', name, options: roleOptions(w, {}) }
  }
  if (w.take('DATABASE')) {
    const name = w.name()
    if (w.take('OWNER', 'TO')) return { k: 'own-database', name, owner: w.name() }
  }
  throw notSimulated('this form of ALTER')
}

function drop(w: Words): Statement {
  if (w.take('DATABASE')) {
    const guarded = w.ifExists()
    const name = w.name()
    w.skip()
    return { k: 'drop-database', guarded, name }
  }
  if (w.take('ROLE') || w.take('USER')) return { k: 'drop-role', guarded: w.ifExists(), names: w.list(() => w.name()) }
  if (w.take('INDEX')) return accepted(w, 'DROP INDEX')
  throw notSimulated(`DROP ${w.next?.text.toUpperCase() ?? ''}`.trim())
}

function target(w: Words): Target {
  if (w.take('DATABASE')) return { on: 'database', name: w.name() }
  if (w.take('SCHEMA')) return { on: 'schema', name: w.name() }
  if (w.take('ALL', 'TABLES', 'IN', 'SCHEMA') || w.take('ALL', 'SEQUENCES', 'IN', 'SCHEMA')) return { on: 'tables', name: w.name() }
  w.take('TABLE')
  const table: TableName = tableName(w)
  return { on: 'table', table }
}

function grant(w: Words, k: 'grant' | 'revoke', to: string): Statement {
  const privileges = w.list(() => {
    const word = w.name().toUpperCase()
    if (word === 'ALL') w.take('PRIVILEGES')
    return word
  })
  if (!w.take('ON')) throw notSimulated(`${k.toUpperCase()} of a role`)
  const on = target(w)
  w.need(to)
  const roles = w.list(() => w.name())
  w.take('WITH', 'GRANT', 'OPTION')
  return { k, privileges, target: on, roles }
}
