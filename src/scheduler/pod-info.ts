/**
 * A pod as the scheduler counts it: requests in integers, host ports, affinity terms. Derived once per pod spec and shared by every version of the pod.
 */
import type { Container, Pod, PodAffinityTerm, PodSpec } from '../api/generated/types/core-v1.ts'
import { keyOf } from '../api/meta.ts'
import { milliValue, quantityValue } from '../api/quantity.ts'

/** Counted for pods that ask for nothing, so that they too spread: 100m and 200Mi. */
const DEFAULT_CPU_MILLI = 100
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024

export interface Requests {
  cpuMilli: number
  memoryBytes: number
  ephemeralBytes: number
  /** Extended resources and huge pages. */
  readonly scalars: ReadonlyMap<string, number>
}

export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

interface SpecFacts {
  readonly requests: Requests
  readonly nonZeroCpuMilli: number
  readonly nonZeroMemoryBytes: number
  readonly hostPorts: readonly HostPort[]
  readonly requiredAffinity: readonly PodAffinityTerm[]
  readonly requiredAntiAffinity: readonly PodAffinityTerm[]
  readonly preferredAffinity: readonly { weight: number; podAffinityTerm: PodAffinityTerm }[]
  readonly preferredAntiAffinity: readonly { weight: number; podAffinityTerm: PodAffinityTerm }[]
  readonly hasAffinity: boolean
  readonly claims: readonly string[]
}

export interface PodInfo extends SpecFacts {
  readonly pod: Pod
  readonly uid: string
  readonly key: string
  readonly namespace: string
  readonly priority: number
}

const NO_SCALARS: ReadonlyMap<string, number> = new Map()
const noRequests = (): Requests => ({ cpuMilli: 0, memoryBytes: 0, ephemeralBytes: 0, scalars: NO_SCALARS })

function ask(resources: Readonly<Record<string, string>> | undefined): Requests {
  const r = noRequests()
  if (resources === undefined) return r
  let scalars: Map<string, number> | undefined
  for (const name of Object.keys(resources)) {
    const value = resources[name]!
    if (name === 'cpu') r.cpuMilli = milliValue(value)
    else if (name === 'memory') r.memoryBytes = quantityValue(value)
    else if (name === 'ephemeral-storage') r.ephemeralBytes = quantityValue(value)
    else if (name !== 'pods') {
      scalars ??= new Map()
      scalars.set(name, quantityValue(value))
    }
  }
  return scalars === undefined ? r : { ...r, scalars }
}

function combineScalars(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
  how: (x: number, y: number) => number,
): ReadonlyMap<string, number> {
  if (b.size === 0) return a
  const scalars = new Map(a)
  for (const [name, n] of b) scalars.set(name, how(scalars.get(name) ?? 0, n))
  return scalars
}

function combine(a: Requests, b: Requests, how: (x: number, y: number) => number): Requests {
  return {
    cpuMilli: how(a.cpuMilli, b.cpuMilli),
    memoryBytes: how(a.memoryBytes, b.memoryBytes),
    ephemeralBytes: how(a.ephemeralBytes, b.ephemeralBytes),
    scalars: combineScalars(a.scalars, b.scalars, how),
  }
}
const plus = (x: number, y: number): number => x + y

/** A pod's total: containers and sidecars together, or the largest moment of its init sequence, plus overhead; pod-level requests win. */
function total(spec: PodSpec, of: (c: Container) => Requests): Requests {
  let running = spec.containers.map(of).reduce((a, b) => combine(a, b, plus), noRequests())
  let sidecars = noRequests()
  let peak = noRequests()
  for (const init of spec.initContainers ?? []) {
    const r = of(init)
    if (init.restartPolicy === 'Always') {
      sidecars = combine(sidecars, r, plus)
      running = combine(running, r, plus)
      peak = combine(peak, sidecars, Math.max)
    } else peak = combine(peak, combine(sidecars, r, plus), Math.max)
  }
  return combine(running, peak, Math.max)
}

function withPodLevel(spec: PodSpec, sum: Requests): Requests {
  const own = spec.resources?.requests
  const r: Requests = { ...sum }
  if (own?.['cpu'] !== undefined) r.cpuMilli = milliValue(own['cpu'])
  if (own?.['memory'] !== undefined) r.memoryBytes = quantityValue(own['memory'])
  return spec.overhead === undefined ? r : combine(r, ask(spec.overhead), plus)
}

const nonZero = (c: Container): Requests => {
  const r = ask(c.resources?.requests)
  if (c.resources?.requests?.['cpu'] === undefined) r.cpuMilli = DEFAULT_CPU_MILLI
  if (c.resources?.requests?.['memory'] === undefined) r.memoryBytes = DEFAULT_MEMORY_BYTES
  return r
}

function factsOf(spec: PodSpec): KnownFacts {
  const requests = withPodLevel(
    spec,
    total(spec, (c) => ask(c.resources?.requests)),
  )
  const counted = withPodLevel(spec, total(spec, nonZero))
  const restartable = (spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')
  const hostPorts = [...spec.containers, ...restartable].flatMap((c) =>
    (c.ports ?? [])
      .filter((p) => (p.hostPort ?? 0) > 0)
      .map((p) => ({ ip: p.hostIP || '0.0.0.0', protocol: p.protocol ?? 'TCP', port: p.hostPort! })),
  )
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  const required = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const requiredAnti = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  const preferred = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const preferredAnti = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return {
    requests,
    nonZeroCpuMilli: counted.cpuMilli,
    nonZeroMemoryBytes: counted.memoryBytes,
    hostPorts,
    requiredAffinity: required,
    requiredAntiAffinity: requiredAnti,
    preferredAffinity: preferred,
    preferredAntiAffinity: preferredAnti,
    hasAffinity: required.length + requiredAnti.length + preferred.length + preferredAnti.length > 0,
    claims: (spec.volumes ?? []).flatMap((v) => (v.persistentVolumeClaim ? [v.persistentVolumeClaim.claimName] : [])),
    ephemeral: (spec.volumes ?? []).filter((v) => v.ephemeral).map((v) => v.name),
  }
}

/** `ephemeral`: names of the volumes whose claims are made for the pod. */
type KnownFacts = SpecFacts & { readonly ephemeral: readonly string[] }

const known = new WeakMap<PodSpec, KnownFacts>()
const infos = new WeakMap<Pod, PodInfo>()

/** What a pod is known by. */
export const uidOf = (pod: Pod): string => pod.metadata.uid ?? keyOf(pod)

export function podInfo(pod: Pod): PodInfo {
  let info = infos.get(pod)
  if (info !== undefined) return info
  const spec = pod.spec!
  let facts = known.get(spec)
  if (facts === undefined) {
    facts = factsOf(spec)
    known.set(spec, facts)
  }
  const ephemeral = facts.ephemeral.map((name) => `${pod.metadata.name}-${name}`)
  info = {
    requests: facts.requests,
    nonZeroCpuMilli: facts.nonZeroCpuMilli,
    nonZeroMemoryBytes: facts.nonZeroMemoryBytes,
    hostPorts: facts.hostPorts,
    requiredAffinity: facts.requiredAffinity,
    requiredAntiAffinity: facts.requiredAntiAffinity,
    preferredAffinity: facts.preferredAffinity,
    preferredAntiAffinity: facts.preferredAntiAffinity,
    hasAffinity: facts.hasAffinity,
    claims: ephemeral.length > 0 ? [...facts.claims, ...ephemeral] : facts.claims,
    pod,
    uid: uidOf(pod),
    key: keyOf(pod),
    namespace: pod.metadata.namespace ?? '',
    priority: spec.priority ?? 0,
  }
  infos.set(pod, info)
  return info
}
