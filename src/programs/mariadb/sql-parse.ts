/** Parses one statement as MariaDB knows it. What it does not know is its own syntax error 1064. */
import { expression, tableName } from '../sql/parse-expression.ts'
import { insert } from '../sql/parse-query.ts'
import { tableStatement } from '../sql/parse-table.ts'
import { parser, type Words } from '../sql/words.ts'
import { dialect } from './dialect.ts'
import type { AccountName, Statement } from './sql-ast.ts'

/** The statement of a text. */
export const parse = parser<Statement>(dialect, whole)

function skip(w: Words): Statement {
  w.skip()
  return { k: 'nothing' }
}

function whole(w: Words): Statement {
  const table = tableStatement(w)
  if (table !== undefined) return table
  if (w.take('REPLACE')) return insert(w, 'replace')
  if (w.take('CREATE')) return create(w)
  if (w.take('DROP')) return drop(w)
  if (w.take('USE')) return { k: 'use', name: w.name() }
  if (w.take('SHOW')) return show(w)
  if (w.take('DESCRIBE') || w.take('DESC')) return { k: 'show', what: 'COLUMNS', from: tableName(w) }
  if (w.take('ALTER', 'USER')) return { k: 'alter-user', guarded: w.ifExists(), accounts: w.list(() => identified(w)) }
  if (w.take('SET')) return set(w)
  if (w.take('GRANT')) return grant(w, 'grant', 'TO')
  if (w.take('REVOKE')) return grant(w, 'revoke', 'FROM')
  const about = replication(w)
  if (about !== undefined) return about
  if (w.take('START', 'TRANSACTION') || w.take('BEGIN')) return { k: 'begin' }
  if (w.take('COMMIT')) return { k: 'commit' }
  if (w.take('ROLLBACK')) return { k: 'rollback' }
  if (w.take('FLUSH') || w.take('LOCK') || w.take('UNLOCK') || w.take('ANALYZE') || w.take('OPTIMIZE')) return skip(w)
  return w.fail()
}

/** CHANGE MASTER TO, START and STOP REPLICA and the like; undefined: it begins otherwise. */
function replication(w: Words): Statement | undefined {
  if (w.take('CHANGE', 'MASTER', 'TO') || w.take('CHANGE', 'REPLICATION', 'SOURCE', 'TO')) {
    const pairs = w.list((): [string, string | number] => {
      const name = w.name().toUpperCase()
      w.need('=')
      return [name, w.next?.kind === 'number' ? w.number() : w.next?.kind === 'string' ? w.text() : w.name()]
    })
    return { k: 'change-master', options: Object.fromEntries(pairs) }
  }
  for (const verb of ['START', 'STOP'])
    if (w.take(verb, 'SLAVE') || w.take(verb, 'REPLICA') || w.take(verb, 'ALL', 'SLAVES')) {
      const threads = w.take('IO_THREAD') ? 'io' : w.take('SQL_THREAD') ? 'sql' : 'both'
      return { k: verb === 'START' ? 'start-replica' : 'stop-replica', threads }
    }
  if (w.take('RESET', 'SLAVE') || w.take('RESET', 'REPLICA')) return { k: 'reset-replica', all: w.take('ALL') }
  return undefined
}

function create(w: Words): Statement {
  const replaces = w.take('OR', 'REPLACE')
  if (w.take('USER')) return { k: 'create-user', guarded: w.ifExists() || replaces, accounts: w.list(() => identified(w)) }
  if (w.take('INDEX') || w.take('UNIQUE', 'INDEX')) return skip(w)
  if (!w.take('SCHEMA')) w.need('DATABASE')
  const guarded = w.ifExists() || replaces
  const name = w.name()
  w.skip()
  return { k: 'create-database', name, guarded }
}

function drop(w: Words): Statement {
  if (w.take('USER')) return { k: 'drop-user', guarded: w.ifExists(), accounts: w.list(() => accountName(w)) }
  if (!w.take('SCHEMA')) w.need('DATABASE')
  return { k: 'drop-database', guarded: w.ifExists(), name: w.name() }
}

function show(w: Words): Statement {
  if (w.take('SLAVE', 'STATUS') || w.take('REPLICA', 'STATUS') || w.take('ALL', 'SLAVES', 'STATUS')) return { k: 'replica-status' }
  if (w.take('MASTER', 'STATUS') || w.take('BINLOG', 'STATUS') || w.take('BINARY', 'LOG', 'STATUS')) return { k: 'master-status' }
  if (w.take('SLAVE', 'HOSTS') || w.take('REPLICA', 'HOSTS') || w.take('REPLICAS')) return { k: 'replica-hosts' }
  w.take('FULL')
  w.take('GLOBAL')
  w.take('SESSION')
  if (w.take('GRANTS')) return { k: 'show', what: 'GRANTS', ...(w.take('FOR') && { account: accountName(w) }) }
  if (w.take('CREATE', 'TABLE')) return { k: 'show', what: 'CREATE TABLE', from: tableName(w) }
  const what = w.name().toUpperCase()
  const from = w.take('FROM') || w.take('IN') ? tableName(w) : undefined
  const like = w.take('LIKE') ? w.text() : undefined
  return { k: 'show', what, ...(like !== undefined && { like }), ...(from && { from }) }
}

function accountName(w: Words): AccountName {
  const word = w.any()
  if (word === undefined || !['name', 'quoted', 'string'].includes(word.kind)) w.fail()
  if (/^current_user$/i.test(word!.text)) {
    if (w.take('(')) w.need(')')
    return { user: '\0current', host: '' }
  }
  const next = w.next
  if (next?.kind === 'variable') {
    w.any()
    return { user: word!.text, host: next.text.slice(1) }
  }
  if (!w.take('@')) return { user: word!.text, host: '%' }
  const host = w.any()
  return { user: word!.text, host: host?.text ?? '%' }
}

function identified(w: Words): AccountName & { password?: string } {
  const account = accountName(w)
  if (!w.take('IDENTIFIED')) return account
  if (w.take('VIA') || w.take('WITH')) {
    w.name()
    if (!w.take('BY') && !w.take('USING') && !w.take('AS')) return account
    if (w.take('PASSWORD')) {
      w.need('(')
      return { ...account, password: w.closed(() => w.text()) }
    }
    return { ...account, password: w.text() }
  }
  w.need('BY')
  return { ...account, password: w.text() }
}

function set(w: Words): Statement {
  if (w.take('GLOBAL') || w.next?.text.toLowerCase().startsWith('@@global.')) {
    const name = w
      .any()!
      .text.replace(/^@@global\./i, '')
      .toLowerCase()
    w.need('=')
    const e = expression(w)
    const value = e.k === 'value' ? e.v : e.k === 'column' ? e.name : null
    return { k: 'set-global', name, value }
  }
  if (!w.take('PASSWORD')) return skip(w)
  const account = w.take('FOR') ? accountName(w) : undefined
  w.need('=')
  const hashed = w.take('PASSWORD', '(')
  const password = w.text()
  if (hashed) w.need(')')
  return { k: 'set-password', password, ...(account && { account }) }
}

function grant(w: Words, k: 'grant' | 'revoke', to: string): Statement {
  const privileges = w.list(() => {
    let words = w.name().toUpperCase()
    while (!w.is(',') && !w.is('ON') && !w.atEnd) words += ` ${w.name().toUpperCase()}`
    return words === 'ALL PRIVILEGES' ? 'ALL' : words
  })
  w.need('ON')
  const database = w.take('*') ? '*' : w.name()
  if (w.take('.')) if (!w.take('*')) w.name()
  w.need(to)
  const accounts = w.list(() => identified(w))
  w.take('WITH', 'GRANT', 'OPTION')
  return { k, privileges, on: database.replaceAll('\\', ''), accounts }
}
