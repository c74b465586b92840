/** What nodes of a Galera cluster say to each other on 4567, 4568 and 4444, and what each knows: plain data. */
import type { Write } from '../connection.ts'
import type { Data } from '../contract.ts'

/** Group communication, incremental and full state transfer. */
export const PORTS = { group: 4567, ist: 4568, sst: 4444 } as const

export interface Member {
  readonly uuid: string
  readonly name: string
  readonly ip: string
}

export interface View {
  readonly id: number
  readonly clusterUuid: string
  readonly primary: boolean
  readonly members: readonly Member[]
  /** How far the group has committed. */
  readonly seqno: number
}

/** A write as the group has it. */
export interface WriteSet {
  readonly seqno: number
  readonly writes: readonly Write[]
}

export interface Incoming {
  readonly how: 'IST' | 'SST'
  readonly seqno: number
  readonly data?: Data
  readonly sets: readonly WriteSet[]
}

export interface Galera {
  readonly me: Member
  readonly status: 'connecting' | 'joining' | 'synced' | 'non-primary'
  readonly clusterUuid?: string
  readonly view?: View
  /** The last component that had a quorum: what a quorum is counted of. */
  readonly lastPrimary?: View
  /** Read from gvwstate.dat: all of its members must come back. */
  readonly recovering: boolean
  readonly seqno: number
  /** The last write sets, for incremental transfers. */
  readonly cache: readonly WriteSet[]
  readonly donating: boolean
  /** What came while the state was on its way. */
  readonly queue: readonly WriteSet[]
  readonly incoming?: Incoming
  readonly sinceMs: number
}

/** How a node stands. */
export interface Standing {
  readonly me: Member
  readonly status: Galera['status']
  readonly clusterUuid?: string
  readonly view?: View
  readonly lastPrimary?: View
  readonly recovering: boolean
  readonly seqno: number
}

export type GaleraRequest =
  | { readonly kind: 'ask'; readonly cluster: string }
  | { readonly kind: 'install'; readonly cluster: string; readonly view: View }
  | { readonly kind: 'leave'; readonly cluster: string; readonly uuid: string }
  | { readonly kind: 'writeset'; readonly cluster: string; readonly viewId: number; readonly sets: readonly WriteSet[] }
  | {
      readonly kind: 'request-state'
      readonly cluster: string
      readonly from: Member
      readonly clusterUuid?: string
      readonly seqno: number
    }
  /** On 4444 and 4568. */
  | { readonly kind: 'state'; readonly cluster: string; readonly incoming: Incoming; readonly ms: number }

export type GaleraReply =
  | { readonly kind: 'standing'; readonly standing: Standing }
  | { readonly kind: 'ok' }
  | { readonly kind: 'no'; readonly why: string }
