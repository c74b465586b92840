/**
 * A DaemonSet's next steps, node by node: where a pod should run or go on running, and which old pods make way for new ones.
 * Models upstream's daemon controller and its rolling update with maxUnavailable and maxSurge.
 */
import type { DaemonSet } from '../../api/generated/types/apps-v1.ts'
import type { Node, Pod, PodSpec, Taint, Toleration } from '../../api/generated/types/core-v1.ts'
import { surgeAndUnavailable } from '../int-or-percent.ts'
import { podAcceptsNode } from '../node-selector.ts'
import { isAvailable, isReady, nextAvailability } from '../pod-state.ts'
import { POD_REVISION } from '../revisions.ts'
import { untolerated } from '../tolerations.ts'

/** Tolerations every daemon pod is given: node trouble does not drive it away. */
export function daemonTolerations(spec: PodSpec): Toleration[] {
  const always: [string, Taint['effect']][] = [
    ['node.kubernetes.io/not-ready', 'NoExecute'],
    ['node.kubernetes.io/unreachable', 'NoExecute'],
    ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
    ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
    ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
    ['node.kubernetes.io/unschedulable', 'NoSchedule'],
    ...(spec.hostNetwork === true ? ([['node.kubernetes.io/network-unavailable', 'NoSchedule']] as [string, Taint['effect']][]) : []),
  ]
  const own = [...(spec.tolerations ?? [])]
  for (const [key, effect] of always)
    if (!own.some((t) => t.key === key && t.effect === effect && t.operator === 'Exists')) own.push({ key, operator: 'Exists', effect })
  return own
}

/** Whether a pod of the set should be started on the node, and whether one there may stay. */
export function fitsNode(spec: PodSpec, node: Node): { run: boolean; stay: boolean } {
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, stay: false }
  if (!podAcceptsNode(spec, node)) return { run: false, stay: false }
  const tolerations = daemonTolerations(spec)
  if (untolerated(node.spec?.taints, tolerations, ['NoSchedule', 'NoExecute']) === undefined) return { run: true, stay: true }
  return { run: false, stay: untolerated(node.spec?.taints, tolerations, ['NoExecute']) === undefined }
}

/** The node a daemon pod is bound to or, by its affinity, meant for. */
export function nodeOfPod(pod: Pod): string {
  if (pod.spec?.nodeName) return pod.spec.nodeName
  for (const term of pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [])
    for (const field of term.matchFields ?? [])
      if (field.key === 'metadata.name' && field.operator === 'In' && field.values?.length === 1) return field.values[0]!
  return ''
}

export interface DaemonInput {
  readonly set: DaemonSet
  readonly nodes: readonly Node[]
  readonly pods: readonly Pod[]
  readonly hash: string
  readonly nowMs: number
}

export interface DaemonPlan {
  /** Nodes that get a pod. */
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
  /** Failed pods to make way for new ones. */
  readonly failed: readonly { readonly pod: Pod; readonly node: string }[]
  readonly status: {
    currentNumberScheduled: number
    numberMisscheduled: number
    desiredNumberScheduled: number
    numberReady: number
    updatedNumberScheduled: number
    numberAvailable: number
    numberUnavailable: number
  }
  readonly againMs: number | undefined
}

const terminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined
const oldestFirst = (a: Pod, b: Pod): number =>
  (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '')
    ? -1
    : (a.metadata.creationTimestamp ?? '') > (b.metadata.creationTimestamp ?? '')
      ? 1
      : a.metadata.name < b.metadata.name
        ? -1
        : 1

interface Facts {
  readonly spec: PodSpec
  readonly minReady: number
  readonly byNode: Map<string, Pod[]>
  readonly wanted: readonly Node[]
  readonly surge: number
  readonly unavailable: number
  readonly available: (pod: Pod) => boolean
  readonly isNew: (pod: Pod) => boolean
}

export function planDaemonSet(input: DaemonInput): DaemonPlan {
  const facts = gather(input)
  const create: string[] = []
  const remove: Pod[] = []
  const failed: { pod: Pod; node: string }[] = []
  if (input.set.metadata.deletionTimestamp === undefined) {
    for (const node of input.nodes) manage(node, facts, create, remove, failed)
    const known = new Set(input.nodes.map((n) => n.metadata.name))
    for (const [name, pods] of facts.byNode) if (!known.has(name)) remove.push(...pods.filter((p) => !terminating(p) && !p.spec?.nodeName))
    if (input.set.spec?.updateStrategy?.type !== 'OnDelete') roll(input, facts, create, remove)
  }
  return {
    create,
    remove: [...new Set(remove)],
    failed,
    status: count(input, facts),
    againMs: nextAvailability(input.pods, facts.minReady, input.nowMs),
  }
}

function gather({ set, nodes, pods, hash, nowMs }: DaemonInput): Facts {
  const spec = set.spec!.template.spec!
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    const node = nodeOfPod(pod)
    if (node !== '') byNode.set(node, [...(byNode.get(node) ?? []), pod])
  }
  const wanted = nodes.filter((n) => fitsNode(spec, n).run)
  const rolling = set.spec?.updateStrategy?.rollingUpdate
  const minReady = set.spec?.minReadySeconds ?? 0
  return {
    spec,
    minReady,
    byNode,
    wanted,
    ...surgeUp(rolling?.maxSurge, rolling?.maxUnavailable ?? 1, wanted.length),
    available: (pod) => isAvailable(pod, minReady, nowMs),
    isNew: (pod) => pod.metadata.labels?.[POD_REVISION] === hash,
  }
}

/** For DaemonSets both round up. */
function surgeUp(surge: number | string | undefined, unavailable: number | string, total: number): { surge: number; unavailable: number } {
  const up = surgeAndUnavailable(surge, 0, total).surge
  const down = surgeAndUnavailable(unavailable, 0, total).surge
  return up === 0 && down === 0 ? { surge: 0, unavailable: 1 } : { surge: up, unavailable: down }
}

function manage(node: Node, f: Facts, create: string[], remove: Pod[], failed: { pod: Pod; node: string }[]): void {
  const name = node.metadata.name
  const here = f.byNode.get(name) ?? []
  const { run, stay } = fitsNode(f.spec, node)
  if (run && here.length === 0) create.push(name)
  else if (stay) {
    const alive = here.filter((p) => !terminating(p))
    const done = alive.filter((p) => p.status?.phase === 'Failed' || p.status?.phase === 'Succeeded')
    for (const pod of done) failed.push({ pod, node: name })
    const running = alive.filter((p) => !done.includes(p)).sort(oldestFirst)
    keepOne(running, f, remove)
  } else if (here.length > 0) remove.push(...here.filter((p) => !terminating(p)))
}

/** One pod a node; while surging, an old and a new one may stand side by side until the new one is available. */
function keepOne(running: Pod[], f: Facts, remove: Pod[]): void {
  if (f.surge === 0) {
    remove.push(...running.slice(1))
    return
  }
  const [old, fresh] = [running.filter((p) => !f.isNew(p)), running.filter(f.isNew)]
  remove.push(...old.slice(1), ...fresh.slice(1))
}

function roll(input: DaemonInput, f: Facts, create: string[], remove: Pod[]): void {
  const newest = (pods: readonly Pod[]): { old: Pod | undefined; fresh: Pod | undefined } => ({
    old: pods.find((p) => !f.isNew(p)),
    fresh: pods.find(f.isNew),
  })
  if (f.surge === 0) rollInPlace(f, newest, remove)
  else rollWithSurge(input, f, newest, create, remove)
}

type Newest = (pods: readonly Pod[]) => { old: Pod | undefined; fresh: Pod | undefined }

function rollInPlace(f: Facts, newest: Newest, remove: Pod[]): void {
  let unavailable = 0
  const replaceAnyway: Pod[] = []
  const candidates: Pod[] = []
  for (const [, pods] of [...f.byNode].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const { old, fresh } = newest(pods)
    if (fresh !== undefined && old === undefined) {
      if (!f.available(fresh)) unavailable++
    } else if (old !== undefined && fresh === undefined) {
      if (!f.available(old)) {
        if (!terminating(old)) replaceAnyway.push(old)
        unavailable++
      } else candidates.push(old)
    } else unavailable++
  }
  for (const node of f.wanted) if (!f.byNode.has(node.metadata.name)) unavailable++
  const room = Math.max(0, f.unavailable - unavailable)
  remove.push(...replaceAnyway, ...candidates.slice(0, room))
}

function rollWithSurge(input: DaemonInput, f: Facts, newest: Newest, create: string[], remove: Pod[]): void {
  let surging = 0
  const candidates: string[] = []
  for (const node of input.nodes) {
    const pods = f.byNode.get(node.metadata.name) ?? []
    const { old, fresh } = newest(pods)
    if (old === undefined) continue
    if (fresh === undefined) {
      if (!fitsNode(f.spec, node).run) continue
      if (!f.available(old)) {
        if (!terminating(old)) remove.push(old)
      } else candidates.push(node.metadata.name)
    } else {
      surging++
      if (f.available(fresh) && !terminating(old)) remove.push(old)
    }
  }
  create.push(...candidates.slice(0, Math.max(0, f.surge - surging)))
}

function count({ nodes }: DaemonInput, f: Facts): DaemonPlan['status'] {
  const s = {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
    updatedNumberScheduled: 0,
    numberAvailable: 0,
    numberUnavailable: 0,
  }
  for (const node of nodes) {
    const here = [...(f.byNode.get(node.metadata.name) ?? [])].sort(oldestFirst)
    if (!fitsNode(f.spec, node).run) {
      if (here.length > 0) s.numberMisscheduled++
      continue
    }
    s.desiredNumberScheduled++
    const pod = here.find((p) => f.isNew(p) && isReady(p)) ?? here[0]
    if (pod === undefined) continue
    s.currentNumberScheduled++
    if (isReady(pod)) {
      s.numberReady++
      if (f.available(pod)) s.numberAvailable++
    }
    if (here.some(f.isNew)) s.updatedNumberScheduled++
  }
  s.numberUnavailable = s.desiredNumberScheduled - s.numberAvailable
  return s
}
