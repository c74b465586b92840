/**
 * The scheduler's framework as types: what a plugin is and what it may see. One plugin a folder, listed in plugins/index.ts;
 * extension points and their meaning are those of https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import type { IndexedReader } from '../api/reader.ts'
import type { Cluster, ObjectChange, Writer } from '../client/contract.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodInfo } from './pod-info.ts'
import type { Snapshot } from './snapshot.ts'

/** Why a pod cannot go somewhere. `unresolvable`: evicting other pods would not change it. */
export interface Rejection {
  readonly code: 'unschedulable' | 'unresolvable'
  readonly reasons: readonly string[]
}

export const unschedulable = (...reasons: string[]): Rejection => ({ code: 'unschedulable', reasons })
export const unresolvable = (...reasons: string[]): Rejection => ({ code: 'unresolvable', reasons })

/** What a plugin remembers within one scheduling cycle; copied where preemption tries things out. */
export interface PluginState {
  clone(): PluginState
}

export type CycleState = Map<string, PluginState>

export const cloneState = (state: CycleState): CycleState => new Map([...state].map(([name, value]) => [name, value.clone()]))

/** What plugins see besides their arguments. */
export interface Handle {
  readonly read: IndexedReader
  readonly snapshot: Snapshot
  readonly nowMs: () => number
}

/** Only these nodes are worth a look. */
export interface NodesOnly {
  readonly nodes: ReadonlySet<string>
}

export type PreFilterAnswer = Rejection | NodesOnly | 'skip' | undefined

export interface PostFilterAnswer {
  /** The node that will have room; absent when nothing helps. */
  readonly nominated?: string
  readonly message: string
}

/** What a failed filtering found, for PostFilter. */
export interface Diagnosis {
  readonly rejections: ReadonlyMap<string, Rejection>
  readonly ran: (state: CycleState, pod: PodInfo, node: NodeInfo) => Rejection | undefined
  readonly adjust: (state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1) => void
}

export interface PluginRecord {
  readonly name: string
  /** Of its score; 0 or absent: it does not score. */
  readonly weight?: number
  /** Keeps a pod out of the queue. */
  readonly preEnqueue?: (pod: Pod) => Rejection | undefined
  /** Once a cycle; `skip` leaves its filter out. */
  readonly preFilter?: (state: CycleState, pod: PodInfo, handle: Handle) => PreFilterAnswer
  readonly filter?: (state: CycleState, pod: PodInfo, node: NodeInfo, handle: Handle) => Rejection | undefined
  /** Another pod came to (+1) or left (-1) a node while preemption tries it out. */
  readonly adjust?: (state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo, delta: 1 | -1) => void
  readonly postFilter?: (
    state: CycleState,
    pod: PodInfo,
    diagnosis: Diagnosis,
    handle: Handle,
    hands: Hands,
  ) => PostFilterAnswer | undefined
  /** Once a cycle over the feasible nodes; `skip` leaves its score out. */
  readonly preScore?: (state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], handle: Handle) => 'skip' | undefined
  readonly score?: (state: CycleState, pod: PodInfo, node: NodeInfo, handle: Handle) => number
  /** Brings raw scores into 0–100; the array is its own to change. */
  readonly normalize?: (state: CycleState, pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]) => void
  /** Before binding: `wait` holds the pod on its node until `mayBind` says yes. */
  readonly preBind?: (state: CycleState, pod: PodInfo, nodeName: string, handle: Handle, hands: Hands) => 'wait' | undefined
  readonly mayBind?: (pod: Pod, nodeName: string, handle: Handle) => boolean | 'never'
  /** Resources whose changes may make a pod schedulable that this plugin rejected, and whether this change does. */
  readonly wakes?: Readonly<Partial<Record<string, (change: ObjectChange, pod: Pod) => boolean>>>
}

/** For the few plugins that act: preemption and volume binding. */
export interface Hands {
  readonly write: Writer
  readonly events: ReturnType<Cluster['recorder']>
}

/** One node's verdict, for `why`. */
export interface NodeVerdict {
  readonly node: string
  readonly plugin?: string
  readonly reasons?: readonly string[]
  /** Weighted score where the node was feasible. */
  readonly score?: number
  readonly scores?: Readonly<Record<string, number>>
}

export interface Verdict {
  readonly pod: string
  readonly chosen?: string
  readonly message: string
  readonly nodes: readonly NodeVerdict[]
}
