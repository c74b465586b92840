/** What Elasticsearch nodes keep and say to each other on port 9300: plain data. Only timers dial; who answers a message never dials, so that nobody waits in a circle. */

export interface NodeInfo {
  /** Kept in path.data. */
  readonly id: string
  /** New at each start. */
  readonly ephemeralId: string
  readonly name: string
  readonly ip: string
  readonly port: number
  readonly roles: readonly string[]
}

/** One shard: where its copies are. `inSync` may hold the primary role; null: unassigned. */
export interface Shard {
  readonly primary: string | null
  readonly replicas: readonly (string | null)[]
  readonly inSync: readonly string[]
  /** When a copy was lost; a new one is made a minute later. */
  readonly lostMs?: number
}

export interface IndexMeta {
  readonly uuid: string
  readonly shards: readonly Shard[]
}

export interface ClusterState {
  readonly uuid: string
  readonly term: number
  readonly version: number
  readonly masterId: string
  readonly nodes: readonly NodeInfo[]
  /** Node ids whose majority elects and commits. */
  readonly voting: readonly string[]
  readonly indices: Readonly<Record<string, IndexMeta>>
}

/** What a node knows of another's standing. */
export interface Standing {
  readonly node: NodeInfo
  readonly clusterName: string
  readonly uuid: string | undefined
  readonly term: number
  readonly accepted: { readonly term: number; readonly version: number }
  /** The master it follows or is. */
  readonly master: NodeInfo | undefined
  readonly peers: readonly NodeInfo[]
}

export type TransportRequest =
  | { readonly action: 'hello'; readonly from: NodeInfo; readonly clusterName: string }
  | {
      readonly action: 'vote'
      readonly from: NodeInfo
      readonly term: number
      readonly accepted: Standing['accepted']
      readonly uuid: string | undefined
    }
  | { readonly action: 'join'; readonly from: NodeInfo; readonly uuid: string | undefined }
  | { readonly action: 'publish'; readonly state: ClusterState }
  | { readonly action: 'check-follower'; readonly masterId: string; readonly term: number }
  | { readonly action: 'check-leader'; readonly from: NodeInfo }
  | { readonly action: 'leaving'; readonly id: string }
  | { readonly action: 'change-indices'; readonly change: IndexChange }
  | { readonly action: 'write'; readonly index: string; readonly shard: number; readonly operations: readonly Operation[] }
  | { readonly action: 'read'; readonly index: string; readonly shard: number }
  | { readonly action: 'restore'; readonly index: string; readonly shard: number; readonly documents: readonly Operation[] }

export type IndexChange =
  | { readonly kind: 'create'; readonly name: string; readonly shards: number; readonly replicas: number }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly shard: number; readonly nodeId: string }

/** A document as written; without source it is deleted. */
export interface Operation {
  readonly id: string
  readonly version: number
  readonly source?: unknown
}

export interface TransportReply {
  readonly ok: boolean
  readonly error?: string
  readonly standing?: Standing
  readonly state?: ClusterState
  readonly documents?: readonly Operation[]
  readonly ephemeralId?: string
}

export interface Settings {
  readonly clusterName: string
  readonly nodeName: string
  readonly seedHosts: readonly string[]
  readonly initialMasterNodes: readonly string[]
  readonly discoveryConfigured: boolean
  readonly singleNode: boolean
  readonly roles: readonly string[]
  readonly httpPort: number
  readonly transportPort: number
  readonly dataPath: string
  readonly loopback: boolean
  readonly security: boolean
  readonly transportTls: boolean
  readonly heapBytes: number
}

export interface State {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly settings: Settings
  readonly me: NodeInfo
  readonly mode: 'candidate' | 'leader' | 'follower'
  readonly term: number
  /** Last accepted; its nodes are of interest only while there is a master. */
  readonly cluster?: ClusterState
  /** The voting configuration that bootstrapping set, before any state was accepted. */
  readonly bootstrapped?: readonly string[]
  /** Master-eligible nodes found while searching. */
  readonly peers: readonly NodeInfo[]
  readonly joins: readonly NodeInfo[]
  readonly leaves: readonly string[]
  /** Indices changed since the last publication. */
  readonly dirty: boolean
  /** Node id → when it first gave no answer. */
  readonly silent: Readonly<Record<string, number>>
  readonly searchingSinceMs: number
  readonly warnedMs: number
  readonly upMs: number
  readonly http: boolean
  /** How many document ids it has made up. */
  readonly drawn: number
}

export const isMasterEligible = (node: Pick<NodeInfo, 'roles'>): boolean => node.roles.includes('master')
export const isData = (node: Pick<NodeInfo, 'roles'>): boolean => node.roles.some((r) => r === 'data' || r.startsWith('data_'))
