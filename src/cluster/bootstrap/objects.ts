/** What a fresh cluster holds before anybody uses it: namespaces, default roles and bindings, priority classes, the API's own Service. */
import type { ApiObject } from '../../api/meta.ts'
import { apiServiceIp, type NetworkRanges } from '../../network/ranges.ts'
import { localApiServices } from './api-services.ts'
import facts from './facts.json' with { type: 'json' }

interface Named {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
}

const metadata = ({ name, namespace, labels, annotations }: Named): ApiObject['metadata'] => ({
  name,
  ...(namespace && { namespace }),
  ...(labels && { labels }),
  ...(annotations && { annotations }),
})

const RBAC = 'rbac.authorization.k8s.io/v1'

function rbac(kind: string, list: readonly (Named & Record<string, unknown>)[]): ApiObject[] {
  return list.map(({ name, namespace, labels, annotations, ...rest }) => ({
    apiVersion: RBAC,
    kind,
    metadata: metadata({
      name,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true', ...annotations },
    }),
    ...structuredClone(rest),
  }))
}

export const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

const API_LABELS = { component: 'apiserver', provider: 'kubernetes' }

/** What Services get their addresses from; the API server keeps it, as long as it runs with this range. */
const serviceCidr = (cidr: string): ApiObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
    spec: { cidrs: [cidr] },
  }) as never

/** The API server's own Service and the endpoints it writes for itself. */
const apiService = (address: string, serviceIp: string): ApiObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: API_LABELS },
    spec: {
      type: 'ClusterIP',
      clusterIP: serviceIp,
      clusterIPs: [serviceIp],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      sessionAffinity: 'None',
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  },
]

/** In the order in which they are created. `address` is the control plane's. */
export function bootstrapObjects(address: string, ranges: NetworkRanges): ApiObject[] {
  const named = (list: unknown): readonly (Named & Record<string, unknown>)[] => list as readonly (Named & Record<string, unknown>)[]
  return [
    ...NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...named(facts.priorityclasses).map(({ name, labels, annotations, ...rest }) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: metadata({ name, ...(labels && { labels }), ...(annotations && { annotations }) }),
      ...structuredClone(rest),
    })),
    ...rbac('ClusterRole', named(facts.clusterroles)),
    ...rbac('ClusterRoleBinding', named(facts.clusterrolebindings)),
    ...rbac('Role', named(facts.roles)),
    ...rbac('RoleBinding', named(facts.rolebindings)),
    ...localApiServices(),
    serviceCidr(ranges.serviceCidr),
    ...apiService(address, apiServiceIp(ranges)),
  ]
}
