/** What Kafka's nodes and clients say to each other here, and what a node holds: plain data. Who answers another node never dials; clients' requests and timers do. */

export interface Address {
  readonly host: string
  readonly port: number
}
export interface Voter extends Address {
  readonly id: number
}
/** A listener as a broker advertises it: who came in at `boundPort` is told `host:port`. */
export interface Listener extends Address {
  readonly name: string
  readonly boundPort: number
}
export interface BrokerMeta {
  readonly id: number
  /** New at each start. */
  readonly epoch: number
  /** Where the controller hears from it. */
  readonly ip: string
  readonly listeners: readonly Listener[]
  /** Name of the listener for the other brokers. */
  readonly interBroker: string
  readonly fenced: boolean
}
export interface PartitionMeta {
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** -1: nobody who is in sync is alive. */
  readonly leader: number
  readonly epoch: number
}
export interface TopicMeta {
  readonly id: string
  readonly config: Readonly<Record<string, string>>
  readonly partitions: readonly PartitionMeta[]
}
/** The state of the cluster, as the metadata log leads to it. */
export interface Metadata {
  readonly term: number
  readonly version: number
  readonly brokers: Readonly<Record<number, BrokerMeta>>
  readonly topics: Readonly<Record<string, TopicMeta>>
}
export const EMPTY: Metadata = { term: 0, version: 0, brokers: {}, topics: {} }

export interface LogRecord {
  readonly epoch: number
  readonly ms: number
  readonly key: string | null
  readonly value: string | null
  /** Producer and number of the batch: what is sent again is written once. */
  readonly from?: string
}

export type Change =
  | {
      readonly kind: 'create'
      readonly name: string
      readonly partitions: number
      readonly replicas: number
      readonly config: Readonly<Record<string, string>>
    }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'grow'; readonly name: string; readonly partitions: number }
  | { readonly kind: 'configure'; readonly name: string; readonly config: Readonly<Record<string, string>> }
  | { readonly kind: 'isr'; readonly topic: string; readonly partition: number; readonly epoch: number; readonly isr: readonly number[] }
  | { readonly kind: 'fence'; readonly id: number }

export type Refusal = { readonly ok: false; readonly error: string; readonly text: string }

/** Between nodes, protocol `kafka-node`. */
export type NodeRequest =
  | { readonly kind: 'append'; readonly leader: number; readonly metadata: Metadata }
  | { readonly kind: 'vote'; readonly term: number; readonly candidate: number; readonly last: readonly [number, number] }
  | { readonly kind: 'register'; readonly clusterId: string; readonly broker: BrokerMeta }
  | { readonly kind: 'change'; readonly change: Change }
  | {
      readonly kind: 'replicate'
      readonly topic: string
      readonly partition: number
      readonly epoch: number
      readonly from: number
      /** Epoch of the record before; -1: there is none. */
      readonly before: number
      readonly records: readonly LogRecord[]
    }
export type NodeReply =
  | { readonly ok: true; readonly term: number; readonly metadata?: Metadata; readonly broker?: number }
  | (Refusal & { readonly term?: number; readonly leader?: number; readonly end?: number })

export interface Produced {
  readonly key: string | null
  readonly value: string | null
}
/** Of clients, protocol `kafka`. */
export type ClientRequest =
  | { readonly kind: 'metadata'; readonly topics?: readonly string[]; readonly create?: boolean }
  | {
      readonly kind: 'produce'
      readonly topic: string
      readonly partition: number
      readonly acks: number
      readonly from?: string
      readonly records: readonly Produced[]
    }
  | { readonly kind: 'fetch'; readonly topic: string; readonly partition: number; readonly offset: number; readonly max: number }
  | { readonly kind: 'admin'; readonly change: Change }
  | { readonly kind: 'coordinator'; readonly group: string }
  | { readonly kind: 'commit'; readonly group: string; readonly offsets: Readonly<Record<string, number>> }
  /** The offsets of one group, or of all that this broker coordinates. */
  | { readonly kind: 'offsets'; readonly group?: string }
  | { readonly kind: 'producer-id' }
  | { readonly kind: 'quorum' }
export interface ClientMetadata {
  readonly ok: true
  readonly clusterId: string
  readonly controller: number
  readonly brokers: readonly Voter[]
  readonly topics: Readonly<Record<string, TopicMeta>>
}
export type ClientReply =
  | ClientMetadata
  | { readonly ok: true; readonly offset: number }
  | { readonly ok: true; readonly records: readonly (LogRecord & { readonly offset: number })[]; readonly end: number }
  | { readonly ok: true; readonly node: Voter }
  | { readonly ok: true; readonly producer: string }
  | { readonly ok: true; readonly groups: Readonly<Record<string, Readonly<Record<string, number>>>> }
  | { readonly ok: true; readonly leader: number; readonly term: number; readonly version: number; readonly voters: readonly Voter[] }
  | { readonly ok: true }
  | Refusal

export interface Settings {
  readonly nodeId: number
  readonly roles: readonly string[]
  readonly voters: readonly Voter[]
  readonly listeners: readonly Listener[]
  readonly controllerPort: number | undefined
  readonly interBroker: string
  readonly logDir: string
  readonly clusterId: string
  readonly properties: Readonly<Record<string, string>>
}

export interface State {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly settings: Settings
  readonly brokerEpoch: number
  readonly metadata: Metadata
  readonly term: number
  readonly votedFor: number | null
  /** Of the controllers: who leads them; -1: nobody known. */
  readonly leader: number
  /** The active controller's: node → when it was heard last. */
  readonly heard: Readonly<Record<number, number>>
  readonly quorumMs: number
  /** How many producers it has named. */
  readonly producers: number
  /** `topic-partition` → what is on the disk. */
  readonly logs: Readonly<Record<string, readonly LogRecord[]>>
  /** Led partitions: `topic-partition` → broker → how far it has it. */
  readonly acked: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** `topic-partition/broker` → since when it does not follow. */
  readonly behind: Readonly<Record<string, number>>
}

export const OFFSETS_TOPIC = '__consumer_offsets'
export const isBroker = (s: State): boolean => s.settings.roles.includes('broker')
export const isController = (s: State): boolean => s.settings.roles.includes('controller')
export const isActive = (s: State): boolean => isController(s) && s.leader === s.settings.nodeId
export const refuse = (error: string, text: string): Refusal => ({ ok: false, error, text })
