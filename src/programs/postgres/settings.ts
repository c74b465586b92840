/** Parameters of the server: defaults, postgresql.conf, then the command line, as postgres reads them. */
import type { ProcessContext } from '../contract.ts'
import { MiB } from '../text/context.ts'
import { readText } from '../text/files.ts'

export interface Settings {
  readonly port: number
  readonly dataDir: string
  readonly maxConnections: number
  readonly reservedConnections: number
  readonly sharedBufferBytes: number
  readonly listenAddresses: string
  readonly hbaFile: string
  /** By name, as SHOW prints them. */
  readonly shown: Readonly<Record<string, string>>
}

/** Parameters that are known here; those without a default only do not stop the server. */
const DEFAULTS: Readonly<Record<string, string>> = {
  port: '5432',
  max_connections: '100',
  superuser_reserved_connections: '3',
  shared_buffers: '128MB',
  listen_addresses: '*',
  work_mem: '4MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '4GB',
  wal_level: 'replica',
  fsync: 'on',
  synchronous_commit: 'on',
  log_statement: 'none',
  password_encryption: 'scram-sha-256',
  server_encoding: 'UTF8',
  timezone: 'Etc/UTC',
  max_wal_size: '1GB',
  min_wal_size: '80MB',
  wal_buffers: '4MB',
  max_wal_senders: '10',
  max_replication_slots: '10',
  hot_standby: 'on',
  archive_mode: 'off',
  archive_command: '(disabled)',
  checkpoint_timeout: '5min',
  checkpoint_completion_target: '0.9',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  log_min_duration_statement: '-1',
  log_connections: 'off',
  log_disconnections: 'off',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_timezone: 'Etc/UTC',
  datestyle: 'ISO, MDY',
  lc_messages: 'en_US.utf8',
  default_text_search_config: 'pg_catalog.english',
  dynamic_shared_memory_type: 'posix',
  random_page_cost: '4',
  effective_io_concurrency: '1',
  max_worker_processes: '8',
  max_parallel_workers: '8',
  max_parallel_workers_per_gather: '2',
  shared_preload_libraries: '',
  ssl: 'off',
  unix_socket_directories: '/var/run/postgresql',
  huge_pages: 'try',
  autovacuum: 'on',
  full_page_writes: 'on',
  default_transaction_isolation: 'read committed',
  temp_buffers: '8MB',
  tcp_keepalives_idle: '0',
  jit: 'on',
}

/** `128MB`, `16384kB`, `1GB`; a number alone is of blocks of 8 kB. */
function bufferBytes(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)\s*(kB|MB|GB|)$/.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * { kB: 1024, MB: MiB, GB: 1024 * MiB, '': 8192 }[unit as 'kB']
}

function fromFile(text: string): [string, string][] {
  return text.split('\n').flatMap((raw): [string, string][] => {
    const [, name, value] = /^\s*([A-Za-z_.]+)\s*(?:=|\s)\s*('(?:[^']|'')*'|[^#\s]+)/.exec(raw.replace(/^\s*#.*/, '')) ?? []
    return name === undefined || /^include/.test(name) ? [] : [[name, value!.replace(/^'|'$/g, '').replaceAll("''", "'")]]
  })
}

const SHORT: Readonly<Record<string, string>> = {
  p: 'port',
  N: 'max_connections',
  B: 'shared_buffers',
  h: 'listen_addresses',
  D: 'data_directory',
}

function fromArguments(argv: readonly string[]): [string, string][] {
  const out: [string, string][] = []
  const pair = (text: string): void => {
    const at = text.indexOf('=')
    out.push(at < 0 ? [text.replaceAll('-', '_'), ''] : [text.slice(0, at).replaceAll('-', '_'), text.slice(at + 1)])
  }
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!
    if (arg === '-c') pair(argv[++i] ?? '')
    else if (arg.startsWith('-c')) pair(arg.slice(2))
    else if (arg.startsWith('--')) pair(arg.slice(2))
    else if (SHORT[arg[1] ?? ''] !== undefined) out.push([SHORT[arg[1]!]!, arg.length > 2 ? arg.slice(2) : (argv[++i] ?? '')])
  }
  return out
}

/** The parameters; `wrong` is the FATAL with which the server does not start. */
export function readSettings(ctx: ProcessContext, dataDir: string): { readonly settings: Settings; readonly wrong?: string } {
  const given = fromArguments(ctx.argv)
  const file = given.find(([n]) => n === 'config_file')?.[1] ?? `${dataDir}/postgresql.conf`
  const all = [
    ...fromFile(readText(ctx.files, file) ?? ''),
    ...fromFile(readText(ctx.files, `${dataDir}/postgresql.auto.conf`) ?? ''),
    ...given,
  ]
  const shown: Record<string, string> = { ...DEFAULTS }
  let wrong: string | undefined
  for (const [raw, value] of all) {
    const name = raw.toLowerCase()
    // A name with a dot belongs to an extension.
    const known = name in DEFAULTS || name.includes('.') || ['config_file', 'hba_file', 'data_directory', 'ident_file'].includes(name)
    if (!known) wrong ??= `unrecognized configuration parameter "${raw}"`
    shown[name] = value
  }
  const whole = (name: string): number => {
    const n = Number(shown[name])
    if (!Number.isInteger(n) || n < 0 || shown[name] === '') wrong ??= `invalid value for parameter "${name}": "${shown[name]}"`
    return n
  }
  const buffers = bufferBytes(shown['shared_buffers']!)
  if (buffers === undefined) wrong ??= `invalid value for parameter "shared_buffers": "${shown['shared_buffers']}"`
  const settings: Settings = {
    port: whole('port'),
    dataDir,
    maxConnections: whole('max_connections'),
    reservedConnections: whole('superuser_reserved_connections'),
    sharedBufferBytes: buffers ?? 128 * MiB,
    listenAddresses: shown['listen_addresses']!,
    hbaFile: shown['hba_file'] ?? `${dataDir}/pg_hba.conf`,
    shown: { ...shown, data_directory: dataDir },
  }
  return wrong === undefined ? { settings } : { settings, wrong }
}

/** Where the data lies: `-D`, PGDATA, or the image's place. */
export function dataDirectory(ctx: ProcessContext): string {
  const at = ctx.argv.indexOf('-D')
  return ((at >= 0 ? ctx.argv[at + 1] : undefined) ?? ctx.env['PGDATA'] ?? '/var/lib/postgresql/data').replace(/\/+$/, '')
}
