/**
 * Warnings the API answers with when a pod or a template of pods is dubious though valid (upstream's pkg/api/pod/warnings).
 */
import type { Container, PodAffinityTerm, PodSpec } from '../../../api/generated/types/core-v1.ts'
import { milliValue } from '../../../api/quantity.ts'

const deprecatedNodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

interface WarningOptions {
  readonly template: boolean
  readonly previous: PodSpec | undefined
}

function duplicateNames(items: readonly { name: string; value?: string }[] | undefined, path: string): string[] {
  const seen = new Set<string>()
  return (items ?? []).flatMap((item, i) => {
    if (!seen.has(item.name)) {
      seen.add(item.name)
      return []
    }
    // A value that refers to the variable itself extends it; that is how PATH is prepended to.
    if (item.value?.includes(`$(${item.name})`)) return []
    return [`${path}[${i}]: hides previous definition of "${item.name}", which may be dropped when using apply`]
  })
}

function portWarnings(containers: readonly Container[], path: string): string[] {
  const seen = new Map<string, string>()
  return containers.flatMap((container, i) =>
    (container.ports ?? []).flatMap((port, j) => {
      const at = `${path}[${i}].ports[${j}]`
      const key = `${port.containerPort}/${port.protocol}`
      const earlier = seen.get(key)
      seen.set(key, earlier ?? at)
      return earlier === undefined ? [] : [`${at}: duplicate port definition with ${earlier}`]
    }),
  )
}

function containerWarnings(container: Container, path: string): string[] {
  const found = duplicateNames(container.env, `${path}.env`)
  for (const list of ['limits', 'requests'] as const)
    for (const [name, value] of Object.entries(container.resources?.[list] ?? {}))
      if ((name === 'memory' || name === 'ephemeral-storage') && milliValue(value) % 1000 !== 0)
        found.push(`${path}.resources.${list}[${name}]: fractional byte value "${value}" is invalid, must be an integer`)
  return found
}

function selectorWarnings(spec: PodSpec, path: string): string[] {
  const found = Object.keys(spec.nodeSelector ?? {})
    .sort()
    .flatMap((key) => (deprecatedNodeLabels[key] ? [`${path}.nodeSelector[${key}]: ${deprecatedNodeLabels[key]}`] : []))
  const term = (t: PodAffinityTerm, at: string): void => {
    if (!t.labelSelector) found.push(`${at}.labelSelector: a null labelSelector results in matching no pod`)
  }
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    const affinity = spec.affinity?.[field]
    const at = `${path}.affinity.${field}`
    for (const [i, t] of (affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries())
      term(t, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`)
    for (const [i, t] of (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries())
      term(t.podAffinityTerm, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`)
  }
  for (const [i, c] of (spec.topologySpreadConstraints ?? []).entries())
    if (!c.labelSelector)
      found.push(`${path}.topologySpreadConstraints[${i}].labelSelector: a null labelSelector results in matching no pod`)
  return found
}

function volumeWarnings(spec: PodSpec, path: string): string[] {
  const gone: Readonly<Record<string, string>> = {
    photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
    gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
    scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
    flocker: 'deprecated in v1.22, non-functional in v1.25+',
    storageos: 'deprecated in v1.22, non-functional in v1.25+',
    quobyte: 'deprecated in v1.22, non-functional in v1.25+',
    glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
    cephfs: 'deprecated in v1.28, non-functional in v1.31+',
    rbd: 'deprecated in v1.28, non-functional in v1.31+',
  }
  return (spec.volumes ?? []).flatMap((volume, i) =>
    Object.keys(volume).flatMap((field) => (gone[field] ? [`${path}.volumes[${i}].${field}: ${gone[field]}`] : [])),
  )
}

/** All warnings about a pod's spec; templates also hear of things a pod could not avoid. */
export function podSpecWarnings(
  spec: PodSpec,
  annotations: Readonly<Record<string, string>> | undefined,
  path: string,
  annotationsPath: string,
  options: WarningOptions,
): string[] {
  const found = [...selectorWarnings(spec, path), ...volumeWarnings(spec, path)]
  for (const [i, alias] of (spec.hostAliases ?? []).entries())
    if ((alias.hostnames?.length ?? 0) === 0) found.push(`${path}.hostAliases[${i}].hostnames: at least one hostname is required`)
  found.push(
    ...duplicateNames(spec.imagePullSecrets as { name: string }[] | undefined, `${path}.imagePullSecrets`).map((w) =>
      w.replace('hides previous definition of', 'duplicate name'),
    ),
  )
  for (const [list, at] of [
    [spec.initContainers, 'initContainers'],
    [spec.containers, 'containers'],
  ] as const)
    for (const [i, container] of (list ?? []).entries()) found.push(...containerWarnings(container, `${path}.${at}[${i}]`))
  found.push(...portWarnings(spec.containers ?? [], `${path}.containers`))
  if (annotations?.['scheduler.alpha.kubernetes.io/critical-pod'] !== undefined)
    found.push(
      `${annotationsPath}[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead`,
    )
  if (options.template && (spec.terminationGracePeriodSeconds ?? 0) < 0)
    found.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`)
  return found
}
