/** A pod's spread constraints with their selectors completed; for pods that state none, upstream's defaults (3 per host, 5 per zone, never strict). */
import type { PodSpec, TopologySpreadConstraint } from '../../../api/generated/types/core-v1.ts'
import type { LabelSelector } from '../../../api/generated/types/meta.ts'
import { controllerOf } from '../../../api/meta.ts'
import type { IndexedReader } from '../../../api/reader.ts'
import type { PodInfo } from '../../pod-info.ts'

export const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

export interface Constraint extends TopologySpreadConstraint {
  readonly selector: LabelSelector | undefined
  /** Says which pods it counts, for the counters that are kept. */
  readonly key: string
}

const withKey = (c: TopologySpreadConstraint, selector: LabelSelector | undefined): Constraint => ({
  ...c,
  selector,
  key: JSON.stringify(selector ?? null),
})

/** `matchLabelKeys`: the pod's own values are added to the selector. */
function completed(c: TopologySpreadConstraint, labels: Readonly<Record<string, string>>): LabelSelector | undefined {
  const keys = (c.matchLabelKeys ?? []).filter((k) => labels[k] !== undefined)
  if (keys.length === 0) return c.labelSelector
  const own = keys.map((key) => ({ key, operator: 'In', values: [labels[key]!] }))
  return { ...c.labelSelector, matchExpressions: [...(c.labelSelector?.matchExpressions ?? []), ...own] }
}

const plain = new WeakMap<PodSpec, readonly Constraint[]>()

export function constraintsOf(
  pod: PodInfo,
  when: TopologySpreadConstraint['whenUnsatisfiable'],
  read: IndexedReader,
): readonly Constraint[] {
  const own = pod.pod.spec?.topologySpreadConstraints ?? []
  if (own.length === 0) return when === 'ScheduleAnyway' ? defaults(pod, read) : []
  if (own.some((c) => (c.matchLabelKeys ?? []).length > 0))
    return own.filter((c) => c.whenUnsatisfiable === when).map((c) => withKey(c, completed(c, pod.pod.metadata.labels ?? {})))
  let all = plain.get(pod.pod.spec!)
  if (all === undefined) {
    all = own.map((c) => withKey(c, c.labelSelector))
    plain.set(pod.pod.spec!, all)
  }
  return all.filter((c) => c.whenUnsatisfiable === when)
}

const made = new Map<string, readonly Constraint[]>()
const MAX_MADE = 1000

/** Defaults spread what the pod's Services and its ReplicaSet, StatefulSet or ReplicationController select together. */
function defaults(pod: PodInfo, read: IndexedReader): readonly Constraint[] {
  const labels = pod.pod.metadata.labels
  if (labels === undefined) return []
  const together: Record<string, string> = {}
  const expressions: NonNullable<LabelSelector['matchExpressions']> = []
  for (const service of read.list('services', pod.namespace)) {
    const selector = Object.entries(service.spec?.selector ?? {})
    if (selector.length > 0 && selector.every(([k, v]) => labels[k] === v)) Object.assign(together, service.spec!.selector)
  }
  const owner = controllerOf(pod.pod)
  const selector = owner && ownerSelector(owner.kind, pod.namespace, owner.name, read)
  Object.assign(together, selector?.matchLabels)
  expressions.push(...(selector?.matchExpressions ?? []))
  if (Object.keys(together).length + expressions.length === 0) return []
  const key = JSON.stringify([together, expressions])
  let constraints = made.get(key)
  if (constraints === undefined) {
    const combined: LabelSelector = { matchLabels: together, ...(expressions.length > 0 && { matchExpressions: expressions }) }
    constraints = [
      withKey({ topologyKey: HOSTNAME, maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' }, combined),
      withKey({ topologyKey: ZONE, maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' }, combined),
    ]
    if (made.size >= MAX_MADE) made.clear()
    made.set(key, constraints)
  }
  return constraints
}

function ownerSelector(kind: string, namespace: string, name: string, read: IndexedReader): LabelSelector | undefined {
  if (kind === 'ReplicaSet') return read.get('replicasets.apps', namespace, name)?.spec?.selector
  if (kind === 'StatefulSet') return read.get('statefulsets.apps', namespace, name)?.spec?.selector
  if (kind === 'ReplicationController') return { matchLabels: read.get('replicationcontrollers', namespace, name)?.spec?.selector ?? {} }
  return undefined
}
