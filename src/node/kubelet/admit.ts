/** What a kubelet checks before it takes a pod that was bound to its node (the scheduler's filters once more, for pods that came past it). */
import type { Pod, Taint, Toleration } from '../../api/generated/types/core-v1.ts'
import { milliValue, quantityValue } from '../../api/quantity.ts'
import { powerOf } from '../power.ts'
import { type KubeletHands, runOf } from './hands.ts'
import { type Asked, askedBy, takenOn } from './taken.ts'

const CRITICAL_PRIORITY = 2_000_000_000

export interface Refusal {
  readonly reason: string
  readonly message: string
}

/** The kubelet took the pod. */
function isTaken(hands: KubeletHands, uid: string): boolean {
  const run = runOf(hands, uid)
  return run !== undefined && run.refused === undefined
}

/** What the node's other running pods ask for, and how many they are. */
export function takenBy(hands: KubeletHands, pod: Pod): Asked & { readonly pods: number } {
  let pods = 0
  let cpu = 0
  let memory = 0
  for (const [uid, asked] of takenOn(hands.cluster, hands.node.name)) {
    if (uid === pod.metadata.uid) continue
    pods++
    cpu += asked.cpu
    memory += asked.memory
  }
  return { pods, cpu, memory }
}

const tolerates = (toleration: Toleration, taint: Taint): boolean =>
  (!toleration.effect || toleration.effect === taint.effect) &&
  (!toleration.key
    ? toleration.operator === 'Exists'
    : toleration.key === taint.key && (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '')))

const hostPorts = (pod: Pod): string[] =>
  pod.spec!.containers.flatMap((c) => (c.ports ?? []).filter((p) => p.hostPort).map((p) => `${p.hostPort}/${p.protocol ?? 'TCP'}`))

/** Another pod of the node holds a port of the machine that this one asks for. */
function portTaken(hands: KubeletHands, pod: Pod): boolean {
  const wanted = hostPorts(pod)
  if (wanted.length === 0) return false
  return hands.cluster.read.onNode('pods', hands.node.name).some((other) => {
    const over = other.status?.phase === 'Succeeded' || other.status?.phase === 'Failed'
    return (
      other.metadata.uid !== pod.metadata.uid &&
      !over &&
      isTaken(hands, other.metadata.uid!) &&
      hostPorts(other).some((p) => wanted.includes(p))
    )
  })
}

/** What a node that lacks something does not take: without memory only BestEffort pods, else any but the system's (pkg/kubelet/eviction, Admit). */
function underPressure(hands: KubeletHands, pod: Pod): Refusal | undefined {
  const pressures = hands.pressures()
  if (pressures.length === 0 || (pod.spec?.priority ?? 0) >= CRITICAL_PRIORITY) return undefined
  if (pressures.every((p) => p === 'MemoryPressure')) {
    const taint: Taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }
    if (pod.status?.qosClass !== 'BestEffort' || (pod.spec?.tolerations ?? []).some((t) => tolerates(t, taint))) return undefined
  }
  return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` }
}

export function admit(hands: KubeletHands, pod: Pod): Refusal | undefined {
  const node = hands.cluster.read.get('nodes', undefined, hands.node.name)
  if (node === undefined) return undefined
  if (powerOf(hands.cluster.cells, hands.node.name)?.shuttingDown)
    return { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' }
  const pressed = underPressure(hands, pod)
  if (pressed !== undefined) return pressed
  const taken = takenBy(hands, pod)
  const { allocatable } = hands.node
  if (taken.pods + 1 > Number(allocatable['pods'] ?? 110))
    return {
      reason: 'OutOfpods',
      message: `Node didn't have enough resource: pods, requested: 1, used: ${taken.pods}, capacity: ${allocatable['pods']}`,
    }
  const asked = askedBy(pod)
  for (const resource of ['cpu', 'memory'] as const) {
    const capacity = resource === 'cpu' ? milliValue(allocatable['cpu'] ?? '0') : quantityValue(allocatable['memory'] ?? '0')
    if (asked[resource] > 0 && taken[resource] + asked[resource] > capacity)
      return {
        reason: `OutOf${resource}`,
        message: `Node didn't have enough resource: ${resource}, requested: ${asked[resource]}, used: ${taken[resource]}, capacity: ${capacity}`,
      }
  }
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) {
    if (node.metadata.labels?.[key] !== value)
      return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" }
  }
  if (portTaken(hands, pod))
    return { reason: 'NodePorts', message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports" }
  for (const taint of node.spec?.taints ?? []) {
    if (taint.effect === 'NoExecute' && !(pod.spec?.tolerations ?? []).some((t) => tolerates(t, taint)))
      return { reason: 'TaintToleration', message: `Predicate TaintToleration failed: node(s) had untolerated taint(s)` }
  }
  return undefined
}
