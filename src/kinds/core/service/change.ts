/**
 * What an update of a Service keeps of the old one and what a change of type drops (upstream's patchAllocatedValues and
 * dropTypeDependentFields).
 */
import type { Service, ServiceSpec } from '../../../api/generated/types/core-v1.ts'
import { same } from '../../fields/same.ts'
import { externallyAccessible, needsClusterIp, needsHealthCheckPort, needsNodePort } from './defaults.ts'

function keepNodePorts(next: ServiceSpec, previous: ServiceSpec): void {
  const used = new Set((next.ports ?? []).map((p) => `${p.protocol}/${p.nodePort}`))
  for (const port of next.ports ?? []) {
    if (port.nodePort) continue
    const old = (previous.ports ?? []).find((p) => p.protocol === port.protocol && p.port === port.port)
    if (old?.nodePort && !used.has(`${old.protocol}/${old.nodePort}`)) port.nodePort = old.nodePort
  }
}

/** Values the server gave out stay where the client left them out. */
export function keepAllocated(next: ServiceSpec, previous: ServiceSpec): void {
  if (needsClusterIp(previous) && needsClusterIp(next)) {
    if (!next.clusterIP) next.clusterIP = previous.clusterIP
    if (!next.clusterIPs?.length && next.clusterIP === previous.clusterIP && previous.clusterIPs) next.clusterIPs = [...previous.clusterIPs]
    next.ipFamilies ??= previous.ipFamilies && [...previous.ipFamilies]
    next.ipFamilyPolicy ??= previous.ipFamilyPolicy
  }
  if (needsNodePort(previous) && needsNodePort(next)) keepNodePorts(next, previous)
  if (needsHealthCheckPort(previous) && needsHealthCheckPort(next)) next.healthCheckNodePort ??= previous.healthCheckNodePort
}

/** Fields that only the old type had go, unless the client changed them too. */
export function dropTypeDependent(next: ServiceSpec, previous: ServiceSpec): void {
  if (needsClusterIp(previous) && !needsClusterIp(next)) {
    if (same(next.clusterIPs, previous.clusterIPs)) {
      delete next.clusterIP
      delete next.clusterIPs
    }
    if (same(next.ipFamilies, previous.ipFamilies)) delete next.ipFamilies
    if (next.ipFamilyPolicy === previous.ipFamilyPolicy) delete next.ipFamilyPolicy
    if (next.internalTrafficPolicy === previous.internalTrafficPolicy) delete next.internalTrafficPolicy
  }
  if (needsNodePort(previous) && !needsNodePort(next)) {
    const ports = (spec: ServiceSpec): (number | undefined)[] => (spec.ports ?? []).map((p) => p.nodePort)
    if (same(ports(next), ports(previous))) for (const port of next.ports ?? []) delete port.nodePort
  }
  if (needsHealthCheckPort(previous) && !needsHealthCheckPort(next) && next.healthCheckNodePort === previous.healthCheckNodePort)
    delete next.healthCheckNodePort
  if (previous.type === 'LoadBalancer' && next.type !== 'LoadBalancer') {
    if (next.allocateLoadBalancerNodePorts === previous.allocateLoadBalancerNodePorts) delete next.allocateLoadBalancerNodePorts
    if (next.loadBalancerClass === previous.loadBalancerClass) delete next.loadBalancerClass
  }
  if (externallyAccessible(previous) && !externallyAccessible(next) && next.externalTrafficPolicy === previous.externalTrafficPolicy)
    delete next.externalTrafficPolicy
}

/** A load balancer's address is gone with the type. */
export const keptStatus = (next: Service, previous: Service): Service['status'] =>
  next.spec?.type === 'LoadBalancer' || previous.spec?.type !== 'LoadBalancer' ? previous.status : { ...previous.status, loadBalancer: {} }
