/** A node's word to the control plane: its Node object, its conditions, its Lease (KEP-589). */

import { isApiError } from '../api/errors.ts'
import type { Node, NodeCondition, NodeStatus } from '../api/generated/types/core-v1.ts'
import type { CSINode } from '../api/generated/types/storage-v1.ts'
import { formatMicroTime, formatTime } from '../api/rfc3339.ts'
import type { Cluster, Writer } from '../client/contract.ts'

/** Seconds a lease holds; renewed at a quarter of it. */
export const LEASE_SECONDS = 40
export const LEASE_RENEW_MS = 10_000
/** Node status is written when it changes, and at least this often. */
export const STATUS_REPORT_MS = 300_000

export interface NodeSpecification {
  readonly name: string
  readonly ip: string
  readonly podCidr: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly {
    readonly key: string
    readonly effect: 'NoSchedule' | 'NoExecute' | 'PreferNoSchedule'
    readonly value?: string
  }[]
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
}

export interface Pressure {
  readonly memory: boolean
  readonly disk: boolean
  readonly pid: boolean
  /** containerd does not answer. */
  readonly runtimeDown?: boolean
  /** The machine goes down, the kubelet ends its pods before. */
  readonly shuttingDown?: boolean
}

const HEALTHY: readonly [type: string, reason: string, message: string][] = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
]
const PRESSED: Readonly<Record<string, readonly [reason: string, message: string]>> = {
  MemoryPressure: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
  DiskPressure: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
  PIDPressure: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
}

const SAID: Readonly<Record<string, readonly [pressed: string, not: string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
}

/** Reasons of the events with which the kubelet says that conditions changed. */
export const conditionReasons = (before: readonly NodeCondition[], after: readonly NodeCondition[]): string[] =>
  after.flatMap(({ type, status }) => {
    const old = before.find((c) => c.type === type)
    if (SAID[type] === undefined || old === undefined || old.status === 'Unknown' || old.status === status) return []
    return [SAID[type][status === 'True' ? 0 : 1]]
  })

export function nodeConditions(old: readonly NodeCondition[], pressure: Pressure, nowMs: number): NodeCondition[] {
  const now = formatTime(nowMs)
  const make = (type: string, status: 'True' | 'False', reason: string, message: string): NodeCondition => {
    const before = old.find((c) => c.type === type)
    return {
      lastHeartbeatTime: now,
      lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
      message,
      reason,
      status,
      type,
    }
  }
  const pressed: Record<string, boolean> = { MemoryPressure: pressure.memory, DiskPressure: pressure.disk, PIDPressure: pressure.pid }
  const conditions = HEALTHY.map(([type, reason, message]) =>
    pressed[type] ? make(type, 'True', ...PRESSED[type]!) : make(type, 'False', reason, message),
  )
  const others = old.filter((c) => !HEALTHY.some(([type]) => type === c.type) && c.type !== 'Ready')
  const ready = pressure.runtimeDown
    ? make('Ready', 'False', 'KubeletNotReady', 'container runtime is down')
    : pressure.shuttingDown
      ? make('Ready', 'False', 'KubeletNotReady', 'node is shutting down')
      : make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
  return [...others, ...conditions, ready]
}

function nodeStatus(spec: NodeSpecification, old: NodeStatus | undefined, pressure: Pressure, bootId: string, nowMs: number): NodeStatus {
  return {
    ...old,
    addresses: [
      { address: spec.ip, type: 'InternalIP' },
      { address: spec.name, type: 'Hostname' },
    ],
    allocatable: { ...spec.allocatable },
    capacity: { ...spec.capacity },
    conditions: nodeConditions(old?.conditions ?? [], pressure, nowMs),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: bootId,
      containerRuntimeVersion: 'containerd://2.2.1',
      kernelVersion: '6.8.0-31-generic',
      kubeProxyVersion: '',
      kubeletVersion: 'v1.36.2',
      machineID: spec.name,
      operatingSystem: 'linux',
      osImage: 'Ubuntu 24.04.2 LTS',
      systemUUID: spec.name,
    },
  } as NodeStatus
}

/** Registers the node, or brings its status up to date. */
export function reportNode(cluster: Cluster, write: Writer, spec: NodeSpecification, pressure: Pressure, bootId: string): Node {
  const nowMs = cluster.clock.nowMs
  const existing = cluster.read.get('nodes', undefined, spec.name)
  const node =
    existing ??
    write.create('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: spec.name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': spec.name,
          'kubernetes.io/os': 'linux',
          ...spec.labels,
        },
        annotations: { 'node.alpha.kubernetes.io/ttl': '0', 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: {
        podCIDR: spec.podCidr,
        podCIDRs: [spec.podCidr],
        ...(spec.taints.length > 0 && { taints: spec.taints.map((t) => ({ ...t })) }),
      },
    } as Node)
  if (existing === undefined) makeCsiNode(write, node)
  return write.updateStatus('nodes', { ...node, status: nodeStatus(spec, node.status, pressure, bootId, nowMs) } as Node)
}

/** The list of CSI drivers that a node has: empty until they register. */
function makeCsiNode(write: Writer, node: Node): void {
  const { name, uid } = node.metadata
  try {
    write.create('csinodes.storage.k8s.io', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uid! }] },
      spec: { drivers: [] },
    } as CSINode)
  } catch (error) {
    if (!isApiError(error)) throw error
  }
}

const LEASE = 'leases.coordination.k8s.io'
const LEASE_NAMESPACE = 'kube-node-lease'

export function renewLease(cluster: Cluster, write: Writer, node: string): void {
  const renewTime = formatMicroTime(cluster.clock.nowMs)
  const lease = cluster.read.get(LEASE, LEASE_NAMESPACE, node)
  try {
    if (lease !== undefined) write.update(LEASE, { ...lease, spec: { ...lease.spec, renewTime } } as typeof lease)
    else {
      const owner = cluster.read.get('nodes', undefined, node)
      write.create(LEASE, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: {
          name: node,
          namespace: LEASE_NAMESPACE,
          ...(owner && { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid: owner.metadata.uid! }] }),
        },
        spec: { holderIdentity: node, leaseDurationSeconds: LEASE_SECONDS, renewTime },
      } as NonNullable<typeof lease>)
    }
  } catch (error) {
    if (!isApiError(error)) throw error
  }
}
