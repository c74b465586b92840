/** What istiod makes of the API for one sidecar: services with their endpoints, rules of the mesh, and how strict the pod is. */

import type { ConfigMap, Pod, Service } from '../../api/generated/types/core-v1.ts'
import type { EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { sha256 } from '../../lib/hash.ts'
import type { DestinationRule, HttpRoute, MeshConfig, MeshService, VirtualService, Workload } from './contract.ts'

export const KINDS = {
  virtualServices: 'virtualservices.networking.istio.io',
  destinationRules: 'destinationrules.networking.istio.io',
  peerAuthentications: 'peerauthentications.security.istio.io',
}
const ROOT = 'istio-system'
const SLICES = 'endpointslices.discovery.k8s.io'
type Mode = 'STRICT' | 'PERMISSIVE' | 'DISABLE'
interface WithSpec<S> extends ApiObject {
  readonly spec?: S
}

/** A host as rules write it, in full: `reviews` in namespace `shop` is `reviews.shop.svc.cluster.local`. */
export const fullHost = (host: string, namespace: string): string =>
  host.includes('*') || host.endsWith('.svc.cluster.local')
    ? host
    : host.endsWith('.svc')
      ? `${host}.cluster.local`
      : !host.includes('.')
        ? `${host}.${namespace}.svc.cluster.local`
        : host.split('.').length === 2
          ? `${host}.svc.cluster.local`
          : host

export const hasSidecar = (pod: Pod | undefined): boolean =>
  [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])].some((c) => c.name === 'istio-proxy')

const isHttp = (port: { name?: string; appProtocol?: string }): boolean => {
  const said = port.appProtocol ?? port.name?.split('-')[0] ?? ''
  // Without a word the protocol is found out from what is said.
  return said === '' || !['tcp', 'mysql', 'redis', 'mongo', 'tls', 'udp', 'postgres'].includes(said)
}

function servicesIn(api: IndexedReader): MeshService[] {
  return (api.list('services') as readonly Service[]).map((service) => {
    const { name, namespace = '' } = service.metadata
    const own = api.labelled(SLICES, namespace, 'kubernetes.io/service-name', name) as readonly EndpointSlice[]
    const ip = service.spec?.clusterIP
    return {
      host: `${name}.${namespace}.svc.cluster.local`,
      namespace,
      ...(ip && ip !== 'None' && { ip }),
      ports: (service.spec?.ports ?? []).map((port) => ({
        port: port.port,
        http: isHttp(port),
        workloads: own.flatMap((slice) => {
          const target = slice.ports?.find((p) => (p.name ?? '') === (port.name ?? ''))?.port
          if (target === undefined) return []
          return (slice.endpoints ?? [])
            .filter((e) => e.conditions?.ready !== false)
            .flatMap((e): Workload[] => {
              const pod = e.targetRef?.name === undefined ? undefined : (api.get('pods', namespace, e.targetRef.name) as Pod | undefined)
              return e.addresses.map((address) => ({
                ip: address,
                port: target,
                labels: pod?.metadata.labels ?? {},
                sidecar: hasSidecar(pod),
              }))
            })
        }),
      })),
    }
  })
}

interface PeerAuthentication {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> }
  readonly mtls?: { readonly mode?: Mode | 'UNSET' }
  readonly portLevelMtls?: Readonly<Record<string, { readonly mode?: Mode }>>
}

/** The narrowest rule counts: the workload's, its namespace's, the mesh's; permissive where there is none. */
function strictness(api: IndexedReader, pod: Pod): Pick<MeshConfig, 'mode' | 'portModes'> {
  const all = api.list(KINDS.peerAuthentications) as readonly WithSpec<PeerAuthentication>[]
  const labels = pod.metadata.labels ?? {}
  const fits = (p: WithSpec<PeerAuthentication>): boolean =>
    Object.entries(p.spec?.selector?.matchLabels ?? {}).every(([k, v]) => labels[k] === v)
  const here = all.filter((p) => p.metadata.namespace === pod.metadata.namespace)
  const order = [
    here.find((p) => p.spec?.selector !== undefined && fits(p)),
    here.find((p) => p.spec?.selector === undefined),
    all.find((p) => p.metadata.namespace === ROOT && p.spec?.selector === undefined),
  ]
  const set = order.find((p) => p?.spec?.mtls?.mode !== undefined && p.spec.mtls.mode !== 'UNSET')
  const ports = Object.entries(order[0]?.spec?.portLevelMtls ?? {}).flatMap(([port, m]) =>
    m.mode === undefined ? [] : [[port, m.mode] as const],
  )
  return { mode: (set?.spec?.mtls?.mode as Mode | undefined) ?? 'PERMISSIVE', portModes: Object.fromEntries(ports) }
}

interface RuleSpec {
  readonly hosts?: readonly string[]
  readonly http?: readonly HttpRoute[]
  readonly host?: string
  readonly trafficPolicy?: { readonly tls?: { readonly mode?: DestinationRule['tls'] } }
  readonly subsets?: DestinationRule['subsets']
}

/** What a sidecar is told now; undefined where its pod is not known. */
export function meshConfigFor(api: IndexedReader, namespace: string, name: string): MeshConfig | undefined {
  const pod = api.get('pods', namespace, name) as Pod | undefined
  if (pod === undefined) return undefined
  const virtualServices = (api.list(KINDS.virtualServices) as readonly WithSpec<RuleSpec>[]).map(
    (v): VirtualService => ({
      name: v.metadata.name,
      namespace: v.metadata.namespace ?? '',
      hosts: (v.spec?.hosts ?? []).map((h) => fullHost(h, v.metadata.namespace ?? '')),
      http: v.spec?.http ?? [],
    }),
  )
  const destinationRules = (api.list(KINDS.destinationRules) as readonly WithSpec<RuleSpec>[]).map(
    (d): DestinationRule => ({
      host: fullHost(d.spec?.host ?? '', d.metadata.namespace ?? ''),
      ...(d.spec?.trafficPolicy?.tls?.mode && { tls: d.spec.trafficPolicy.tls.mode }),
      subsets: d.spec?.subsets ?? [],
    }),
  )
  const mesh = (api.get('configmaps', ROOT, 'istio') as ConfigMap | undefined)?.data?.['mesh'] ?? ''
  const config = {
    namespace,
    identity: `cluster.local/ns/${namespace}/sa/${pod.spec?.serviceAccountName ?? 'default'}`,
    ...strictness(api, pod),
    accessLog: /^\s*accessLogFile:\s*"?\/dev\/stdout"?\s*$/m.test(mesh),
    services: servicesIn(api),
    virtualServices,
    destinationRules,
  }
  return { version: sha256(JSON.stringify(config)).slice(0, 16), ...config }
}
