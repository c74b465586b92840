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
import { checked, oneOf, setOnly } from '../field-checks.ts'
import { portNumberOrNameErrors } from '../pod/validate/probes.ts'
import { addressErrors } from './allocate.ts'
import { externallyAccessible, isHeadless, needsClusterIp } from './defaults.ts'

const DAY_SECONDS = 86_400

function typeErrors(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort')
    return isHeadless(spec) ? [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)] : []
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
  const seconds = config?.clientIP?.timeoutSeconds
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
  if (needsClusterIp(spec)) found.push(...oneOf(spec.internalTrafficPolicy, 'spec.internalTrafficPolicy', ['Cluster', 'Local']))
  return found
}

export function serviceErrors(service: Service): FieldError[] {
  const spec = service.spec ?? {}
  const ports = spec.ports ?? []
  const found: FieldError[] = []
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') found.push(required('spec.ports'))
  found.push(...typeErrors(spec), ...portsErrors(ports), ...validateLabels(spec.selector, 'spec.selector'), ...affinityErrors(spec))
  if (spec.type !== 'ExternalName') found.push(...addressErrors(spec))
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) found.push(...checked(`spec.externalIPs[${i}]`, ip, ipErrors(ip)))
  found.push(...oneOf(spec.type, 'spec.type', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']), ...portUseErrors(spec))
  const ranges = spec.loadBalancerSourceRanges ?? []
  if (ranges.length > 0 && spec.type !== 'LoadBalancer')
    found.push(forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"))
  for (const [i, range] of ranges.entries()) found.push(...checked(`spec.LoadBalancerSourceRanges[${i}]`, range, cidrErrors(range)))
  return [...found, ...policyErrors(spec)]
}

export function serviceUpdateErrors(next: Service, previous: Service): FieldError[] {
  const [now, then] = [next.spec ?? {}, previous.spec ?? {}]
  if (!needsClusterIp(then) || !needsClusterIp(now) || !then.clusterIPs?.length) return []
  return now.clusterIPs?.[0] === then.clusterIPs[0]
    ? []
    : [invalid('spec.clusterIPs[0]', now.clusterIPs ?? null, 'may not change once set')]
}
