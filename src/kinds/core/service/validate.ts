/**
 * Validation of Services (upstream's ValidateService and ValidateServiceUpdate).
 */
import { duplicate, type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { Service, ServicePort, ServiceSpec } from '../../../api/generated/types/core-v1.ts'
import {
  cidrErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  ipErrors,
  portNumberErrors,
  qualifiedNameErrors,
} from '../../../api/names.ts'
import { validateLabels } from '../../../api/names-meta.ts'
import { checked, oneOf, optionalOneOf, setOnly } from '../field-checks.ts'
import { portNumberOrNameErrors } from '../pod/validate/probes.ts'
import { addressErrors } from './allocate.ts'
import { externallyAccessible, isHeadless, needsClusterIp } from './defaults.ts'

const DAY_SECONDS = 86_400

/** The kubelet's own port is not for the world. */
const KUBELET_PORT = 10_250

const kubeletPortErrors = (spec: ServiceSpec): FieldError[] =>
  (spec.ports ?? []).flatMap((port, i) =>
    port.port === KUBELET_PORT
      ? [invalid(`spec.ports[${i}]`, port.port, `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`)]
      : [],
  )

function typeErrors(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort')
    return [
      ...(spec.type === 'LoadBalancer' ? kubeletPortErrors(spec) : []),
      ...(isHeadless(spec) ? [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)] : []),
    ]
  if (spec.type !== 'ExternalName') return []
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  return [
    ...(spec.clusterIPs?.length ? [forbidden('spec.clusterIPs', 'may not be set for ExternalName services')] : []),
    ...(spec.ipFamilies?.length ? [forbidden('spec.ipFamilies', 'may not be set for ExternalName services')] : []),
    ...setOnly(spec.ipFamilyPolicy, 'spec.ipFamilyPolicy', 'may not be set for ExternalName services'),
    ...(name === '' ? [required('spec.externalName')] : checked('spec.externalName', name, dns1123SubdomainErrors(name))),
  ]
}

function nameErrors(port: ServicePort, named: boolean, names: Set<string>, path: string): FieldError[] {
  if (!port.name) return named ? [required(path)] : []
  const found = checked(path, port.name, dns1123LabelErrors(port.name))
  if (names.has(port.name)) found.push(duplicate(path, port.name))
  names.add(port.name)
  return found
}

function portsErrors(ports: readonly ServicePort[]): FieldError[] {
  const names = new Set<string>()
  return ports.flatMap((port, i) => {
    const at = `spec.ports[${i}]`
    return [
      ...nameErrors(port, ports.length > 1, names, `${at}.name`),
      ...checked(`${at}.port`, port.port ?? 0, portNumberErrors(port.port ?? 0)),
      ...oneOf(port.protocol, `${at}.protocol`, ['TCP', 'UDP', 'SCTP']),
      ...portNumberOrNameErrors(port.targetPort, `${at}.targetPort`),
      ...(port.appProtocol ? checked(`${at}.appProtocol`, port.appProtocol, qualifiedNameErrors(port.appProtocol)) : []),
    ]
  })
}

function affinityErrors(spec: ServiceSpec): FieldError[] {
  const found = oneOf(spec.sessionAffinity, 'spec.sessionAffinity', ['ClientIP', 'None'])
  const config = spec.sessionAffinityConfig
  const path = 'spec.sessionAffinityConfig'
  if (spec.sessionAffinity === 'None') return [...found, ...setOnly(config, path, 'must not be set when session affinity is None')]
  if (spec.sessionAffinity !== 'ClientIP') return found
  if (!config) return [...found, required(path, 'when session affinity type is ClientIP')]
  if (!config.clientIP) return [...found, required(`${path}.clientIP`, 'when session affinity type is ClientIP')]
  const seconds = config.clientIP.timeoutSeconds
  const at = `${path}.clientIP.timeoutSeconds`
  if (seconds === undefined) found.push(required(at, 'when session affinity type is ClientIP'))
  else if (seconds <= 0 || seconds > DAY_SECONDS) found.push(invalid(at, seconds, `must be greater than 0 and less than ${DAY_SECONDS}`))
  return found
}

/** A port as Go prints it in a duplicate's value. */
const portKey = (port: ServicePort): unknown => ({
  Name: '',
  Protocol: port.protocol,
  AppProtocol: null,
  Port: port.port,
  TargetPort: 0,
  NodePort: 0,
})

function portUseErrors(spec: ServiceSpec): FieldError[] {
  const ports = spec.ports ?? []
  const found: FieldError[] = []
  if (spec.type === 'ClusterIP')
    for (const [i, port] of ports.entries())
      if (port.nodePort) found.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
  const seen = new Set<string>()
  const once = (key: string, error: FieldError): void => {
    if (seen.has(key)) found.push(error)
    seen.add(key)
  }
  for (const [i, port] of ports.entries())
    if (port.nodePort) once(`node ${port.protocol}/${port.nodePort}`, duplicate(`spec.ports[${i}].nodePort`, port.nodePort))
  for (const [i, port] of ports.entries()) once(`${port.protocol}/${port.port}`, duplicate(`spec.ports[${i}]`, portKey(port)))
  return found
}

function policyErrors(spec: ServiceSpec): FieldError[] {
  const found: FieldError[] = []
  const path = 'spec.externalTrafficPolicy'
  if (externallyAccessible(spec)) found.push(...oneOf(spec.externalTrafficPolicy, path, ['Cluster', 'Local']))
  else if (spec.externalTrafficPolicy)
    found.push(invalid(path, spec.externalTrafficPolicy, 'may only be set for externally-accessible services'))
  if (spec.healthCheckNodePort && !(spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'))
    found.push(
      invalid(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  if (needsClusterIp(spec)) found.push(...oneOf(spec.internalTrafficPolicy, 'spec.internalTrafficPolicy', ['Cluster', 'Local']))
  else found.push(...optionalOneOf(spec.internalTrafficPolicy, 'spec.internalTrafficPolicy', ['Cluster', 'Local']))
  const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone']
  return [...found, ...optionalOneOf(spec.trafficDistribution, 'spec.trafficDistribution', distributions)]
}

const LB_ONLY = "may only be used when `type` is 'LoadBalancer'"

function loadBalancerErrors(spec: ServiceSpec): FieldError[] {
  const lb = spec.type === 'LoadBalancer'
  const { loadBalancerClass: given } = spec
  const found = lb ? [] : setOnly(spec.allocateLoadBalancerNodePorts, 'spec.allocateLoadBalancerNodePorts', LB_ONLY)
  if (given === undefined || given === null) return found
  return [
    ...found,
    ...(lb ? checked('spec.loadBalancerClass', given, qualifiedNameErrors(given)) : [forbidden('spec.loadBalancerClass', LB_ONLY)]),
  ]
}

/** Addresses that lead nowhere from outside (upstream's ValidateNonSpecialIP). */
function specialIpErrors(ip: string): string[] {
  if (ip === '0.0.0.0' || ip === '::') return [`may not be unspecified (${ip})`]
  if (ip.startsWith('127.') || ip === '::1') return ['may not be in the loopback range (127.0.0.0/8, ::1/128)']
  if (ip.startsWith('169.254.') || /^fe[89ab]/i.test(ip)) return ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']
  return ip.startsWith('224.0.0.') || /^ff02/i.test(ip) ? ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'] : []
}

export function serviceErrors(service: Service): FieldError[] {
  const spec = service.spec ?? {}
  const ports = spec.ports ?? []
  const found: FieldError[] = []
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') found.push(required('spec.ports'))
  found.push(...typeErrors(spec), ...portsErrors(ports), ...validateLabels(spec.selector, 'spec.selector'), ...affinityErrors(spec))
  if (spec.type !== 'ExternalName') found.push(...addressErrors(spec))
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const wrong = ipErrors(ip)
    found.push(...checked(`spec.externalIPs[${i}]`, ip, wrong.length > 0 ? wrong : specialIpErrors(ip)))
  }
  found.push(...oneOf(spec.type, 'spec.type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']), ...portUseErrors(spec))
  const ranges = spec.loadBalancerSourceRanges ?? []
  if (ranges.length > 0 && spec.type !== 'LoadBalancer') found.push(forbidden('spec.LoadBalancerSourceRanges', LB_ONLY))
  for (const [i, range] of ranges.entries()) found.push(...checked(`spec.LoadBalancerSourceRanges[${i}]`, range, cidrErrors(range)))
  return [...found, ...loadBalancerErrors(spec), ...policyErrors(spec)]
}

export function serviceUpdateErrors(next: Service, previous: Service): FieldError[] {
  const [now, then] = [next.spec ?? {}, previous.spec ?? {}]
  if (!needsClusterIp(then) || !needsClusterIp(now) || !then.clusterIPs?.length) return []
  return now.clusterIPs?.[0] === then.clusterIPs[0]
    ? []
    : [invalid('spec.clusterIPs[0]', now.clusterIPs ?? null, 'may not change once set')]
}
