/** What a MariaDB server knows while it runs. */
import type { ProcessContext } from '../contract.ts'
import type { Data } from './contract.ts'
import type { Galera } from './galera/contract.ts'
import type { Flavour } from './messages.ts'
import type { BinaryLog, Follower, Replica, ReplicaLink } from './replication-contract.ts'
import type { Settings } from './settings.ts'

export interface State {
  readonly phase: 'init-files' | 'init-users' | 'locked' | 'starting' | 'joining' | 'up' | 'stopped'
  readonly settings: Settings
  readonly data?: Data
  /** Bytes of the buffer pool in use. */
  readonly pool: number
  readonly filledMs: number
  readonly tries: number
  /** Set by SET GLOBAL read_only. */
  readonly readOnly: boolean
  // ── replication ──
  readonly log?: BinaryLog
  /** The highest number of an event that this server made or ran. */
  readonly seen: number
  readonly followers: readonly Follower[]
  readonly replica?: Replica
  readonly link?: ReplicaLink
  /** A node of a Galera cluster. */
  readonly galera?: Galera
}

export function flavourOf(ctx: Pick<ProcessContext, 'env'>): Flavour {
  const mysql = ctx.env['MYSQL_MAJOR'] !== undefined
  return mysql
    ? { name: 'mysql', version: (ctx.env['MYSQL_VERSION'] ?? '8.4.2').split('-')[0]! }
    : { name: 'mariadb', version: `${/\d+\.\d+\.\d+/.exec(ctx.env['MARIADB_VERSION'] ?? '')?.[0] ?? '11.4.2'}-MariaDB-ubu2404` }
}
