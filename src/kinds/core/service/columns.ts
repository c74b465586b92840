/**
 * The cells of a Service's row (upstream's printService).
 */
import type { Service } from '../../../api/generated/types/core-v1.ts'
import type { KindSpec } from '../../../api/kind.ts'
import { formatLabels } from '../../../api/selectors.ts'

const NONE = '<none>'

/** Addresses or host names the load balancer has given. */
export const loadBalancerText = (service: Service): string =>
  (service.status?.loadBalancer?.ingress ?? [])
    .map((i) => i.ip || i.hostname || '')
    .filter((text) => text !== '')
    .join(',')

function externalIp(service: Service): string {
  const spec = service.spec ?? {}
  const given = spec.externalIPs ?? []
  if (spec.type === 'ExternalName') return spec.externalName ?? ''
  if (spec.type !== 'LoadBalancer') return given.length > 0 ? given.join(',') : NONE
  const balanced = loadBalancerText(service)
  const all = [...(balanced === '' ? [] : [balanced]), ...given]
  return all.length > 0 ? all.join(',') : '<pending>'
}

const ports = (service: Service): string =>
  (service.spec?.ports ?? []).map((p) => `${p.port}${p.nodePort ? `:${p.nodePort}` : ''}/${p.protocol}`).join(',') || NONE

export const serviceCells: NonNullable<KindSpec<Service>['cells']> = {
  Type: (s) => s.spec?.type ?? '',
  'Cluster-IP': (s) => s.spec?.clusterIPs?.[0] ?? NONE,
  'External-IP': externalIp,
  'Port(s)': ports,
  Selector: (s) => formatLabels(s.spec?.selector),
}
