/**
 * Defaults of Services (core/v1's SetDefaults_Service), and who is reachable from outside.
 */
import type { Service, ServiceSpec } from '../../../api/generated/types/core-v1.ts'

const AFFINITY_SECONDS = 10_800

export const needsClusterIp = (spec: ServiceSpec): boolean =>
  spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer'
export const needsNodePort = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
export const externallyAccessible = (spec: ServiceSpec): boolean =>
  spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0)
export const isHeadless = (spec: ServiceSpec): boolean =>
  spec.clusterIPs?.[0] === 'None' || (!spec.clusterIPs?.length && spec.clusterIP === 'None')
export const needsHealthCheckPort = (spec: ServiceSpec): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

function setAffinity(spec: ServiceSpec): void {
  if (!spec.sessionAffinity) spec.sessionAffinity = 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {}
    spec.sessionAffinityConfig.clientIP ??= {}
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= AFFINITY_SECONDS
  }
}

export function setServiceDefaults(service: Service): void {
  service.spec ??= {}
  const { spec } = service
  setAffinity(spec)
  if (!spec.type) spec.type = 'ClusterIP'
  for (const port of spec.ports ?? []) {
    if (!port.protocol) port.protocol = 'TCP'
    if (!port.targetPort) port.targetPort = port.port
    if (port.nodePort === 0) delete port.nodePort
  }
  if (externallyAccessible(spec) && !spec.externalTrafficPolicy) spec.externalTrafficPolicy = 'Cluster'
  if (needsClusterIp(spec)) spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
  service.status ??= { loadBalancer: {} }
  service.status.loadBalancer ??= {}
}
