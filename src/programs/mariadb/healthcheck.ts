/**
 * healthcheck.sh of the MariaDB image: tests by name, in the order in which they are given; what belongs to a test stands before it
 * (MariaDB Knowledge Base, "Using Healthcheck.sh"). The first that fails ends it.
 */
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import type { Value } from '../sql/contract.ts'
import { ask, type Options } from './clients.ts'

const LOGIN: Options = { port: 3306, user: 'healthcheck', password: '', names: true, table: false, words: [], timeoutMs: 1000 }

/** What was asked of the replication so far. */
interface Wanted {
  readonly io: boolean
  readonly sql: boolean
  readonly behindSeconds?: number
  readonly remainingSeconds?: number
}

class Failure extends Error {}

/** The columns of the first row of an answer. Throws Failure. */
function query(ctx: ProcessContext, sql: string): Readonly<Record<string, Value>> {
  const asked = ask(LOGIN, ctx, { sql: [sql] })
  if ('error' in asked) throw new Failure(asked.error)
  const error = asked.reply.ok ? asked.reply.error : asked.reply.error
  if (error) throw new Failure(`ERROR ${error.errno} (${error.sqlState}): ${error.message}`)
  const result = asked.reply.ok ? asked.reply.results[0] : undefined
  return Object.fromEntries(result?.columns.map((column, i) => [column, result.rows[0]?.[i] ?? null]) ?? [])
}

const status = (ctx: ProcessContext, name: string): string => String(query(ctx, `SHOW STATUS LIKE '${name}'`)['Value'] ?? '')

/** Any answer at all means that InnoDB is up: the server listens only then. */
const answers = (ctx: ProcessContext): boolean => {
  query(ctx, 'SELECT 1')
  return true
}

function replicates(ctx: ProcessContext, wanted: Wanted): boolean {
  const shown = query(ctx, 'SHOW REPLICA STATUS')
  const behind = shown['Seconds_Behind_Master']
  if (shown['Slave_IO_Running'] === undefined) return false
  if (wanted.io && shown['Slave_IO_Running'] !== 'Yes') return false
  if (wanted.sql && shown['Slave_SQL_Running'] !== 'Yes') return false
  if (wanted.behindSeconds !== undefined && (behind == null || Number(behind) > wanted.behindSeconds)) return false
  const remaining = behind == null ? Number.POSITIVE_INFINITY : Math.max(0, Number(shown['SQL_Delay'] ?? 0) - Number(behind))
  return wanted.remainingSeconds === undefined || Number(behind) === 0 || remaining <= wanted.remainingSeconds
}

const TESTS: Readonly<Record<string, (ctx: ProcessContext, wanted: Wanted) => boolean>> = {
  connect: answers,
  innodb_initialized: answers,
  innodb_buffer_pool_loaded: answers,
  galera_online: (ctx) => status(ctx, 'wsrep_local_state') === '4',
  galera_ready: (ctx) => status(ctx, 'wsrep_ready') === 'ON',
  mariadbupgrade: () => true,
  replication: replicates,
}

const AS_IT_IS = /^--(su=|su-mysql$|datadir|no-defaults$|defaults-|replication_all$|replication_name=)/

export const healthcheck: ContainerCommand = {
  executables: ['healthcheck.sh'],
  run({ argv, ctx }) {
    const failed = (stderr: string): { exitCode: number; stderr: string } => ({ exitCode: 1, stderr: `${stderr}\n` })
    if (argv.length < 2) return failed('At least one argument required')
    let wanted: Wanted = { io: false, sql: false }
    for (const word of argv.slice(1)) {
      const [name = '', value = ''] = word.replace(/^--/, '').split('=')
      const test = word.startsWith('--') ? TESTS[name] : undefined
      if (test !== undefined) {
        try {
          if (!test(ctx, wanted)) return failed(`healthcheck ${name} failed`)
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          return failed(`${error.message}\nhealthcheck ${name} failed`)
        }
      } else if (name === 'replication_io') wanted = { ...wanted, io: true }
      else if (name === 'replication_sql') wanted = { ...wanted, sql: true }
      else if (name === 'replication_seconds_behind_master') wanted = { ...wanted, behindSeconds: Number(value) }
      else if (name === 'replication_sql_remaining_delay') wanted = { ...wanted, remainingSeconds: Number(value) }
      else if (!AS_IT_IS.test(word)) return failed(`Unknown healthcheck option ${word}`)
    }
    return { exitCode: 0 }
  },
}
