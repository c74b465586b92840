/** What the parts of one kubelet share: its node, the world it acts on, and its pods' records. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { Cluster, EventRecorder, Writer } from '../../client/contract.ts'
import type { Network } from '../../network/contract.ts'
import type { Catalog, Image } from '../../programs/contract.ts'
import type { Storage } from '../../storage/contract.ts'
import type { Execs } from '../exec.ts'
import { POD_RUN, type PodRun } from '../records.ts'
import type { Logs } from '../runtime/logs.ts'
import type { Processes } from '../runtime/processes.ts'
import { forgetRedirection } from '../runtime/redirect.ts'

export type PressureCondition = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

export interface NodeShape {
  readonly name: string
  readonly ip: string
  /** `10.244.1` of 10.244.1.0/24. */
  readonly podPrefix: string
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
}

export interface KubeletHands {
  readonly node: NodeShape
  readonly actor: string
  readonly cluster: Cluster
  readonly write: Writer
  readonly events: EventRecorder
  readonly catalog: Catalog
  /** Whether an image has a tool that shows something of its machine (`ps`, `df`). */
  readonly hasMachineTool: (image: Image, name: string) => boolean
  readonly storage: Storage
  readonly network: () => Network
  readonly processes: Processes
  readonly logs: Logs
  readonly execs: Execs
  /** Asks for a sync of a pod now. */
  enqueue(uid: string): void
  /** Much was written to the node's disk: the eviction manager is to look at it. */
  diskGrew(): void
  /** How many processes the machine has. */
  tasksOfNode(): number
  /** What the node lacks, as its conditions say. */
  pressures(): readonly PressureCondition[]
  /** The API server can be reached. */
  online(): boolean
}

const cellKey = (hands: KubeletHands, uid: string): string => `${hands.node.name}/${uid}`

export const runOf = (hands: KubeletHands, uid: string): PodRun | undefined => hands.cluster.cells.get<PodRun>(POD_RUN, cellKey(hands, uid))

/** Replaces parts of a pod's record. */
export function putRun(hands: KubeletHands, run: PodRun, change: Partial<PodRun> = {}): PodRun {
  const next: PodRun = { ...run, ...change }
  hands.cluster.cells.put(POD_RUN, cellKey(hands, run.uid), next)
  return next
}

export function dropRun(hands: KubeletHands, uid: string): void {
  hands.cluster.cells.delete(POD_RUN, cellKey(hands, uid))
  forgetRedirection(hands.cluster.cells, uid)
}

export const timer = (hands: KubeletHands, id: string, afterMs: number, payload?: unknown): void =>
  hands.cluster.setTimer(hands.actor, id, hands.cluster.clock.nowMs + afterMs, payload)

export const cancel = (hands: KubeletHands, id: string): void => hands.cluster.cancelTimer(hands.actor, id)

/** A pod that only shows what a node's file declares. */
export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined

/** What a node knows a pod by: its uid, or for a mirror the hash of the file behind it. */
export const podKey = (pod: Pod): string => pod.metadata.annotations?.['kubernetes.io/config.mirror'] ?? pod.metadata.uid!

/** The API's pod, if it is still the one this record is of. */
export function apiPod(hands: KubeletHands, run: PodRun): Pod | undefined {
  const pod = hands.cluster.read.get('pods', run.pod.metadata.namespace, run.pod.metadata.name)
  return pod !== undefined && podKey(pod) === run.uid ? pod : undefined
}

export const containerEvent = (
  hands: KubeletHands,
  pod: Pod,
  container: string,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void => {
  if (!hands.online()) return
  const init = pod.spec?.initContainers?.some((c) => c.name === container)
  hands.events.event(pod, type, reason, message, { fieldPath: `spec.${init ? 'initContainers' : 'containers'}{${container}}` })
}

export const podEvent = (hands: KubeletHands, pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void => {
  if (hands.online()) hands.events.event(pod, type, reason, message)
}

export const allContainers = (pod: Pod): readonly import('../../api/generated/types/core-v1.ts').Container[] => [
  ...(pod.spec?.initContainers ?? []),
  ...pod.spec!.containers,
]

export const containerOf = (pod: Pod, name: string): import('../../api/generated/types/core-v1.ts').Container | undefined =>
  pod.spec!.containers.find((c) => c.name === name) ??
  pod.spec?.initContainers?.find((c) => c.name === name) ??
  (pod.spec?.ephemeralContainers?.find((c) => c.name === name) as import('../../api/generated/types/core-v1.ts').Container | undefined)
