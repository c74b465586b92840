/** Server variables: defaults, option files, then the command line, as mariadbd reads them. */
import type { ProcessContext } from '../contract.ts'
import { MiB, sizeInBytes } from '../text/context.ts'
import { namesIn, readText } from '../text/files.ts'

export interface Settings {
  readonly poolBytes: number
  readonly maxConnections: number
  readonly bindAddress: string
  readonly port: number
  readonly dataDir: string
  readonly readOnly: boolean
  readonly skipNetworking: boolean
  readonly serverId: number
  /** The base name of the binary log; undefined: there is none. */
  readonly logBase?: string
  readonly logReplicaUpdates: boolean
  readonly skipReplicaStart: boolean
  readonly galera?: GaleraSettings
}

/** The wsrep variables, where wsrep_on is. */
export interface GaleraSettings {
  /** Names and addresses of gcomm://. */
  readonly addresses: readonly string[]
  readonly bootstrap: boolean
  readonly recover: boolean
  readonly clusterName: string
  readonly nodeName: string
  readonly sstMethod: string
}

const OPTION_FILES = ['/etc/my.cnf', '/etc/mysql/my.cnf']
const OPTION_DIRECTORIES = ['/etc/mysql/conf.d', '/etc/mysql/mariadb.conf.d', '/etc/my.cnf.d']
const SECTIONS = new Set(['mysqld', 'mariadb', 'mariadbd', 'server'])

/** Known variables; an unknown one on the command line or in a file stops the server. */
const KNOWN = new Set(
  'innodb-buffer-pool-size max-connections bind-address port datadir read-only skip-networking character-set-server collation-server skip-name-resolve innodb-log-file-size innodb-flush-log-at-trx-commit innodb-flush-method innodb-file-per-table innodb-buffer-pool-chunk-size max-allowed-packet wait-timeout interactive-timeout thread-cache-size table-open-cache tmp-table-size max-heap-table-size query-cache-size query-cache-type key-buffer-size sql-mode log-bin server-id binlog-format log-error slow-query-log long-query-time general-log transaction-isolation default-storage-engine innodb-autoinc-lock-mode user socket pid-file basedir tmpdir lower-case-table-names default-authentication-plugin mysql-native-password performance-schema skip-log-bin console verbose host-cache-size expire-logs-days binlog-expire-logs-seconds back-log innodb-lock-wait-timeout innodb-strict-mode character-set-client-handshake log-warnings connect-timeout secure-file-priv authentication-policy innodb-use-native-aio log-slave-updates log-replica-updates gtid-mode enforce-gtid-consistency gtid-strict-mode gtid-domain-id relay-log relay-log-index log-bin-index log-basename report-host report-port skip-slave-start skip-replica-start slave-net-timeout sync-binlog binlog-row-image replicate-do-db replicate-ignore-db binlog-do-db slave-skip-errors relay-log-recovery relay-log-purge super-read-only slave-parallel-threads bind-inaddr-any'.split(
    ' ',
  ),
)

const normal = (name: string): string =>
  name
    .replace(/^(loose[-_])/, '')
    .replaceAll('_', '-')
    .toLowerCase()

function optionsOf(ctx: ProcessContext): [string, string, boolean][] {
  const out: [string, string, boolean][] = []
  const files = [
    ...OPTION_FILES,
    ...OPTION_DIRECTORIES.flatMap((d) =>
      namesIn(ctx.files, d)
        .filter((n) => n.endsWith('.cnf'))
        .map((n) => `${d}/${n}`),
    ),
  ]
  for (const path of files) {
    let active = false
    for (const raw of (readText(ctx.files, path) ?? '').split('\n')) {
      const line = raw.trim()
      const section = /^\[(.+)\]$/.exec(line)
      if (section) active = SECTIONS.has(section[1]!) || /^(mysqld|mariadb)-/.test(section[1]!)
      else if (active && line !== '' && !/^[#;!]/.test(line)) {
        const at = line.indexOf('=')
        out.push([
          normal(at < 0 ? line : line.slice(0, at).trim()),
          at < 0
            ? ''
            : line
                .slice(at + 1)
                .trim()
                .replace(/^['"]|['"]$/g, ''),
          line.startsWith('loose'),
        ])
      }
    }
  }
  const args = ctx.argv.slice(1)
  for (const [n, arg] of args.entries()) {
    if (!arg.startsWith('--')) continue
    const at = arg.indexOf('=')
    const next = args[n + 1]
    out.push([
      normal(arg.slice(2, at < 0 ? undefined : at)),
      at >= 0 ? arg.slice(at + 1) : next !== undefined && !next.startsWith('-') ? next : '',
      arg.startsWith('--loose'),
    ])
  }
  return out
}

/** The variables; `unknown` names the first that the server does not know. */
export function readSettings(ctx: ProcessContext): { settings: Settings; unknown?: string } {
  const values = new Map<string, string>()
  let unknown: string | undefined
  for (const [name, value, loose] of optionsOf(ctx)) {
    if (!KNOWN.has(name) && !name.startsWith('wsrep-') && !loose) unknown ??= value === '' ? name : `${name}=${value}`
    values.set(name, value)
  }
  const number = (name: string, otherwise: number): number => sizeInBytes(values.get(name) ?? '') ?? otherwise
  const on = (name: string): boolean => values.has(name) && !/^(0|off|false)$/i.test(values.get(name)!)
  const basename = values.get('log-bin')?.split('/').at(-1)
  const mysql = ctx.env['MYSQL_MAJOR'] !== undefined && !values.has('skip-log-bin') && !values.has('disable-log-bin')
  const byName = values.has('log-basename') ? `${values.get('log-basename')}-bin` : 'mysqld-bin'
  const logBase = basename !== undefined ? basename || byName : mysql ? 'binlog' : undefined
  const settings: Settings = {
    poolBytes: Math.max(5 * MiB, number('innodb-buffer-pool-size', 128 * MiB)),
    maxConnections: number('max-connections', 151),
    bindAddress: values.get('bind-address') ?? '*',
    port: number('port', 3306),
    dataDir: (values.get('datadir') ?? '/var/lib/mysql').replace(/\/+$/, ''),
    readOnly: on('read-only'),
    skipNetworking: on('skip-networking'),
    serverId: Number(values.get('server-id') ?? 1),
    // MySQL writes a binary log without being told.
    ...(logBase !== undefined && { logBase }),
    logReplicaUpdates: on('log-slave-updates') || on('log-replica-updates'),
    skipReplicaStart: on('skip-slave-start') || on('skip-replica-start'),
    ...(on('wsrep-on') && { galera: galeraOf(values, ctx) }),
  }
  return unknown === undefined ? { settings } : { settings, unknown }
}

function galeraOf(values: ReadonlyMap<string, string>, ctx: ProcessContext): GaleraSettings {
  const address = values.get('wsrep-cluster-address') ?? ''
  const addresses = address
    .replace(/^gcomm:\/\//, '')
    .replace(/\?.*$/, '')
    .split(',')
    .map((a) => a.trim())
    .filter((a) => a !== '')
  return {
    addresses,
    bootstrap: values.has('wsrep-new-cluster') || addresses.length === 0,
    recover: values.has('wsrep-recover'),
    clusterName: values.get('wsrep-cluster-name') ?? 'my_wsrep_cluster',
    nodeName: values.get('wsrep-node-name') ?? ctx.hostname,
    sstMethod: values.get('wsrep-sst-method') ?? 'rsync',
  }
}
