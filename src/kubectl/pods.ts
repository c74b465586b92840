/**
 * Finding the pod a command means: `web`, `deploy/web`, `job/once` (polymorphichelpers' AttachablePodForObject), and its containers.
 */
import type { ApiObject } from '../api/meta.ts'
import { parseTime } from '../api/rfc3339.ts'
import { formatSelector, type LabelSelector, labelSelectorOf } from '../api/selectors.ts'
import type { Steps } from './contract.ts'
import { CommandError } from './errors.ts'
import type { ContainerShape, PodSpecShape } from './pod-template.ts'
import type { Info } from './resources/builder.ts'
import type { VerbContext } from './verb.ts'

/** The selector of an object's pods, undefined where it has none. */
export function podSelectorText(info: Info): string | undefined {
  const own = info.kind.capabilities?.podSelector?.(info.object!)
  return own === undefined ? undefined : formatSelector(labelSelectorOf(own as LabelSelector))
}

const started = (pod: ApiObject): number => parseTime(String(pod.metadata.creationTimestamp ?? '')) ?? 0
const phaseRank: Record<string, number> = { Running: 0, Pending: 1, Unknown: 2, Failed: 3, Succeeded: 3 }

const ready = (pod: ApiObject): boolean =>
  (pod.status?.conditions ?? []).some((c: { type: string; status: string }) => c.type === 'Ready' && c.status === 'True')

/** Order of preference: placed, running, ready, longest there (podutils.ByLogging, roughly ActivePods backwards). */
export function byUsefulness(a: ApiObject, b: ApiObject): number {
  const placed = Number(b.spec?.nodeName !== undefined) - Number(a.spec?.nodeName !== undefined)
  if (placed !== 0) return placed
  const phase = (phaseRank[a.status?.phase as string] ?? 2) - (phaseRank[b.status?.phase as string] ?? 2)
  if (phase !== 0) return phase
  const readiness = Number(ready(b)) - Number(ready(a))
  if (readiness !== 0) return readiness
  return started(a) - started(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
}

const goType = (info: Info): string => `*${info.kind.version}.${info.kind.kind}`

/** The pods of an object: itself for a pod, those its selector finds otherwise. */
export function podsOf(context: VerbContext, info: Info, doing = 'attach to'): readonly ApiObject[] {
  if (info.kind.resource === 'pods') return [info.object!]
  const selector = podSelectorText(info)
  if (selector === undefined) throw new CommandError(`cannot ${doing} ${goType(info)}: selector for ${goType(info)} not implemented`)
  const pods = context.kube.kinds.byStoreName('pods')!
  return [...context.kube.list(pods, info.namespace, { labelSelector: selector }).items].sort(byUsefulness)
}

/** Waits for a first pod up to `timeoutMs`. */
export function* firstPodOf(context: VerbContext, info: Info, timeoutMs: number): Steps<{ pod: ApiObject; count: number }> {
  let pods = podsOf(context, info)
  if (pods.length === 0) {
    yield { until: () => podsOf(context, info).length > 0, timeoutMs }
    pods = podsOf(context, info)
  }
  if (pods.length === 0) throw new CommandError('timed out waiting for the condition')
  return { pod: pods[0]!, count: pods.length }
}

export interface PodContainers {
  readonly main: readonly ContainerShape[]
  readonly init: readonly ContainerShape[]
  readonly ephemeral: readonly ContainerShape[]
}

export function containersOf(pod: ApiObject): PodContainers {
  const spec = pod.spec as PodSpecShape & { ephemeralContainers?: ContainerShape[] }
  return { main: spec.containers, init: spec.initContainers ?? [], ephemeral: spec.ephemeralContainers ?? [] }
}

/** `main, side, first (init)`. */
export function containerNames(pod: ApiObject): string {
  const { main, init, ephemeral } = containersOf(pod)
  return [...main.map((c) => c.name), ...init.map((c) => `${c.name} (init)`), ...ephemeral.map((c) => `${c.name} (ephem)`)].join(', ')
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** The container that is meant when none is named; told on standard error where the pod has several. */
export function defaultContainer(context: VerbContext, pod: ApiObject, quiet = false): string {
  const { main, init, ephemeral } = containersOf(pod)
  const annotated = pod.metadata.annotations?.[DEFAULT_CONTAINER]
  if (annotated !== undefined && annotated !== '' && [...main, ...init, ...ephemeral].some((c) => c.name === annotated)) return annotated
  const name = main[0]?.name ?? ''
  if (!quiet && main.length + init.length + ephemeral.length > 1)
    context.err(`Defaulted container ${JSON.stringify(name)} out of: ${containerNames(pod)}\n`)
  return name
}

/** Throws for a container the pod does not have. */
export function checkContainer(pod: ApiObject, name: string): void {
  const { main, init, ephemeral } = containersOf(pod)
  if (![...main, ...init, ...ephemeral].some((c) => c.name === name)) {
    throw new CommandError(`container ${name} is not valid for pod ${pod.metadata.name} out of: ${containerNames(pod)}`)
  }
}
