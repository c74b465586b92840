/** psql: runs SQL and backslash commands from -c, -f or its input. */
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import { SqlError } from '../sql/contract.ts'
import { statements } from '../sql/lex.ts'
import { readText } from '../text/files.ts'
import { ask, type Connection, literal, readOptions } from './client-options.ts'
import type { PgError, PgResult, UnitReply } from './contract.ts'
import { dialect } from './dialect.ts'
import { type PrintOptions, print } from './print.ts'
import { listing } from './psql-meta.ts'

/** One thing psql does: a query it sends, or a command of its own. */
type Step =
  | { readonly kind: 'unit'; readonly sql: readonly string[]; readonly line: number; readonly tag?: string }
  | { readonly kind: 'meta'; readonly name: string; readonly argument: string; readonly line: number }
  | { readonly kind: 'broken'; readonly message: string; readonly line: number }

interface Run {
  connection: Connection
  out: string
  err: string
  failed: boolean
  stopped: boolean
  print: PrintOptions
}

const TABLE = {
  c: 'command=',
  f: 'file=',
  t: 'tuples-only',
  A: 'no-align',
  F: 'field-separator=',
  q: 'quiet',
  x: 'expanded',
  X: 'no-psqlrc',
  v: 'set=',
  l: 'list',
  V: 'version',
  '1': 'single-transaction',
  a: 'echo-all',
  e: 'echo-queries',
  P: 'pset=',
  ' csv': 'csv',
  ' var': 'variable=',
}

const NO_CONNECTION = 'psql: error: '

const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

/** Cuts a script into steps: statements end at `;`, commands at the end of their line, COPY data at `\.`. */
function stepsOf(script: string): Step[] {
  const steps: Step[] = []
  const lines = script.split('\n')
  let sql = ''
  let first = 1
  const flush = (): void => {
    try {
      for (const text of statements(sql, dialect))
        steps.push({ kind: 'unit', sql: [text], line: first + lineOf(sql, sql.indexOf(text)) - 1 })
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      steps.push({ kind: 'broken', message: error.message, line: first })
    }
    sql = ''
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    const copy = /^COPY\s+(\S+)\s*(?:\(([^)]*)\))?\s+FROM\s+stdin/i.exec(line.trim())
    if (copy !== null && sql.trim() === '') {
      const end = lines.findIndex((l, n) => n > i && l.trim() === '\\.')
      const data = lines.slice(i + 1, end < 0 ? undefined : end)
      if (data.length > 0) steps.push({ kind: 'unit', sql: [copied(copy[1]!, copy[2], data)], line: i + 1, tag: `COPY ${data.length}` })
      else steps.push({ kind: 'unit', sql: [], line: i + 1, tag: 'COPY 0' })
      i = end < 0 ? lines.length : end
    } else if (line.trimStart().startsWith('\\') && !inText(sql)) {
      flush()
      const [name = '', ...rest] = line.trim().split(/\s+/)
      steps.push({ kind: 'meta', name, argument: rest.join(' ').replace(/;$/, ''), line: i + 1 })
    } else {
      if (sql === '') first = i + 1
      sql += `${line}\n`
      if (line.includes(';') && !inText(sql)) flush()
    }
  }
  flush()
  return steps
}

const inText = (sql: string): boolean => (sql.replace(/--.*/g, '').match(/'/g) ?? []).length % 2 === 1

/** The rows of a COPY block as what the server takes. */
function copied(table: string, columns: string | undefined, lines: readonly string[]): string {
  const value = (text: string): string =>
    text === '\\N' ? 'NULL' : literal(text.replace(/\\([tnr\\])/g, (_, c: string) => ({ t: '\t', n: '\n', r: '\r' })[c] ?? '\\'))
  return `INSERT INTO ${table} ${columns === undefined ? '' : `(${columns}) `}VALUES ${lines.map((l) => `(${l.split('\t').map(value).join(', ')})`).join(', ')}`
}

const errorText = (e: PgError, before: string): string =>
  `${before}${e.severity}:  ${e.message}\n${e.detail === undefined ? '' : `DETAIL:  ${e.detail}\n`}${e.hint === undefined ? '' : `HINT:  ${e.hint}\n`}`

function show(run: Run, results: readonly PgResult[], quiet: boolean, tag?: string): void {
  for (const r of results) {
    for (const notice of r.notices) run.err += `${notice}\n`
    const printed = print(r, run.print)
    run.out += printed
    // Results of queries speak for themselves; everything else says what it did.
    if ((r.columns.length === 0 || /^(INSERT|UPDATE|DELETE)/.test(r.tag)) && !quiet) run.out += `${tag ?? r.tag}\n`
  }
}

/** Runs steps; consecutive queries are one connection, as in life all are. */
function perform(steps: readonly Step[], run: Run, ctx: ProcessContext, o: { quiet: boolean; stop: boolean; from?: string }): void {
  const before = (line: number): string => (o.from === undefined ? '' : `psql:${o.from}:${line}: `)
  for (let i = 0; i < steps.length && !run.stopped; ) {
    const step = steps[i]!
    if (step.kind === 'meta') {
      meta(step.name, step.argument, run, ctx)
      i++
    } else if (step.kind === 'broken') {
      run.err += `${before(step.line)}ERROR:  ${step.message}\n`
      run.failed = true
      run.stopped = o.stop
      i++
    } else {
      const units: (Step & { kind: 'unit' })[] = []
      for (; i < steps.length && steps[i]!.kind === 'unit'; i++) units.push(steps[i] as Step & { kind: 'unit' })
      const replies = send(
        run,
        ctx,
        units.map((u) => u.sql),
        o.stop,
      )
      if (replies === undefined) return
      replies.forEach((reply, n) => {
        show(run, reply.results, o.quiet, units[n]!.tag)
        if (reply.error === undefined) return
        run.err += errorText(reply.error, before(units[n]!.line))
        run.failed = true
        run.stopped ||= o.stop
      })
    }
  }
}

/** Undefined when no connection came about; that ends psql. */
function send(run: Run, ctx: ProcessContext, units: readonly (readonly string[])[], stop: boolean): readonly UnitReply[] | undefined {
  const asked = ask(run.connection, ctx, { units, stop })
  if ('error' in asked) {
    run.err += `${NO_CONNECTION}${asked.error}\n`
    run.failed = true
    run.stopped = true
    return undefined
  }
  return asked.reply.ok ? asked.reply.units : []
}

function meta(name: string, argument: string, run: Run, ctx: ProcessContext): void {
  const found = listing(name, argument)
  if (found !== undefined) {
    const replies = send(run, ctx, [found.sql], true)
    const [reply] = replies ?? []
    if (reply?.error !== undefined) run.err += errorText(reply.error, '')
    if (reply === undefined || reply.error !== undefined) return
    const shown = found.show(reply.results)
    if ('message' in shown) run.err += `${shown.message}\n`
    else run.out += print(shown.result, { ...run.print, ...(shown.title !== undefined && { title: shown.title }) }) + (shown.after ?? '')
    return
  }
  switch (name) {
    case '\\q':
      run.stopped = true
      return
    case '\\c':
    case '\\connect': {
      const [database, user] = argument.split(/\s+/)
      const next = { ...run.connection, ...(database && database !== '-' && { database }), ...(user && { user }) }
      const asked = ask(next, ctx, {})
      if ('error' in asked) {
        run.err += `\\connect: ${asked.error}\n`
        run.failed = true
        run.stopped = true
        return
      }
      run.connection = next
      run.out += `You are now connected to database "${next.database}" as user "${next.user}".\n`
      return
    }
    case '\\x':
      run.print = { ...run.print, expanded: !run.print.expanded }
      run.out += `Expanded display is ${run.print.expanded ? 'on' : 'off'}.\n`
      return
    case '\\echo':
      run.out += `${argument}\n`
      return
    case '\\conninfo': {
      const { database, user, host, port } = run.connection
      run.out += `You are connected to database "${database}" as user "${user}" ${host === undefined ? `via socket in "/var/run/postgresql"` : `on host "${host}"`} at port "${port}".\n`
      return
    }
    case '\\set':
    case '\\timing':
    case '\\encoding':
    case '\\restrict':
    case '\\unrestrict':
      return
    default:
      run.err += `invalid command ${name}\nTry \\? for help.\n`
      run.failed = true
  }
}

const unitOf = (command: string): Step[] => {
  if (command.trimStart().startsWith('\\')) return stepsOf(command)
  try {
    return [{ kind: 'unit', sql: statements(command, dialect), line: 1 }]
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return [{ kind: 'broken', message: error.message, line: 1 }]
  }
}

export const psql: ContainerCommand = {
  executables: ['psql'],
  run({ argv, stdin, ctx }) {
    const { connection, given, unknown } = readOptions(argv, TABLE, ctx, true)
    if (unknown !== undefined) return { exitCode: 1, stderr: `psql: ${unknown}\npsql: hint: Try "psql --help" for more information.\n` }
    if (given.has('version')) return { exitCode: 0, stdout: `psql (PostgreSQL) ${(ctx.env['PG_VERSION'] ?? '17.6').split('-')[0]}\n` }
    const stop = [...(given.get('set') ?? []), ...(given.get('variable') ?? [])].some((v) => /^ON_ERROR_STOP=(1|on|true)$/i.test(v))
    const run: Run = {
      connection,
      out: '',
      err: '',
      failed: false,
      stopped: false,
      print: {
        format: given.has('csv') ? 'csv' : given.has('no-align') ? 'unaligned' : 'aligned',
        tuplesOnly: given.has('tuples-only'),
        expanded: given.has('expanded'),
        separator: given.get('field-separator')?.at(-1) ?? '|',
      },
    }
    const quiet = given.has('quiet')
    const commands = given.get('list') ? ['\\l'] : given.get('command')
    const file = given.get('file')?.at(-1)
    if (commands !== undefined) {
      for (const command of commands) if (!run.stopped) perform(unitOf(command), run, ctx, { quiet, stop: stop || commands.length === 1 })
      return { exitCode: run.failed ? (run.err.startsWith(NO_CONNECTION) ? 2 : 1) : 0, stdout: run.out, stderr: run.err }
    }
    const script = file === undefined || file === '-' ? stdin() : readText(ctx.files, file)
    if (script === undefined) return { exitCode: 1, stderr: `psql: error: ${file}: No such file or directory\n` }
    if (script.startsWith('PGDMP'))
      return {
        exitCode: 1,
        stderr:
          'The input is a PostgreSQL custom-format dump.\nUse the pg_restore command-line client to restore this dump to a database.\n',
      }
    const single = given.has('single-transaction')
    const steps = stepsOf(script)
    const all: Step[] = single ? [{ kind: 'unit', sql: ['BEGIN'], line: 1 }, ...steps, { kind: 'unit', sql: ['COMMIT'], line: 1 }] : steps
    perform(all, run, ctx, { quiet, stop, from: file === undefined ? '<stdin>' : file })
    const exitCode = run.err.startsWith(NO_CONNECTION) ? 2 : run.failed && stop ? 3 : 0
    return { exitCode, stdout: run.out, stderr: run.err }
  },
}
