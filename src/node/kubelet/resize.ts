/**
 * In-place resize of a running pod (KEP-1287): whether the node can give what the spec now asks for, what is given meanwhile, and which
 * containers must be started anew for it. What was given is `run.pod`; the API's spec is what is wished.
 */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import { formatQuantity, milliValue, quantityValue } from '../../api/quantity.ts'
import { deepEqual } from '../../api/walk.ts'
import type { PodRun, ResizeRun } from '../records.ts'
import { takenBy } from './admit.ts'
import { allContainers, type KubeletHands, podEvent, putRun, timer } from './hands.ts'
import { askedBy } from './taken.ts'
import { stopContainer } from './termination.ts'

/** From new limits to a runtime that reports them. */
const ACTUATE_MS = 1_000
/** How often a resize that has to wait is looked at again. */
const RETRY_MS = 10_000

type Pending = NonNullable<ResizeRun['pending']>

const resourcesOf = (pod: Pod, name: string): Container['resources'] => allContainers(pod).find((c) => c.name === name)?.resources

const isResized = (next: Pod, given: Pod): boolean =>
  allContainers(next).some((c) => !deepEqual(c.resources ?? {}, resourcesOf(given, c.name) ?? {}))

/** Why the node does not give it; undefined when it does. */
function verdict(hands: KubeletHands, pod: Pod): Pending | undefined {
  const { allocatable } = hands.node
  const capacity = { cpu: milliValue(allocatable['cpu'] ?? '0'), memory: quantityValue(allocatable['memory'] ?? '0') }
  const asked = askedBy(pod)
  for (const resource of ['memory', 'cpu'] as const)
    if (asked[resource] > capacity[resource])
      return {
        reason: 'Infeasible',
        message: `Node didn't have enough capacity: ${resource}, requested: ${asked[resource]}, capacity: ${capacity[resource]}`,
      }
  const taken = takenBy(hands, pod)
  for (const resource of ['cpu', 'memory'] as const)
    if (taken[resource] + asked[resource] > capacity[resource])
      return {
        reason: 'Deferred',
        message: `Node didn't have enough resource: ${resource}, requested: ${asked[resource]}, used: ${taken[resource]}, capacity: ${capacity[resource]}`,
      }
  return undefined
}

/** A limit below what a container uses now is not set while the container runs. */
function belowUsage(hands: KubeletHands, run: PodRun, pod: Pod): string | undefined {
  for (const container of allContainers(pod)) {
    const limit = container.resources?.limits?.['memory']
    const state = run.containers[container.name]
    if (limit === undefined || state?.phase !== 'running' || mustRestart(container, run.pod)) continue
    const used = hands.processes.memoryOf(run.uid, state.id)
    if (quantityValue(limit) < used)
      return `attempting to set container "${container.name}" memory limit (${quantityValue(limit)}) below current usage (${used})`
  }
  return undefined
}

/** A resource changes whose policy asks for a restart. */
function mustRestart(container: Container, given: Pod): boolean {
  const before = resourcesOf(given, container.name)
  return (container.resizePolicy ?? []).some(
    ({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' &&
      (['requests', 'limits'] as const).some((f) => container.resources?.[f]?.[resourceName] !== before?.[f]?.[resourceName]),
  )
}

const sorted = (list: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined =>
  list &&
  Object.fromEntries(
    Object.keys(list)
      .sort()
      .map((k) => [k, formatQuantity(list[k]!)]),
  )

/** `{"containers":[{"name":…,"resources":{…}}],"generation":2}`, as the events carry it. */
function detail(pod: Pod, error?: string): string {
  const containers = allContainers(pod)
    .filter((c) => c.resources?.limits || c.resources?.requests)
    .map((c) => ({ name: c.name, resources: { limits: sorted(c.resources?.limits), requests: sorted(c.resources?.requests) } }))
  return JSON.stringify({ containers, generation: pod.metadata.generation ?? 1, ...(error && { error }) })
}

/** The pod as it runs: with what was given instead of what is wished. */
function withResourcesOf(pod: Pod, given: Pod): Pod {
  const keep = (list: readonly Container[] | undefined): Container[] | undefined =>
    list?.map((c) => {
      const { resources: _wished, ...rest } = c
      const resources = resourcesOf(given, c.name)
      return resources === undefined ? rest : { ...rest, resources }
    })
  return { ...pod, spec: { ...pod.spec!, containers: keep(pod.spec!.containers)!, initContainers: keep(pod.spec!.initContainers) } } as Pod
}

function without(hands: KubeletHands, run: PodRun, pod: Pod): PodRun {
  const { resize: _done, ...rest } = run
  return putRun(hands, rest as PodRun, { pod })
}

/** The API's pod as it is now becomes the one that runs, as far as the node can give what it asks for. */
export function takePod(hands: KubeletHands, run: PodRun, pod: Pod): PodRun {
  const started = Object.values(run.containers).some((c) => c.phase !== 'none')
  if (!started || !isResized(pod, run.pod)) return run.resize?.pending ? without(hands, run, pod) : putRun(hands, run, { pod })
  const refused = verdict(hands, pod)
  const error = refused === undefined ? belowUsage(hands, run, pod) : undefined
  if (refused !== undefined || error !== undefined) return wait(hands, run, pod, refused, error)
  podEvent(hands, pod, 'Normal', 'ResizeStarted', `Pod resize started: ${detail(pod)}`)
  const restarts = allContainers(pod).filter((c) => run.containers[c.name]?.phase === 'running' && mustRestart(c, run.pod))
  const restartsOf = Object.fromEntries(restarts.map((c) => [c.name, run.containers[c.name]!.restarts]))
  const given = putRun(hands, run, { pod, resize: { startedMs: hands.cluster.clock.nowMs, restartsOf } })
  for (const { name } of restarts)
    stopContainer(hands, run.uid, name, `Container ${name} resize requires restart`, pod.spec?.terminationGracePeriodSeconds ?? 30)
  timer(hands, `resize/${run.uid}`, ACTUATE_MS, { uid: run.uid })
  return { ...given, ...hands.cluster.cells.get<PodRun>('pod-run', `${hands.node.name}/${run.uid}`) }
}

/** It keeps what it has; told whenever the reason changes. */
function wait(hands: KubeletHands, run: PodRun, pod: Pod, pending: Pending | undefined, error: string | undefined): PodRun {
  const message = pending?.message ?? error!
  if ((run.resize?.pending?.message ?? run.resize?.error) !== message) {
    const [reason, head] = pending ? [`Resize${pending.reason}`, `Pod resize ${pending.reason}`] : ['ResizeError', 'Pod resize error']
    podEvent(hands, pod, 'Warning', reason, `${head}: ${detail(pod, message)}`)
  }
  timer(hands, `resize/${run.uid}`, RETRY_MS, { uid: run.uid })
  return putRun(hands, run, { pod: withResourcesOf(pod, run.pod), resize: pending ? { pending } : { error: message } })
}

/** Whether what was given has come into force; then it is told, and nothing is left of it. */
export function completeResize(hands: KubeletHands, run: PodRun): PodRun {
  const { resize } = run
  if (resize?.startedMs === undefined || hands.cluster.clock.nowMs - resize.startedMs < ACTUATE_MS) return run
  const restarted = Object.entries(resize.restartsOf ?? {}).every(([name, before]) => {
    const state = run.containers[name]
    return state?.phase === 'running' && state.restarts > before
  })
  if (!restarted) return run
  podEvent(hands, run.pod, 'Normal', 'ResizeCompleted', `Pod resize completed: ${detail(run.pod)}`)
  return without(hands, run, run.pod)
}
