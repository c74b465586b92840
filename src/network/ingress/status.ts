/** The ingress controller's word on its Ingress objects: the address they are reached at, and the event that they were taken in. */
import type { Ingress } from '../../api/generated/types/networking-v1.ts'
import type { Cluster, ControllerDefinition } from '../../client/contract.ts'
import { type AddOn, isAlive, isPodOf } from '../add-ons/alive.ts'
import type { Hosts } from '../contract.ts'

export const INGRESS_PODS: AddOn = { namespace: 'ingress-nginx', label: ['app.kubernetes.io/component', 'controller'] }
const SERVICE = { namespace: 'ingress-nginx', name: 'ingress-nginx-controller' }
const CONTROLLER = 'k8s.io/ingress-nginx'
/** How often the real one writes addresses. */
const SYNC_MS = 1_000

const PREFIX = 'nginx.ingress.kubernetes.io/'
/** What the controller's program heeds; see src/programs/ingress-nginx. */
const HEEDED = new Set(
  [
    'rewrite-target use-regex ssl-redirect force-ssl-redirect permanent-redirect proxy-connect-timeout proxy-read-timeout proxy-send-timeout proxy-body-size',
    'proxy-next-upstream proxy-next-upstream-tries proxy-next-upstream-timeout limit-rps limit-burst-multiplier whitelist-source-range',
    'allowlist-source-range service-upstream upstream-vhost backend-protocol',
  ].flatMap((line) => line.split(' ')),
)

/** Annotations that this controller would heed in life and does not here. */
export const notSimulated = (ingress: Ingress): string[] =>
  Object.keys(ingress.metadata.annotations ?? {}).filter((key) => key.startsWith(PREFIX) && !HEEDED.has(key.slice(PREFIX.length)))

type Addresses = NonNullable<NonNullable<Ingress['status']>['loadBalancer']>['ingress']

function isOurs(ingress: Ingress, cluster: Cluster): boolean {
  const name = ingress.spec?.ingressClassName
  if (name) return cluster.read.get('ingressclasses.networking.k8s.io', undefined, name)?.spec?.controller === CONTROLLER
  return ingress.metadata.annotations?.['kubernetes.io/ingress.class'] === 'nginx'
}

export function ingressStatus(cluster: Cluster, hosts: () => Hosts): ControllerDefinition {
  const all = (): string[] => cluster.read.list('ingresses.networking.k8s.io').map((i) => `${i.metadata.namespace}/${i.metadata.name}`)
  return {
    name: 'ingress-nginx',
    component: 'nginx-ingress-controller',
    delayMs: SYNC_MS,
    watches: [
      { resource: 'ingresses.networking.k8s.io', own: true },
      {
        resource: 'services',
        map: ({ before, after }) =>
          (after ?? before)!.metadata.name === SERVICE.name && (after ?? before)!.metadata.namespace === SERVICE.namespace ? all() : [],
      },
      { resource: 'pods', map: ({ before, after }) => (isPodOf(INGRESS_PODS, after ?? before) ? all() : []) },
    ],
    reconcile(key, { read, write, events }) {
      const [namespace, name] = key.split('/') as [string, string]
      const ingress = read.get('ingresses.networking.k8s.io', namespace, name)
      if (ingress === undefined || !isAlive(cluster, hosts(), INGRESS_PODS) || !isOurs(ingress, cluster)) return
      for (const key of notSimulated(ingress))
        events.event(ingress, 'Warning', 'NotSimulated', `annotation ${key} has no effect here: it is not simulated`)
      const wanted: Addresses = (read.get('services', SERVICE.namespace, SERVICE.name)?.status?.loadBalancer?.ingress ?? []).map((i) => ({
        ...(i.ip && { ip: i.ip }),
      }))
      const known = ingress.status?.loadBalancer?.ingress ?? []
      if (JSON.stringify(wanted) === JSON.stringify(known)) return
      write.modify(
        'ingresses.networking.k8s.io',
        namespace,
        name,
        (draft) => {
          draft.status = { loadBalancer: wanted.length === 0 ? {} : { ingress: wanted } }
        },
        'status',
      )
      events.event(ingress, 'Normal', 'Sync', 'Scheduled for sync')
    },
  }
}
