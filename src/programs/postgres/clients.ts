/** The other command-line clients: pg_isready, pg_dump, pg_dumpall, pg_restore, createdb, dropdb. They dial the server as any client does. */
import type { ContainerCommand } from '../contract.ts'
import { readText, writeText } from '../text/files.ts'
import { ask, quoteName, readOptions } from './client-options.ts'
import { socketPath } from './contract.ts'
import { dumpAll, dumpDatabase } from './dump.ts'
import { psql } from './psql.ts'

const isReady: ContainerCommand = {
  executables: ['pg_isready'],
  run({ argv, ctx }) {
    const { connection: c, given, unknown } = readOptions(argv, { q: 'quiet', t: 'timeout=' }, ctx, false)
    if (unknown !== undefined)
      return { exitCode: 3, stderr: `pg_isready: ${unknown}\npg_isready: hint: Try "pg_isready --help" for more information.\n` }
    const timeoutMs = Number(given.get('timeout')?.at(-1) ?? 3) * 1000
    const asked = ask({ ...c, timeoutMs: timeoutMs > 0 ? timeoutMs : c.timeoutMs }, ctx, { probe: true })
    const at =
      c.host === undefined
        ? socketPath(c.port)
            .replace('.s.PGSQL.', '')
            .replace(/\/(\d+)$/, ':$1')
        : `${c.host}:${c.port}`
    const rejecting = 'error' in asked && asked.error.includes('FATAL:')
    const [exitCode, text] = !('error' in asked)
      ? [0, 'accepting connections']
      : rejecting
        ? [1, 'rejecting connections']
        : [2, 'no response']
    return { exitCode, stdout: given.has('quiet') ? '' : `${at} - ${text}\n` }
  },
}

const dump: ContainerCommand = {
  executables: ['pg_dump', 'pg_dumpall'],
  run({ argv, ctx }) {
    const name = argv[0]!.split('/').at(-1)!
    const table = {
      F: 'format=',
      f: 'file=',
      t: 'table=',
      s: 'schema-only',
      a: 'data-only',
      c: 'clean',
      C: 'create',
      O: 'no-owner',
      x: 'no-privileges',
      v: 'verbose',
      Z: 'compress=',
      ' i': 'if-exists',
      ' n': 'inserts',
    }
    const { connection, given, unknown } = readOptions(argv, table, ctx, name === 'pg_dump')
    if (unknown !== undefined)
      return { exitCode: 1, stderr: `${name}: ${unknown}\n${name}: hint: Try "${name} --help" for more information.\n` }
    const format = given.get('format')?.at(-1)?.[0] ?? 'p'
    if (format === 'd' || format === 't')
      return { exitCode: 1, stderr: `${name}: clusterlab simulates only the formats plain and custom\n` }
    const options = {
      tables: given.get('table') ?? [],
      schema: !given.has('data-only'),
      rows: !given.has('schema-only'),
      clean: given.has('clean'),
      inserts: given.has('inserts'),
      create: given.has('create'),
    }
    const made =
      name === 'pg_dump' ? dumpDatabase(connection, ctx, options) : dumpAll({ ...connection, database: 'postgres' }, ctx, options)
    if ('error' in made) return { exitCode: 1, stderr: `${name}: error: ${made.error}\n` }
    const text = format === 'c' ? `PGDMP\n${made.text}` : made.text
    const file = given.get('file')?.at(-1)
    if (file === undefined) return { exitCode: 0, stdout: text }
    writeText(ctx.files, file, text)
    return { exitCode: 0 }
  },
}

const restore: ContainerCommand = {
  executables: ['pg_restore'],
  run({ argv, stdin, ctx }) {
    const table = {
      c: 'clean',
      C: 'create',
      l: 'list',
      O: 'no-owner',
      x: 'no-privileges',
      v: 'verbose',
      '1': 'single-transaction',
      e: 'exit-on-error',
      j: 'jobs=',
      f: 'file=',
      ' i': 'if-exists',
    }
    const { given, words, unknown } = readOptions(argv, table, ctx, false)
    if (unknown !== undefined)
      return { exitCode: 1, stderr: `pg_restore: ${unknown}\npg_restore: hint: Try "pg_restore --help" for more information.\n` }
    const [file] = words
    const text = file === undefined ? stdin() : readText(ctx.files, file)
    if (text === undefined)
      return { exitCode: 1, stderr: `pg_restore: error: could not open input file "${file}": No such file or directory\n` }
    if (!text.startsWith('PGDMP\n')) {
      const why = text.startsWith('--')
        ? 'input file appears to be a text format dump. Please use psql.'
        : 'input file does not appear to be a valid archive'
      return { exitCode: 1, stderr: `pg_restore: error: ${why}\n` }
    }
    const sql = text.slice('PGDMP\n'.length)
    if (!given.has('dbname')) {
      if (given.get('file')?.at(-1) === '-') return { exitCode: 0, stdout: sql }
      return { exitCode: 1, stderr: 'pg_restore: error: one of -d/--dbname and -f/--file must be specified\n' }
    }
    const pass = argv
      .slice(1)
      .filter(
        (a, i, all) =>
          /^(-[hpUdw]|--(host|port|username|dbname|no-password))/.test(a) ||
          /^-[hpUd]$/.test(all[i - 1] ?? '') ||
          /^--(host|port|username|dbname)$/.test(all[i - 1] ?? ''),
      )
    const stopped = given.has('exit-on-error') || given.has('single-transaction')
    const more = [...(stopped ? ['-v', 'ON_ERROR_STOP=1'] : []), ...(given.has('single-transaction') ? ['-1'] : [])]
    const done = psql.run({ argv: ['psql', '-q', ...more, ...pass], stdin: () => sql, ctx })
    const stderr = (done.stderr ?? '')
      .replaceAll(/psql:<stdin>:\d+: /g, 'pg_restore: error: could not execute query: ')
      .replace(/^psql: error/, 'pg_restore: error')
    const errors = stderr.match(/could not execute query/g)?.length ?? 0
    return {
      exitCode: errors > 0 || done.exitCode !== 0 ? 1 : 0,
      stderr: errors > 0 && !stopped ? `${stderr}pg_restore: warning: errors ignored on restore: ${errors}\n` : stderr,
    }
  },
}

const database: ContainerCommand = {
  executables: ['createdb', 'dropdb'],
  run({ argv, ctx }) {
    const name = argv[0]!.split('/').at(-1)!
    const { connection, given, words } = readOptions(argv, { O: 'owner=', ' i': 'if-exists' }, ctx, false)
    const wanted = words[0] ?? connection.user
    const owner = given.get('owner')?.at(-1)
    const sql =
      name === 'createdb'
        ? `CREATE DATABASE "${wanted}"${owner === undefined ? '' : ` OWNER ${quoteName(owner)}`}`
        : `DROP DATABASE ${given.has('if-exists') ? 'IF EXISTS ' : ''}"${wanted}"`
    const asked = ask({ ...connection, database: 'postgres' }, ctx, { units: [[sql]] })
    if ('error' in asked) return { exitCode: 1, stderr: `${name}: error: ${asked.error}\n` }
    const error = asked.reply.ok ? asked.reply.units[0]?.error : undefined
    if (error === undefined) return { exitCode: 0 }
    return {
      exitCode: 1,
      stderr: `${name}: error: database ${name === 'createdb' ? 'creation' : 'removal'} failed: ERROR:  ${error.message}\n`,
    }
  },
}

export const clientCommands: readonly ContainerCommand[] = [psql, isReady, dump, restore, database]
