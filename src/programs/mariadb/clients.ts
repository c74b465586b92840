/** The command-line clients: mariadb/mysql, mariadb-admin, mariadb-dump. They dial the server as any client does. */
import type { DialResult } from '../../network/contract.ts'
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import { type Result, SqlError, type Value } from '../sql/contract.ts'
import { statements } from '../sql/lex.ts'
import { readText } from '../text/files.ts'
import type { MysqlReply, MysqlRequest } from './contract.ts'
import { dialect } from './dialect.ts'

export interface Options {
  readonly host?: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database?: string
  readonly execute?: string
  readonly names: boolean
  readonly table: boolean
  readonly words: readonly string[]
  readonly timeoutMs: number
}

const VALUED: Record<string, string> = { h: 'host', P: 'port', u: 'user', D: 'database', e: 'execute', S: 'socket' }

function optionsOf(argv: readonly string[], ctx: ProcessContext): Options {
  const given: Record<string, string> = {}
  const words: string[] = []
  let [names, table] = [true, false]
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!
    if (arg.startsWith('--')) {
      const [name = '', ...rest] = arg.slice(2).split('=')
      if (name === 'skip-column-names') names = false
      else if (name === 'table') table = true
      else if (rest.length > 0) given[name] = rest.join('=')
      else if (Object.values(VALUED).includes(name) || name === 'connect-timeout' || name === 'protocol') given[name] = argv[++i] ?? ''
    } else if (arg.startsWith('-') && arg.length > 1) {
      const letter = arg[1]!
      if (letter === 'p') given['password'] = arg.slice(2)
      else if (VALUED[letter]) given[VALUED[letter]] = arg.length > 2 ? arg.slice(2) : (argv[++i] ?? '')
      else for (const l of arg.slice(1)) [names, table] = [names && l !== 'N', table || l === 't']
    } else words.push(arg)
  }
  const timeout = Number(given['connect-timeout'] ?? given['connect_timeout'] ?? 60)
  return {
    ...(given['host'] !== undefined && { host: given['host'] }),
    port: Number(given['port'] ?? 3306),
    user: given['user'] ?? 'root',
    password: given['password'] ?? ctx.env['MYSQL_PWD'] ?? '',
    ...(given['database'] !== undefined && { database: given['database'] }),
    ...(given['execute'] !== undefined && { execute: given['execute'] }),
    names,
    table,
    words,
    timeoutMs: timeout * 1000,
  }
}

/** `ERROR 2002 …` when no connection comes about. */
export function connectionError(result: DialResult & { ok: false }, host: string): string {
  switch (result.failure) {
    case 'dns-not-found':
    case 'dns-timeout':
    case 'dns-refused':
      return `ERROR 2005 (HY000): Unknown server host '${host}' (${result.failure === 'dns-not-found' ? -2 : -3})`
    case 'reset':
      return "ERROR 2013 (HY000): Lost connection to server at 'handshake: reading initial communication packet', system error: 104"
    default:
      return `ERROR 2003 (HY000): Can't connect to MySQL server on '${host}' (${result.failure === 'refused' ? 111 : result.failure === 'no-route' ? 113 : 110})`
  }
}

/** Dials the server; an error text when there is none. */
export function ask(o: Options, ctx: ProcessContext, request: Partial<MysqlRequest>): { reply: MysqlReply } | { error: string } {
  const socket = o.host === undefined || o.host === 'localhost'
  const port = socket ? readText(ctx.files, '/run/mysqld/mysqld.sock') : String(o.port)
  if (port === undefined) return { error: "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)" }
  const host = socket ? '127.0.0.1' : o.host!
  const payload: MysqlRequest = {
    user: o.user,
    password: o.password,
    ...(o.database !== undefined && { database: o.database }),
    ...(socket && { socket: true }),
    ...request,
  }
  const result = ctx.dial({ host, port: Number(port), protocol: 'mysql', payload, timeoutMs: o.timeoutMs })
  if (result.ok) return { reply: result.reply as MysqlReply }
  return {
    error: socket
      ? "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (111)"
      : connectionError(result, host),
  }
}

const cell = (v: Value): string =>
  v === null ? 'NULL' : String(v).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')

function batch(r: Result, names: boolean): string {
  if (r.columns.length === 0) return ''
  if (r.rows.length === 0) return ''
  return [...(names ? [r.columns.join('\t')] : []), ...r.rows.map((row) => row.map(cell).join('\t'))].map((l) => `${l}\n`).join('')
}

function boxed(r: Result, names: boolean): string {
  if (r.columns.length === 0 || r.rows.length === 0) return ''
  const rows = r.rows.map((row) => row.map((v) => (v === null ? 'NULL' : String(v))))
  const widths = r.columns.map((c, i) => Math.max(names ? c.length : 0, ...rows.map((row) => row[i]!.length)))
  const rule = `+${widths.map((w) => '-'.repeat(w + 2)).join('+')}+\n`
  const line = (row: readonly string[]): string =>
    `|${row.map((v, i) => ` ${typeof r.rows[0]?.[i] === 'number' ? v.padStart(widths[i]!) : v.padEnd(widths[i]!)} `).join('|')}|\n`
  return rule + (names ? line(r.columns) + rule : '') + rows.map(line).join('') + rule
}

function turned(r: Result): string {
  const width = Math.max(0, ...r.columns.map((c) => c.length))
  const star = '*'.repeat(27)
  return r.rows
    .map((row, n) => `${star} ${n + 1}. row ${star}\n${r.columns.map((c, i) => `${c.padStart(width)}: ${row[i] ?? 'NULL'}\n`).join('')}`)
    .join('')
}

const client: ContainerCommand = {
  executables: ['mariadb', 'mysql'],
  run({ argv, stdin, ctx }) {
    const o = optionsOf(argv, ctx)
    const options = o.database === undefined && o.words[0] !== undefined ? { ...o, database: o.words[0] } : o
    let sql: string[]
    const text = o.execute ?? stdin()
    // `\\G` ends a statement and turns its result on its side.
    const vertical = /\\G/.test(text) || argv.includes('-E') || argv.includes('--vertical')
    try {
      sql = statements(text.replaceAll(/\\[Gg]/g, ';'), dialect)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      return { exitCode: 1, stderr: `ERROR ${error.errno} (${error.sqlState}) at line 1: ${error.message}\n` }
    }
    const asked = ask(options, ctx, { sql })
    if ('error' in asked) return { exitCode: 1, stderr: `${asked.error}\n` }
    const { reply } = asked
    if (!reply.ok) return { exitCode: 1, stderr: `ERROR ${reply.error.errno} (${reply.error.sqlState}): ${reply.error.message}\n` }
    const stdout = reply.results.map((r) => (vertical ? turned(r) : o.table ? boxed(r, o.names) : batch(r, o.names))).join('')
    if (reply.error === undefined) return { exitCode: 0, stdout }
    return {
      exitCode: 1,
      stdout,
      stderr: `ERROR ${reply.error.errno} (${reply.error.sqlState}) at line ${reply.results.length + 1}: ${reply.error.message}\n`,
    }
  },
}

const admin: ContainerCommand = {
  executables: ['mariadb-admin', 'mysqladmin'],
  run({ argv, ctx }) {
    const o = optionsOf(argv, ctx)
    const verb = o.words[0] ?? ''
    const name = argv[0]!.split('/').at(-1)!
    if (!['ping', 'version', 'variables', 'processlist', 'create', 'drop', 'password', 'flush-privileges'].includes(verb))
      return { exitCode: 1, stderr: `${name}: Unknown command: '${verb}'\n` }
    const sql =
      verb === 'create'
        ? [`CREATE DATABASE \`${o.words[1] ?? ''}\``]
        : verb === 'drop'
          ? [`DROP DATABASE \`${o.words[1] ?? ''}\``]
          : verb === 'password'
            ? [`SET PASSWORD = PASSWORD('${(o.words[1] ?? '').replaceAll("'", "\\'")}')`]
            : verb === 'variables'
              ? ['SHOW VARIABLES']
              : verb === 'processlist'
                ? ['SHOW PROCESSLIST']
                : []
    const asked = ask(o, ctx, { sql, ...(verb === 'ping' && { ping: true }) })
    const failed = (text: string): { exitCode: number; stderr: string } => ({
      exitCode: 1,
      stderr: `${name}: connect to server at '${o.host ?? 'localhost'}' failed\nerror: '${text}'\n`,
    })
    if ('error' in asked)
      return {
        ...failed(asked.error.replace(/^ERROR \d+ \(\w+\): /, '')),
        stderr: `${failed(asked.error.replace(/^ERROR \d+ \(\w+\): /, '')).stderr}Check that ${name === 'mysqladmin' ? 'mysqld' : 'mariadbd'} is running and that the socket: '/run/mysqld/mysqld.sock' exists!\n`,
      }
    // The server answered, so it lives, whoever may log in.
    if (verb === 'ping')
      return asked.reply.ok
        ? { exitCode: 0, stdout: `${name === 'mysqladmin' ? 'mysqld' : 'mariadbd'} is alive\n` }
        : { exitCode: 0, stderr: failed(asked.reply.error.message).stderr }
    if (!asked.reply.ok) return failed(asked.reply.error.message)
    if (asked.reply.error) return { exitCode: 1, stderr: `${name}: ${verb} failed; error: '${asked.reply.error.message}'\n` }
    if (verb === 'version') return { exitCode: 0, stdout: `Server version\t\t${asked.reply.version}\nProtocol version\t10\n` }
    return { exitCode: 0, stdout: asked.reply.results.map((r) => boxed(r, true)).join('') }
  },
}

const literal = (v: Value): string =>
  v === null ? 'NULL' : typeof v !== 'string' ? String(v) : `'${v.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`

const dump: ContainerCommand = {
  executables: ['mariadb-dump', 'mysqldump'],
  run({ argv, ctx }) {
    const o = optionsOf(argv, ctx)
    const name = argv[0]!.split('/').at(-1)!
    const every = argv.includes('--all-databases') || argv.includes('-A')
    const listed = argv.includes('--databases') || argv.includes('-B')
    const run = (sql: string[], database?: string): Result[] => {
      const asked = ask({ ...o, ...(database !== undefined && { database }) }, ctx, { sql })
      if ('error' in asked) throw new Error(`Got error: ${asked.error.replace(/^ERROR (\d+) \(\w+\)/, '$1')} when trying to connect`)
      if (!asked.reply.ok) throw new Error(`Got error: ${asked.reply.error.errno}: "${asked.reply.error.message}" when trying to connect`)
      if (asked.reply.error)
        throw new Error(`Got error: ${asked.reply.error.errno}: "${asked.reply.error.message}" when selecting the database`)
      return [...asked.reply.results]
    }
    try {
      const databases = every
        ? run(['SHOW DATABASES'])[0]!
            .rows.map((r) => String(r[0]))
            .filter((d) => !['information_schema', 'mysql', 'performance_schema', 'sys'].includes(d))
        : listed
          ? o.words
          : o.words.slice(0, 1)
      if (databases.length === 0) return { exitCode: 1, stdout: `Usage: ${name} [OPTIONS] database [tables]\n` }
      let out = `-- MariaDB dump\n--\n-- Host: ${o.host ?? 'localhost'}    Database: ${databases.join(' ')}\n-- ------------------------------------------------------\n\n`
      for (const database of databases) {
        if (every || listed) out += `CREATE DATABASE /*!32312 IF NOT EXISTS*/ IF NOT EXISTS \`${database}\`;\n\nUSE \`${database}\`;\n\n`
        for (const [table] of run(['SHOW TABLES'], database)[0]!.rows)
          out += dumpTable(String(table), run([`SHOW COLUMNS FROM \`${table}\``, `SELECT * FROM \`${table}\``], database))
      }
      return { exitCode: 0, stdout: `${out}-- Dump completed\n` }
    } catch (error) {
      return { exitCode: 2, stderr: `${name}: ${(error as Error).message}\n` }
    }
  },
}

function dumpTable(table: string, [columns, rows]: Result[]): string {
  const lines = columns!.rows.map(
    ([name, type, nullable, , preset, extra]) =>
      `  \`${name}\` ${type}${nullable === 'NO' ? ' NOT NULL' : ''}${extra === 'auto_increment' ? ' AUTO_INCREMENT' : preset === null || preset === undefined ? '' : ` DEFAULT ${preset === 'current_timestamp()' ? 'CURRENT_TIMESTAMP()' : literal(preset)}`}`,
  )
  const keys = columns!.rows.filter((r) => r[3] === 'PRI').map((r) => `\`${r[0]}\``)
  const unique = columns!.rows.filter((r) => r[3] === 'UNI').map((r) => `  UNIQUE KEY \`${r[0]}\` (\`${r[0]}\`)`)
  const create = `DROP TABLE IF EXISTS \`${table}\`;\nCREATE TABLE \`${table}\` (\n${[...lines, ...(keys.length > 0 ? [`  PRIMARY KEY (${keys.join(',')})`] : []), ...unique].join(',\n')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n`
  const insert =
    rows!.rows.length === 0
      ? ''
      : `INSERT INTO \`${table}\` VALUES\n${rows!.rows.map((r) => `(${r.map(literal).join(',')})`).join(',\n')};\n`
  return `--\n-- Table structure for table \`${table}\`\n--\n\n${create}\n${insert}\n`
}

export const clientCommands: readonly ContainerCommand[] = [client, admin, dump]
