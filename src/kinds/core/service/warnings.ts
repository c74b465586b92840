/** Warnings the API answers with when a Service asks for what is deprecated or has no effect (upstream's pkg/api/service). */
import type { Service } from '../../../api/generated/types/core-v1.ts'

const HINTS = 'service.kubernetes.io/topology-aware-hints'

export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const found: string[] = []
  const isExternalName = spec.type === 'ExternalName'
  const isHeadless = (spec.type ?? 'ClusterIP') === 'ClusterIP' && spec.clusterIP === 'None'
  const hasExternalIps = (spec.externalIPs ?? []).length > 0
  if (metadata.annotations?.[HINTS] !== undefined)
    found.push(`annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`)
  if (isHeadless) {
    if (spec.loadBalancerIP) found.push('spec.loadBalancerIP is ignored for headless services')
    if (hasExternalIps) found.push('spec.externalIPs is ignored for headless services')
    if ((spec.sessionAffinity ?? 'None') !== 'None') found.push('spec.SessionAffinity is ignored for headless services')
  }
  if (hasExternalIps && !isHeadless && !isExternalName)
    found.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  if (isExternalName && hasExternalIps) found.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (!isExternalName && spec.externalName) found.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  if (spec.trafficDistribution === 'PreferClose') found.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  return found
}
