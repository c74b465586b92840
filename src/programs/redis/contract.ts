/** What Redis' clients and servers say to each other here, and what a server holds: plain data. */

export type Resp = number | string | null | readonly Resp[] | { readonly status: string } | { readonly error: string }

/** Payload of a `redis` dial: a connection with its commands, or a message of another server. */
export type RedisRequest =
  | { readonly kind: 'commands'; readonly commands: readonly (readonly string[])[] }
  /** A replica asks to be fed: from where it stands, if the history is the same. */
  | {
      readonly kind: 'psync'
      readonly auth?: string
      readonly port: number
      readonly replId: string
      readonly offset: number
    }
  /** A replica looks whether its link still stands. */
  | { readonly kind: 'replping'; readonly port: number; readonly offset: number }
  /** The primary feeds a replica. */
  | { readonly kind: 'feed'; readonly replId: string; readonly from: number; readonly changes: readonly Change[] }

export type RedisReply =
  | { readonly kind: 'replies'; readonly replies: readonly Resp[] }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'full'; readonly replId: string; readonly offset: number; readonly entries: readonly Change[] }
  | { readonly kind: 'partial'; readonly replId: string; readonly changes: readonly Change[] }
  | { readonly kind: 'ack'; readonly offset: number }
  /** The other does not know this link. */
  | { readonly kind: 'unknown' }

export type Content =
  /** `padBytes`: so many zero bytes follow the text (SETRANGE, DEBUG POPULATE). */
  | { readonly type: 'string'; readonly text: string; readonly padBytes?: number }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'hash'; readonly fields: Readonly<Record<string, string>> }
  | { readonly type: 'set'; readonly members: readonly string[] }
  | { readonly type: 'zset'; readonly scores: Readonly<Record<string, number>> }

export interface Entry {
  readonly content: Content
  readonly expireMs?: number
  /** When it was last used and how often; kept only where a policy of eviction asks for it. */
  readonly usedMs: number
  readonly uses: number
}

/** A key after a write: its entry, or null when it is gone. `*` as key: everything of the database is gone. */
export interface Change {
  readonly db: number
  readonly key: string
  readonly entry: Entry | null
}

/** A replica that the primary feeds. */
export interface ReplicaLink {
  readonly ip: string
  readonly port: number
  /** How far it has acknowledged. */
  readonly offset: number
  readonly ackMs: number
}
