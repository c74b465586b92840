/** INFO: the sections, from what the server knows. What is not counted here is not shown. */
import type { ProcessContext } from '../contract.ts'
import { Keyspace } from './keyspace.ts'
import { goodReplicas } from './replication.ts'
import { productOf, type State, usedBytes } from './state.ts'

const human = (bytes: number): string =>
  bytes >= 1024 ** 3
    ? `${(bytes / 1024 ** 3).toFixed(2)}G`
    : bytes >= 1024 ** 2
      ? `${(bytes / 1024 ** 2).toFixed(2)}M`
      : `${(bytes / 1024).toFixed(2)}K`

type Section = (s: State, ctx: ProcessContext) => readonly (readonly [string, string | number])[]

function replication(s: State, ctx: ProcessContext): [string, string | number][] {
  const { primary } = s
  const ago = (ms: number): number => Math.floor((ctx.nowMs - ms) / 1000)
  const own: [string, string | number][] =
    primary === undefined
      ? [['role', 'master']]
      : [
          ['role', 'slave'],
          ['master_host', primary.host],
          ['master_port', primary.port],
          ['master_link_status', primary.up ? 'up' : 'down'],
          ['master_last_io_seconds_ago', primary.up ? ago(primary.heardMs) : -1],
          ['master_sync_in_progress', 0],
          ['slave_read_repl_offset', s.offset],
          ['slave_repl_offset', s.offset],
          ...(primary.up ? [] : [['master_link_down_since_seconds', ago(primary.downMs)] as [string, number]]),
          ['slave_priority', s.config['replica-priority']!],
          ['slave_read_only', s.config['replica-read-only'] === 'yes' ? 1 : 0],
        ]
  return [
    ...own,
    ['connected_slaves', s.replicas.length],
    ...(Number(s.config['min-replicas-to-write']) > 0 ? [['min_slaves_good_slaves', goodReplicas(s, ctx.nowMs)] as [string, number]] : []),
    ...s.replicas.map((r, i): [string, string] => [
      `slave${i}`,
      `ip=${r.ip},port=${r.port},state=online,offset=${r.offset},lag=${r.offset === s.offset ? 0 : ago(r.ackMs)}`,
    ]),
    ['master_failover_state', 'no-failover'],
    ['master_replid', s.replId],
    ['master_repl_offset', s.offset],
  ]
}

const SECTIONS: Readonly<Record<string, Section>> = {
  Server: (s, ctx) => [
    [`${productOf(ctx).name.toLowerCase()}_version`, productOf(ctx).version],
    ['redis_mode', 'standalone'],
    ['os', 'Linux x86_64'],
    ['process_id', 1],
    ['tcp_port', s.config['port']!],
    ['uptime_in_seconds', Math.floor((ctx.nowMs - s.startedMs) / 1000)],
    ['uptime_in_days', Math.floor((ctx.nowMs - s.startedMs) / 86_400_000)],
  ],
  Clients: (s) => [
    ['connected_clients', 1],
    ['maxclients', s.config['maxclients']!],
  ],
  Memory: (s, ctx) => [
    ['used_memory', usedBytes(s)],
    ['used_memory_human', human(usedBytes(s))],
    ['used_memory_peak', s.peakBytes + (usedBytes(s) - s.keys.bytes)],
    ['used_memory_dataset', s.keys.bytes],
    ['total_system_memory', ctx.limits.memoryBytes ?? 0],
    ['maxmemory', s.config['maxmemory']!],
    ['maxmemory_human', human(Number(s.config['maxmemory']))],
    ['maxmemory_policy', s.config['maxmemory-policy']!],
  ],
  Persistence: (s) => [
    ['loading', 0],
    ['rdb_changes_since_last_save', s.dirty],
    ['rdb_bgsave_in_progress', 0],
    ['rdb_last_save_time', Math.floor(s.savedMs / 1000)],
    ['rdb_last_bgsave_status', s.saveFailed ? 'err' : 'ok'],
    ['aof_enabled', s.config['appendonly'] === 'yes' ? 1 : 0],
  ],
  Stats: (s) => [
    ['expired_keys', s.expired],
    ['evicted_keys', s.evicted],
  ],
  Replication: replication,
  Keyspace: (s, ctx) => {
    const keys = new Keyspace(s.keys, ctx.nowMs)
    return Array.from({ length: Number(s.config['databases']) }, (_, db) => ({ db, names: keys.keys(db) }))
      .filter(({ names }) => names.length > 0)
      .map(({ db, names }): [string, string] => [
        `db${db}`,
        `keys=${names.length},expires=${names.filter((k) => keys.get(db, k)!.expireMs !== undefined).length},avg_ttl=0`,
      ])
  },
}

/** The text of INFO for some sections; all when none is named. */
export function info(s: State, names: readonly string[], ctx: ProcessContext): string {
  const wanted = names.map((n) => n.toLowerCase()).filter((n) => !['all', 'default', 'everything'].includes(n))
  return Object.entries(SECTIONS)
    .filter(([name]) => wanted.length === 0 || wanted.includes(name.toLowerCase()))
    .map(
      ([name, lines]) =>
        `# ${name}\r\n${lines(s, ctx)
          .map(([k, v]) => `${k}:${v}\r\n`)
          .join('')}`,
    )
    .join('\r\n')
}
