/** What a server knows while it runs, and the small questions about it. */
import type { ProcessContext } from '../contract.ts'
import type { Change, ReplicaLink } from './contract.ts'
import { SERVER_BYTES } from './eviction.ts'
import type { Keys } from './keyspace.ts'
import { line, type Product } from './messages.ts'
import type { Config } from './settings.ts'

export interface PrimaryLink {
  readonly host: string
  readonly port: number
  readonly up: boolean
  /** When it last heard from its primary; when the link broke. */
  readonly heardMs: number
  readonly downMs: number
  readonly ip?: string
}

export interface State {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly config: Config
  readonly startedMs: number
  readonly keys: Keys
  /** Bytes the allocator has had at the most: memory does not go back at once. */
  readonly peakBytes: number
  readonly replId: string
  readonly offset: number
  /** The last changes, for replicas that were away shortly. */
  readonly backlog: readonly Change[]
  readonly replicas: readonly ReplicaLink[]
  /** This server is a replica. */
  readonly primary?: PrimaryLink
  readonly savedMs: number
  readonly dirty: number
  readonly saveFailed: boolean
  readonly expired: number
  readonly evicted: number
}

/** The process without data: code, buffers, jemalloc's arenas. */
const PROCESS_BYTES = 7 * 1024 * 1024
export const BACKLOG_CHANGES = 2_000

export const productOf = (ctx: Pick<ProcessContext, 'env'>): Product => {
  const valkey = ctx.env['VALKEY_VERSION']
  return valkey === undefined
    ? { name: 'Redis', version: ctx.env['REDIS_VERSION'] ?? '8.2.1', server: 'redis-server' }
    : { name: 'Valkey', version: valkey, server: 'valkey-server' }
}

export const usedBytes = (s: State): number => s.keys.bytes + SERVER_BYTES

export const log = (s: Pick<State, 'primary'>, ctx: ProcessContext, level: '*' | '#', text: string): void =>
  ctx.log(line(ctx.nowMs, s.primary === undefined ? 'M' : 'S', level, text))

/** Tells the kernel how much the process holds now. */
export function measured(before: State, s: State, ctx: ProcessContext): State {
  if (before.keys.bytes === s.keys.bytes) return s
  ctx.memory(PROCESS_BYTES + s.keys.bytes)
  return s.keys.bytes > s.peakBytes ? { ...s, peakBytes: s.keys.bytes } : s
}

export const newReplId = (ctx: ProcessContext, purpose: string): string =>
  Array.from({ length: 40 }, (_, i) => Math.floor(ctx.random(`replid/${purpose}/${ctx.nowMs}`, i) * 16).toString(16)).join('')
