/** What servers of a replication say to each other, and what each knows of it: plain data. */

/** A change as the binary log has it: the statement, and what it depended on. */
export interface BinlogEvent {
  readonly server: number
  /** Counts on over all servers of the domain; `0-server-seq` is the GTID. */
  readonly seq: number
  readonly atMs: number
  readonly database?: string
  readonly sql: string
  readonly lastId: number
  /** Where it ends in the log it was read from. */
  readonly file: number
  readonly position: number
}

export interface Coordinates {
  readonly file: number
  readonly position: number
  readonly seq: number
  readonly server: number
}

/** Payloads between servers; they travel in a `mysql` message. */
export type PeerRequest =
  /** A replica logs in and wants everything after a place. */
  | { readonly kind: 'dump'; readonly server: number; readonly port: number; readonly gtid: boolean; readonly from: Coordinates }
  /** The heartbeat, asked for by the replica. */
  | { readonly kind: 'beat'; readonly server: number }
  | { readonly kind: 'events'; readonly server: number; readonly events: readonly BinlogEvent[] }

export type PeerReply =
  | {
      readonly kind: 'events'
      readonly server: number
      readonly base: string
      readonly events: readonly BinlogEvent[]
      readonly end: Coordinates
    }
  | { readonly kind: 'ok' }
  | { readonly kind: 'no'; readonly errno: number; readonly message: string }

/** A replica that this server sends to. */
export interface Follower {
  readonly server: number
  readonly ip: string
  readonly port: number
  readonly seq: number
}

/** The binary log of this server. */
export interface BinaryLog {
  readonly base: string
  readonly end: Coordinates
}

export interface ReplicaSettings {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly retryS: number
  readonly delayS: number
  readonly gtid: boolean
}

/** What a replica knows; all of it lies in master.info but the link. */
export interface Replica {
  readonly settings: ReplicaSettings
  readonly io: boolean
  readonly sql: boolean
  /** How far it has read, and how far it has run. */
  readonly read: Coordinates
  readonly done: Coordinates
  readonly relay: readonly BinlogEvent[]
  readonly sqlError?: { readonly errno: number; readonly message: string }
}

export interface ReplicaLink {
  readonly up: boolean
  readonly ip?: string
  /** The primary's server id and the base name of its log. */
  readonly server: number
  readonly base: string
  readonly heardMs: number
  readonly error?: { readonly errno: number; readonly message: string }
}
