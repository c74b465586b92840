/**
 * PodSecurity: a namespace's labels say which level its pods must keep, and which only earns a warning
 * (k8s.io/pod-security-admission).
 */
import { errors, invalid } from '../../../api/errors.ts'
import type { Namespace, Pod, PodSpec } from '../../../api/generated/types/core-v1.ts'
import { type ApiObject, controllerOf } from '../../../api/meta.ts'
import { getPath } from '../../../api/walk.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'
import { checks, type PodMeta, type Violation } from './checks.ts'

const PREFIX = 'pod-security.kubernetes.io/'
const LEVELS = ['privileged', 'baseline', 'restricted']
type Level = 'privileged' | 'baseline' | 'restricted'
type Mode = 'enforce' | 'warn'

interface Policy {
  readonly level: Level
  readonly version: string
}

function policyOf(namespace: ApiObject | undefined, mode: Mode): Policy {
  const labels = namespace?.metadata.labels ?? {}
  const level = labels[`${PREFIX}${mode}`]
  const version = labels[`${PREFIX}${mode}-version`] ?? 'latest'
  return { level: LEVELS.includes(level ?? '') ? (level as Level) : 'privileged', version }
}

/** Everything the pod does that the level forbids, in upstream's order. */
export function violations(level: Level, spec: PodSpec, meta: PodMeta): readonly Violation[] {
  if (level === 'privileged') return []
  const active = checks.filter((c) => c.level === 'baseline' || level === 'restricted')
  const overridden = new Set(active.flatMap((c) => c.overrides ?? []))
  return active.filter((c) => !overridden.has(c.id)).flatMap((c) => c.run(spec, meta) ?? [])
}

const details = (list: readonly Violation[]): string =>
  list.map((v) => (v.detail === '' ? v.reason : `${v.reason} (${v.detail})`)).join(', ')

function policyText({ level, version }: Policy): string {
  return JSON.stringify(`${level}:${version}`)
}

const namespaceOf = (request: AdmissionRequest): ApiObject | undefined =>
  request.namespace === undefined ? undefined : request.server.store.get('namespaces', undefined, request.namespace)

function warn(request: AdmissionRequest, namespace: ApiObject | undefined, spec: PodSpec, meta: PodMeta): void {
  for (const mode of ['warn'] as const) {
    const policy = policyOf(namespace, mode)
    const found = violations(policy.level, spec, meta)
    if (found.length > 0) request.warn(`would violate PodSecurity ${policyText(policy)}: ${details(found)}`)
  }
}

/** Changes of a pod that cannot matter to its security are let through. */
const harmless = (request: AdmissionRequest): boolean =>
  request.operation === 'UPDATE' && JSON.stringify(securityOf(request.old as Pod)) === JSON.stringify(securityOf(request.object as Pod))
const securityOf = (pod: Pod): unknown[] =>
  [pod.spec?.containers, pod.spec?.initContainers, pod.spec?.ephemeralContainers].map((list) =>
    (list as { image?: string }[] | undefined)?.map((c) => [c.image, c]),
  )

function validatePod(request: AdmissionRequest): void {
  const pod = request.object as Pod
  if (pod.spec === undefined || harmless(request)) return
  const namespace = namespaceOf(request)
  const enforced = policyOf(namespace, 'enforce')
  const found = violations(enforced.level, pod.spec, pod.metadata)
  if (found.length > 0)
    throw errors.forbidden('', 'pods', refusalName(request), `violates PodSecurity ${policyText(enforced)}: ${details(found)}`)
  warn(request, namespace, pod.spec, pod.metadata)
}

/** Where workloads keep their pod template. */
const templates: Readonly<Record<string, string>> = {
  podtemplates: 'template',
  replicationcontrollers: 'spec.template',
  'replicasets.apps': 'spec.template',
  'deployments.apps': 'spec.template',
  'daemonsets.apps': 'spec.template',
  'statefulsets.apps': 'spec.template',
  'jobs.batch': 'spec.template',
  'cronjobs.batch': 'spec.jobTemplate.spec.template',
}

/** Templates are never refused: enforcing shows as a warning too where the namespace asks for one. */
function validateWorkload(request: AdmissionRequest): void {
  const template = getPath(request.object, templates[request.resource]!) as { metadata?: PodMeta; spec?: PodSpec } | undefined
  if (template?.spec?.containers === undefined || controllerOf(request.object!) !== undefined) return
  const namespace = namespaceOf(request)
  if (namespace?.metadata.labels?.[`${PREFIX}warn`] !== undefined) {
    warn(request, namespace, template.spec, template.metadata ?? {})
    return
  }
  const enforced = policyOf(namespace, 'enforce')
  const found = violations(enforced.level, template.spec, template.metadata ?? {})
  if (found.length > 0) request.warn(`would violate PodSecurity ${policyText(enforced)}: ${details(found)}`)
}

function labelFaults(namespace: Namespace): ReturnType<typeof invalid>[] {
  const labels = namespace.metadata.labels ?? {}
  const modes = ['enforce', 'audit', 'warn']
  return modes.flatMap((mode) => {
    const key = `${PREFIX}${mode}`
    const level = labels[key]
    const version = labels[`${key}-version`]
    const found = []
    if (level !== undefined && !LEVELS.includes(level))
      found.push(invalid(`metadata.labels[${key}]`, level, 'must be one of privileged, baseline, restricted'))
    if (version !== undefined && !/^(latest|v1\.(0|[1-9]\d*))$/.test(version)) {
      found.push(invalid(`metadata.labels[${key}-version]`, version, 'must be "latest" or "v1.x"'))
    }
    return found
  })
}

/** Raising a level tells which pods would be refused now; it does not touch them. */
function validateNamespace(request: AdmissionRequest): void {
  const namespace = request.object as Namespace
  const faults = labelFaults(namespace)
  if (faults.length > 0) throw errors.invalid('', 'Namespace', namespace.metadata.name, faults)
  if (request.operation !== 'UPDATE') return
  const policy = policyOf(namespace, 'enforce')
  const before = policyOf(request.old, 'enforce')
  if (LEVELS.indexOf(policy.level) <= LEVELS.indexOf(before.level) && policy.version === before.version) return
  warnOfPods(request, policy)
}

function warnOfPods(request: AdmissionRequest, policy: Policy): void {
  const byReasons = new Map<string, { first: string; count: number }>()
  const name = request.object!.metadata.name
  for (const pod of request.server.reader.list('pods', name)) {
    if (pod.spec === undefined) continue
    const reasons = violations(policy.level, pod.spec, pod.metadata)
      .map((v) => v.reason)
      .join(', ')
    if (reasons === '') continue
    const known = byReasons.get(reasons)
    byReasons.set(reasons, { first: known?.first ?? pod.metadata.name, count: (known?.count ?? 0) + 1 })
  }
  if (byReasons.size === 0) return
  request.warn(`existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${policyText(policy)}`)
  for (const line of [...byReasons].map(([reasons, { first, count }]) => `${first}${others(count - 1)}: ${reasons}`).sort())
    request.warn(line)
}

const others = (count: number): string => (count === 0 ? '' : count === 1 ? ' (and 1 other pod)' : ` (and ${count} other pods)`)

export const podSecurityPods: AdmissionPlugin = {
  name: 'PodSecurity',
  resources: ['pods'],
  operations: ['CREATE', 'UPDATE'],
  subresources: ['', 'ephemeralcontainers'],
  validate: validatePod,
}
export const podSecurityWorkloads: AdmissionPlugin = {
  name: 'PodSecurity/workloads',
  resources: Object.keys(templates),
  operations: ['CREATE', 'UPDATE'],
  validate: validateWorkload,
}
export const podSecurityNamespaces: AdmissionPlugin = {
  name: 'PodSecurity/namespaces',
  resources: ['namespaces'],
  operations: ['CREATE', 'UPDATE'],
  validate: validateNamespace,
}
