/** What MongoDB's clients and servers say to each other here, and what a server holds: plain data. */

/** ObjectIds are `{ $oid }`, dates `{ $date: ms }`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Doc = { readonly [key: string]: Json }

export interface Credentials {
  readonly user: string
  readonly password: string
}

/** An entry of the log: a document after a write, or its end. It is both the journal and the oplog. */
export interface LogEntry {
  readonly index: number
  readonly term: number
  readonly db: string
  readonly collection: string
  /** JSON of the _id; `*`: the whole collection. */
  readonly id: string
  readonly doc: Doc | null
}

export interface SetMember {
  readonly _id: number
  readonly host: string
  readonly priority: number
}
export interface SetConfig {
  readonly set: string
  readonly version: number
  readonly members: readonly SetMember[]
}

export interface Place {
  readonly index: number
  readonly term: number
}

export type MongoRequest =
  | {
      readonly kind: 'commands'
      readonly credentials?: Credentials
      readonly commands: readonly { readonly db: string; readonly command: Doc }[]
    }
  | { readonly kind: 'ping'; readonly set: string }
  /** The primary steps down; one of the others is to stand at once. */
  | { readonly kind: 'takeover'; readonly set: string; readonly stand: boolean }
  | {
      readonly kind: 'vote'
      readonly set: string
      readonly term: number
      readonly last: Place
      readonly candidate: string
      readonly dry: boolean
    }
  /** Heartbeat of the primary, with what comes after a place. `whole`: the log from its beginning. */
  | {
      readonly kind: 'append'
      readonly set: string
      readonly term: number
      readonly primary: string
      readonly config: SetConfig
      readonly after: Place
      readonly entries: readonly LogEntry[]
      readonly whole: boolean
    }

export type MongoReply =
  | { readonly kind: 'results'; readonly results: readonly Doc[] }
  | { readonly kind: 'denied' }
  | { readonly kind: 'pong'; readonly set: string; readonly configured: boolean }
  | { readonly kind: 'voted'; readonly granted: boolean; readonly term: number }
  | { readonly kind: 'appended'; readonly ok: boolean; readonly last: Place; readonly term: number }

/** Database → collection → JSON of the _id → document. */
export type Databases = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Doc>>>>>>

export interface User {
  readonly user: string
  readonly hash: string
  readonly roles: Json
}

export interface Peer {
  readonly last: Place
  readonly heardMs: number
}

export interface State {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly port: number
  readonly dbPath: string
  readonly setName?: string
  readonly auth: boolean
  readonly log: readonly LogEntry[]
  readonly databases: Databases
  readonly bytes: number
  readonly startedMs: number
  // ── replica set ──
  readonly config?: SetConfig
  /** The own host of the configuration. */
  readonly self?: string
  readonly term: number
  readonly votedTerm: number
  readonly role: 'standalone' | 'startup' | 'primary' | 'secondary'
  readonly primary?: string
  readonly heardMs: number
  readonly peers: Readonly<Record<string, Peer>>
}

export class MongoError extends Error {
  readonly code: number
  readonly codeName: string
  constructor(code: number, codeName: string, message: string) {
    super(message)
    this.code = code
    this.codeName = codeName
  }
}

export const isObject = (v: Json | undefined): v is Doc => typeof v === 'object' && v !== null && !Array.isArray(v)
