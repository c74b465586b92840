/**
 * Warnings the API answers with when a pod or a template of pods is dubious though valid (upstream's pkg/api/pod/warnings).
 */
import type { Container, ContainerPort, NodeSelectorTerm, PodAffinity, PodSpec, Volume } from '../../../api/generated/types/core-v1.ts'
import { milliValue } from '../../../api/quantity.ts'

export const nodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}
export const volumeSources: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}
const NO_SELECTOR = 'a null labelSelector results in matching no pod'
const CRITICAL = 'scheduler.alpha.kubernetes.io/critical-pod'

type Walk = (container: Container, path: string) => string[]

const eachContainer = (spec: PodSpec, path: string, walk: Walk): string[] =>
  (['initContainers', 'containers'] as const).flatMap((list) => (spec[list] ?? []).flatMap((c, i) => walk(c, `${path}.${list}[${i}]`)))

export function nodeTermWarnings(term: NodeSelectorTerm, path: string): string[] {
  return (term.matchExpressions ?? []).flatMap((r, i) =>
    nodeLabels[r.key] ? [`${path}.matchExpressions[${i}].key: ${r.key} is ${nodeLabels[r.key]}`] : [],
  )
}

function selectorWarnings(spec: PodSpec, path: string): string[] {
  const node = spec.affinity?.nodeAffinity
  const at = `${path}.affinity.nodeAffinity`
  return [
    ...Object.keys(spec.nodeSelector ?? {})
      .sort()
      .flatMap((key) => (nodeLabels[key] ? [`${path}.nodeSelector[${key}]: ${nodeLabels[key]}`] : [])),
    ...(node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      nodeTermWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...(node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) =>
      nodeTermWarnings(term.preference, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`),
    ),
  ]
}

const spreadWarnings = (spec: PodSpec, path: string): string[] =>
  (spec.topologySpreadConstraints ?? []).flatMap((c, i) => {
    const at = `${path}.topologySpreadConstraints[${i}]`
    const old = nodeLabels[c.topologyKey]
    return [
      ...(old ? [`${at}.topologyKey: ${c.topologyKey} is ${old}`] : []),
      ...(c.labelSelector ? [] : [`${at}.labelSelector: ${NO_SELECTOR}`]),
    ]
  })

const volumeWarnings = (volumes: readonly Volume[] | undefined, path: string): string[] =>
  (volumes ?? []).flatMap((volume, i) =>
    Object.keys(volumeSources).flatMap((field) =>
      volume[field as keyof Volume]
        ? [`${path}.volumes[${i}].${field === 'storageos' ? 'storageOS' : field}: ${volumeSources[field]}`]
        : [],
    ),
  )

/** Names that occur twice in a list whose entries merge by name. */
function repeated(values: readonly string[], path: (i: number) => string, what: string): string[] {
  const seen = new Set<string>()
  return values.flatMap((value, i) => {
    if (seen.has(value)) return [`${path(i)}: duplicate ${what} ${JSON.stringify(value)}`]
    seen.add(value)
    return []
  })
}

/** A variable given twice, unless the later one extends the earlier (`X: $(X)more`). */
function envWarnings(container: Container, path: string): string[] {
  const seen = new Set<string>()
  return (container.env ?? []).flatMap((env, i) => {
    if (!seen.has(env.name)) {
      seen.add(env.name)
      return []
    }
    const reference = `$(${env.name})`
    const extended = !env.valueFrom && env.value !== reference && (env.value ?? '').includes(reference)
    return extended
      ? []
      : [`${path}.env[${i}]: hides previous definition of ${JSON.stringify(env.name)}, which may be dropped when using apply`]
  })
}

const fractions: Walk = (container, path) =>
  (['memory', 'ephemeral-storage'] as const).flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((list) => {
      const value = container.resources?.[list]?.[name]
      return value === undefined || milliValue(value) % 1000 === 0
        ? []
        : [`${path}.resources.${list}[${name}]: fractional byte value ${JSON.stringify(value)} is invalid, must be an integer`]
    }),
  )

/** How two definitions of one port and protocol stand to each other; undefined when they do not disturb. */
function portRelation(a: ContainerPort, b: ContainerPort): string | undefined {
  const [hostA, hostB] = [a.hostPort ?? 0, b.hostPort ?? 0]
  const [ipA, ipB] = [a.hostIP ?? '', b.hostIP ?? '']
  if (ipA === ipB && hostA === hostB) return 'duplicate'
  if (hostA === 0 || hostB === 0) return 'overlapping'
  return hostA === hostB && (ipA === '') !== (ipB === '') ? 'dangerously ambiguous' : undefined
}

function portWarnings(spec: PodSpec, path: string): string[] {
  const known = new Map<string, { at: string; port: ContainerPort }[]>()
  return eachContainer(spec, path, (container, where) =>
    (container.ports ?? []).flatMap((port, i) => {
      const at = `${where}.ports[${i}]`
      const key = `${port.containerPort}/${port.protocol}`
      const others = known.get(key) ?? []
      known.set(key, [...others, { at, port }])
      return others.flatMap((other) => {
        const relation = portRelation(port, other.port)
        return relation === undefined ? [] : [`${at}: ${relation} port definition with ${other.at}`]
      })
    }),
  )
}

function podAffinityWarnings(affinity: PodAffinity | undefined, path: string): string[] {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
  return [
    ...(affinity?.[required] ?? []).flatMap((t, i) => (t.labelSelector ? [] : [`${path}.${required}[${i}].labelSelector: ${NO_SELECTOR}`])),
    ...(affinity?.[preferred] ?? []).flatMap((t, i) =>
      t.podAffinityTerm.labelSelector ? [] : [`${path}.${preferred}[${i}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`],
    ),
  ]
}

/** Profiles that used to be annotations. */
const profileWarnings = (annotations: Readonly<Record<string, string>> | undefined, path: string): string[] =>
  Object.keys(annotations ?? {})
    .sort()
    .flatMap((key) => {
      if (key.startsWith('container.apparmor.security.beta.kubernetes.io/'))
        return [`${path}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`]
      if (key === 'seccomp.security.alpha.kubernetes.io/pod' || key.startsWith('container.seccomp.security.alpha.kubernetes.io/'))
        return [`${path}[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`]
      return []
    })

/** All warnings about a pod's spec at `path`, in upstream's order; `annotationsPath` is where its annotations stand. */
export function podSpecWarnings(
  spec: PodSpec,
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
  annotationsPath: string,
): string[] {
  const secrets = (spec.imagePullSecrets ?? []).map((s) => s.name ?? '')
  return [
    ...selectorWarnings(spec, path),
    ...spreadWarnings(spec, path),
    ...(annotations?.[CRITICAL] === undefined
      ? []
      : [`${annotationsPath}[${CRITICAL}]: non-functional in v1.16+; use the "priorityClassName" field instead`]),
    ...profileWarnings(annotations, annotationsPath),
    ...volumeWarnings(spec.volumes, path),
    ...repeated(
      (spec.hostAliases ?? []).map((a) => a.ip),
      (i) => `${path}.hostAliases[${i}].ip`,
      'ip',
    ),
    ...repeated(secrets, (i) => `${path}.imagePullSecrets[${i}].name`, 'name'),
    ...secrets.flatMap((name, i) => (name === '' ? [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`] : [])),
    ...eachContainer(spec, path, (container, at) => [...fractions(container, at), ...envWarnings(container, at)]),
    ...portWarnings(spec, path),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...podAffinityWarnings(spec.affinity?.podAffinity, `${path}.affinity.podAffinity`),
    ...podAffinityWarnings(spec.affinity?.podAntiAffinity, `${path}.affinity.podAntiAffinity`),
  ]
}
