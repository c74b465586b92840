/**
 * Defaults of pods and pod templates that the schema does not carry (core/v1's SetDefaults_Pod, SetDefaults_PodSpec,
 * SetDefaults_Container, SetDefaults_Probe and kin). All functions fill in place.
 */
import type {
  Container,
  LifecycleHandler,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ResourceRequirements,
} from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { setVolumeDefaults } from './volume-defaults.ts'

const hostPortOf = (hostNetwork: boolean | undefined, port: { containerPort: number; hostPort?: number }): void => {
  if (hostNetwork && !port.hostPort) port.hostPort = port.containerPort
}

/** `repo/name:tag@digest` → the tag, `latest` where there is neither tag nor digest. */
export function imageTag(image: string): string | undefined {
  const at = image.indexOf('@')
  const name = at < 0 ? image : image.slice(0, at)
  const colon = name.lastIndexOf(':')
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1)
  return at < 0 ? 'latest' : undefined
}

function setHandlerDefaults(handler: LifecycleHandler | Probe | undefined): void {
  const http = handler?.httpGet
  if (!http) return
  if (!http.path) http.path = '/'
  if (!http.scheme) http.scheme = 'HTTP'
}

function setProbeDefaults(probe: Probe | undefined): void {
  if (!probe) return
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
  if (probe.initialDelaySeconds === 0) delete probe.initialDelaySeconds
  if (probe.grpc) probe.grpc.service ??= ''
  setHandlerDefaults(probe)
}

function canonicalize(resources: ResourceRequirements | undefined): void {
  for (const list of [resources?.limits, resources?.requests])
    for (const [name, value] of Object.entries(list ?? {}))
      if (typeof value === 'string' || typeof value === 'number') list![name] = canonical(value)
}

const canonical = (value: string | number): string => {
  try {
    return formatQuantity(value)
  } catch {
    return String(value)
  }
}

/** Quantities in their canonical form, and requests that are not given taken from limits. */
export function setResourceDefaults(resources: ResourceRequirements | undefined, requestsFromLimits: boolean): void {
  canonicalize(resources)
  if (!requestsFromLimits || !resources?.limits || Object.keys(resources.limits).length === 0) return
  resources.requests ??= {}
  for (const [name, value] of Object.entries(resources.limits)) resources.requests[name] ??= value
}

function setContainerDefaults(container: Container, hostNetwork: boolean | undefined): void {
  if (!container.imagePullPolicy) container.imagePullPolicy = imageTag(container.image ?? '') === 'latest' ? 'Always' : 'IfNotPresent'
  if (!container.terminationMessagePath) container.terminationMessagePath = '/dev/termination-log'
  if (!container.terminationMessagePolicy) container.terminationMessagePolicy = 'File'
  container.resources ??= {}
  for (const port of container.ports ?? []) {
    if (!port.protocol) port.protocol = 'TCP'
    hostPortOf(hostNetwork, port)
  }
  for (const env of container.env ?? []) {
    const from = env.valueFrom
    if (from?.fieldRef && !from.fieldRef.apiVersion) from.fieldRef.apiVersion = 'v1'
    if (from?.resourceFieldRef) from.resourceFieldRef.divisor = canonical(from.resourceFieldRef.divisor ?? '0')
    if (env.value === '') delete env.value
  }
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) setProbeDefaults(probe)
  setHandlerDefaults(container.lifecycle?.postStart)
  setHandlerDefaults(container.lifecycle?.preStop)
  for (const volume of container.volumeMounts ?? []) if (volume.readOnly === false) delete volume.readOnly
}

/** Old and new name of the service account field are kept alike. */
export function mirrorServiceAccount(spec: PodSpec): void {
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount
}

/** A pod's spec wherever it stands: in a pod or in a template. Requests are taken from limits in pods only (`setPodDefaults`). */
export function setPodSpecDefaults(spec: PodSpec): void {
  if (!spec.dnsPolicy) spec.dnsPolicy = 'ClusterFirst'
  if (!spec.restartPolicy) spec.restartPolicy = 'Always'
  if (!spec.schedulerName) spec.schedulerName = 'default-scheduler'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  if (spec.hostNetwork === false) delete spec.hostNetwork
  mirrorServiceAccount(spec)
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume)
  for (const list of [spec.initContainers, spec.containers, spec.ephemeralContainers as Container[] | undefined])
    for (const container of list ?? []) {
      setContainerDefaults(container, spec.hostNetwork)
      canonicalize(container.resources)
    }
  if (spec.overhead) for (const [name, value] of Object.entries(spec.overhead)) spec.overhead[name] = canonical(value)
}

/** A template of pods: the spec's defaults alone. */
export function setPodTemplateDefaults(template: PodTemplateSpec): void {
  template.metadata ??= {} as NonNullable<PodTemplateSpec['metadata']>
  template.spec ??= { containers: [] } as unknown as PodSpec
  template.spec.containers ??= []
  setPodSpecDefaults(template.spec)
}

/** A pod: its spec's defaults, and requests that are not given taken from limits. */
export function setPodDefaults(pod: Pod): void {
  pod.spec ??= {} as PodSpec
  // Pods alone: a template is left without it.
  pod.spec.enableServiceLinks ??= true
  setPodSpecDefaults(pod.spec)
  for (const container of [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])])
    setResourceDefaults(container.resources, true)
  setResourceDefaults(pod.spec.resources, true)
}
