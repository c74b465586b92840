/**
 * The checks of the Pod Security Standards in the order and words of k8s.io/pod-security-admission/policy. Each answers what a pod does
 * that its level forbids: a reason, and the detail that names the parts.
 */
import type { Container, PodSpec } from '../../../api/generated/types/core-v1.ts'

export interface PodMeta {
  readonly annotations?: Readonly<Record<string, string>> | undefined
}

export interface Violation {
  readonly reason: string
  readonly detail: string
}

export interface Check {
  readonly id: string
  readonly level: 'baseline' | 'restricted'
  /** Weaker checks that this one stands in for. */
  readonly overrides?: readonly string[]
  readonly run: (spec: PodSpec, meta: PodMeta) => Violation | undefined
}

const containersOf = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as unknown as Container[]),
]
const quoted = (names: readonly string[]): string => names.map((n) => JSON.stringify(n)).join(', ')
const plural = (word: string, names: readonly unknown[]): string => (names.length === 1 ? word : `${word}s`)
const subject = (names: readonly string[]): string => `${plural('container', names)} ${quoted(names)}`
const sortedUnique = (list: Iterable<string>): string[] => [...new Set(list)].sort()

const namesWhere = (spec: PodSpec, bad: (c: Container) => boolean): string[] =>
  containersOf(spec)
    .filter(bad)
    .map((c) => c.name)

const found = (reason: string, detail: string): Violation => ({ reason, detail })

const baselineCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
)

const safeSysctls = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])

const restrictedVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

function capabilitiesBaseline(spec: PodSpec): Violation | undefined {
  const added = new Set<string>()
  const names = namesWhere(spec, (c) => {
    const bad = (c.securityContext?.capabilities?.add ?? []).filter((cap) => !baselineCapabilities.has(cap))
    for (const cap of bad) added.add(cap)
    return bad.length > 0
  })
  if (names.length === 0) return undefined
  const list = quoted(sortedUnique(added))
  return found('non-default capabilities', `${subject(names)} must not include ${list} in securityContext.capabilities.add`)
}

function hostNamespaces(spec: PodSpec): Violation | undefined {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((f) => spec[f] === true)
  return used.length === 0 ? undefined : found('host namespaces', used.map((f) => `${f}=true`).join(', '))
}

function hostPathVolumes(spec: PodSpec): Violation | undefined {
  const names = (spec.volumes ?? []).filter((v) => v.hostPath !== undefined).map((v) => v.name)
  return names.length === 0 ? undefined : found('hostPath volumes', `${plural('volume', names)} ${quoted(names)}`)
}

function hostPorts(spec: PodSpec): Violation | undefined {
  const ports = new Set<number>()
  const names = namesWhere(spec, (c) => {
    const own = (c.ports ?? []).filter((p) => (p.hostPort ?? 0) !== 0)
    for (const p of own) ports.add(p.hostPort!)
    return own.length > 0
  })
  if (names.length === 0) return undefined
  const list = [...ports].sort((a, b) => a - b)
  return found('hostPort', `${subject(names)} ${names.length === 1 ? 'uses' : 'use'} ${plural('hostPort', list)} ${list.join(', ')}`)
}

function privileged(spec: PodSpec): Violation | undefined {
  const names = namesWhere(spec, (c) => c.securityContext?.privileged === true)
  return names.length === 0 ? undefined : found('privileged', `${subject(names)} must not set securityContext.privileged=true`)
}

function procMount(spec: PodSpec): Violation | undefined {
  const types = new Set<string>()
  const names = namesWhere(spec, (c) => {
    const mount = c.securityContext?.procMount
    if (!mount || mount === 'Default' || spec.hostUsers === false) return false
    types.add(mount)
    return true
  })
  return names.length === 0
    ? undefined
    : found('procMount', `${subject(names)} must not set securityContext.procMount to ${quoted(sortedUnique(types))}`)
}

const seccompBad = (type: string | undefined): boolean => type === 'Unconfined'

function seccompBaseline(spec: PodSpec): Violation | undefined {
  const pod = seccompBad(spec.securityContext?.seccompProfile?.type)
  const names = namesWhere(spec, (c) => seccompBad(c.securityContext?.seccompProfile?.type))
  if (!pod && names.length === 0) return undefined
  const who = [...(pod ? ['pod'] : []), ...(names.length > 0 ? [subject(names)] : [])].join(' and ')
  return found('seccompProfile', `${who} must not set securityContext.seccompProfile.type to "Unconfined"`)
}

function sysctls(spec: PodSpec): Violation | undefined {
  const names = (spec.securityContext?.sysctls ?? []).map((s) => s.name).filter((n) => !safeSysctls.has(n))
  return names.length === 0 ? undefined : found(`forbidden ${plural('sysctl', names)}`, names.join(', '))
}

function hostProbes(spec: PodSpec): Violation | undefined {
  const hosts = new Set<string>()
  const names = namesWhere(spec, (c) => {
    const handlers = [c.livenessProbe, c.readinessProbe, c.startupProbe, c.lifecycle?.postStart, c.lifecycle?.preStop]
    const own = handlers
      .flatMap((h) => [h?.httpGet?.host, h?.tcpSocket?.host])
      .filter((h): h is string => !!h && h !== '127.0.0.1' && h !== '::1')
    for (const h of own) hosts.add(h)
    return own.length > 0
  })
  if (names.length === 0) return undefined
  const list = sortedUnique(hosts)
  return found(
    'probe or lifecycle host',
    `${subject(names)} ${names.length === 1 ? 'uses' : 'use'} probe or lifecycle ${plural('host', list)} ${quoted(list)}`,
  )
}

function escalation(spec: PodSpec): Violation | undefined {
  const names = namesWhere(spec, (c) => c.securityContext?.allowPrivilegeEscalation !== false)
  const detail = `${subject(names)} must set securityContext.allowPrivilegeEscalation=false`
  return names.length === 0 ? undefined : found('allowPrivilegeEscalation != false', detail)
}

function capabilitiesRestricted(spec: PodSpec): Violation | undefined {
  const keeps = namesWhere(spec, (c) => !c.securityContext?.capabilities?.drop?.includes('ALL'))
  const added = new Set<string>()
  const adds = namesWhere(spec, (c) => {
    const bad = (c.securityContext?.capabilities?.add ?? []).filter((cap) => cap !== 'NET_BIND_SERVICE')
    for (const cap of bad) added.add(cap)
    return bad.length > 0
  })
  const details = []
  if (keeps.length > 0) details.push(`${subject(keeps)} must set securityContext.capabilities.drop=["ALL"]`)
  if (adds.length > 0) details.push(`${subject(adds)} must not include ${quoted(sortedUnique(added))} in securityContext.capabilities.add`)
  return details.length === 0 ? undefined : found('unrestricted capabilities', details.join('; '))
}

function volumeTypes(spec: PodSpec): Violation | undefined {
  const bad = (spec.volumes ?? []).filter((v) => !restrictedVolumes.some((t) => (v as unknown as Record<string, unknown>)[t] !== undefined))
  if (bad.length === 0) return undefined
  const types = sortedUnique(bad.flatMap((v) => Object.keys(v).filter((k) => k !== 'name')))
  const names = bad.map((v) => v.name)
  const detail = `${plural('volume', names)} ${quoted(names)} ${names.length === 1 ? 'uses' : 'use'} restricted volume ${plural('type', types)} ${quoted(types)}`
  return found('restricted volume types', detail)
}

function runAsNonRoot(spec: PodSpec): Violation | undefined {
  const pod = spec.securityContext?.runAsNonRoot
  const explicit = namesWhere(spec, (c) => c.securityContext?.runAsNonRoot === false)
  const implicit = namesWhere(spec, (c) => c.securityContext?.runAsNonRoot === undefined)
  const reason = 'runAsNonRoot != true'
  if (explicit.length > 0 || pod === false) {
    const who = [...(pod === false ? ['pod'] : []), ...(explicit.length > 0 ? [subject(explicit)] : [])].join(' and ')
    return found(reason, `${who} must not set securityContext.runAsNonRoot=false`)
  }
  if (pod === true || implicit.length === 0) return undefined
  return found(reason, `pod or ${subject(implicit)} must set securityContext.runAsNonRoot=true`)
}

function runAsUser(spec: PodSpec): Violation | undefined {
  const pod = spec.securityContext?.runAsUser === 0
  const names = namesWhere(spec, (c) => c.securityContext?.runAsUser === 0)
  if (!pod && names.length === 0) return undefined
  const who = [...(pod ? ['pod'] : []), ...(names.length > 0 ? [subject(names)] : [])].join(' and ')
  return found('runAsUser=0', `${who} must not set runAsUser=0`)
}

function seccompRestricted(spec: PodSpec): Violation | undefined {
  const good = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost'
  const pod = spec.securityContext?.seccompProfile?.type
  const explicit = namesWhere(
    spec,
    (c) => c.securityContext?.seccompProfile?.type !== undefined && !good(c.securityContext.seccompProfile.type),
  )
  const implicit = namesWhere(spec, (c) => c.securityContext?.seccompProfile?.type === undefined)
  if (explicit.length > 0 || (pod !== undefined && !good(pod))) {
    const who = [...(pod !== undefined && !good(pod) ? ['pod'] : []), ...(explicit.length > 0 ? [subject(explicit)] : [])].join(' and ')
    return found('seccompProfile', `${who} must not set securityContext.seccompProfile.type to "Unconfined"`)
  }
  if (good(pod) || implicit.length === 0) return undefined
  return found(
    'seccompProfile',
    `pod or ${subject(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
  )
}

const seLinuxTypes = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'])

function seLinux(spec: PodSpec): Violation | undefined {
  const all = [
    { own: 'pod', options: spec.securityContext?.seLinuxOptions },
    ...containersOf(spec).map((c) => ({ own: c.name, options: c.securityContext?.seLinuxOptions })),
  ]
  const bad = all.filter(({ options }) => options && (!seLinuxTypes.has(options.type ?? '') || options.user || options.role))
  if (bad.length === 0) return undefined
  const types = sortedUnique(bad.map((b) => b.options!.type ?? '').filter((t) => !seLinuxTypes.has(t)))
  const names = bad.filter((b) => b.own !== 'pod').map((b) => b.own)
  const who = [...(bad.some((b) => b.own === 'pod') ? ['pod'] : []), ...(names.length > 0 ? [subject(names)] : [])].join(' and ')
  const what = [
    ...(types.length > 0 ? [`${plural('type', types)} ${quoted(types)}`] : []),
    ...(bad.some((b) => b.options!.user) ? ['user may not be set'] : []),
    ...(bad.some((b) => b.options!.role) ? ['role may not be set'] : []),
  ]
  return found('seLinuxOptions', `${who} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`)
}

function windowsHostProcess(spec: PodSpec): Violation | undefined {
  const pod = spec.securityContext?.windowsOptions?.hostProcess === true
  const names = namesWhere(spec, (c) => c.securityContext?.windowsOptions?.hostProcess === true)
  if (!pod && names.length === 0) return undefined
  const who = [...(pod ? ['pod'] : []), ...(names.length > 0 ? [subject(names)] : [])].join(' and ')
  return found('hostProcess', `${who} must not set securityContext.windowsOptions.hostProcess=true`)
}

/** Baseline first, each level by id. */
export const checks: readonly Check[] = [
  { id: 'capabilities_baseline', level: 'baseline', run: capabilitiesBaseline },
  { id: 'hostNamespaces', level: 'baseline', run: hostNamespaces },
  { id: 'hostPathVolumes', level: 'baseline', run: hostPathVolumes },
  { id: 'hostPorts', level: 'baseline', run: hostPorts },
  { id: 'hostProbesAndHostLifecycle', level: 'baseline', run: hostProbes },
  { id: 'privileged', level: 'baseline', run: privileged },
  { id: 'procMount', level: 'baseline', run: procMount },
  { id: 'seLinuxOptions', level: 'baseline', run: seLinux },
  { id: 'seccompProfile_baseline', level: 'baseline', run: seccompBaseline },
  { id: 'sysctls', level: 'baseline', run: sysctls },
  { id: 'windowsHostProcess', level: 'baseline', run: windowsHostProcess },
  { id: 'allowPrivilegeEscalation', level: 'restricted', run: escalation },
  { id: 'capabilities_restricted', level: 'restricted', overrides: ['capabilities_baseline'], run: capabilitiesRestricted },
  { id: 'restrictedVolumes', level: 'restricted', overrides: ['hostPathVolumes'], run: volumeTypes },
  { id: 'runAsNonRoot', level: 'restricted', run: runAsNonRoot },
  { id: 'runAsUser', level: 'restricted', run: runAsUser },
  { id: 'seccompProfile_restricted', level: 'restricted', overrides: ['seccompProfile_baseline'], run: seccompRestricted },
]
