/** Why a Service or an Ingress reaches nobody: selector, readiness, target port, address, class, backends. */
import type { Pod, Service } from '../../api/generated/types/core-v1.ts'
import type { EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import type { Ingress } from '../../api/generated/types/networking-v1.ts'
import { matchesLabels, selectorFromSet } from '../../api/selectors.ts'
import { bad, type Explainer, type Finding, fine, nOf, note, type WhyContext } from './contract.ts'

const selectorText = (set: Readonly<Record<string, string>>): string =>
  Object.entries(set)
    .map(([k, v]) => `${k}=${v}`)
    .join(',')

/** What the pods of the namespace say instead, label by label. */
function nearMisses(service: Service, pods: readonly Pod[]): Finding[] {
  return Object.entries(service.spec?.selector ?? {}).flatMap(([key, value]) => {
    const values = [...new Set(pods.flatMap((p) => p.metadata.labels?.[key] ?? []))].sort()
    if (values.includes(value)) return []
    if (values.length === 0)
      return [note(`no pod of the namespace has the label "${key}"`, `ningún pod del namespace tiene la etiqueta "${key}"`)]
    return [
      note(
        `pods have ${key}=${values.join(` / ${key}=`)}, none has ${key}=${value}`,
        `hay pods con ${key}=${values.join(` / ${key}=`)}, ninguno con ${key}=${value}`,
      ),
    ]
  })
}

function withoutPods(service: Service, pods: readonly Pod[]): Finding[] {
  const selector = selectorText(service.spec!.selector!)
  return [
    bad(
      `its selector ${selector} matches no pod: it has no endpoints`,
      `su selector ${selector} no encaja con ningún pod: no tiene endpoints`,
      `kubectl get pods${nOf(service)} --show-labels`,
    ),
    ...nearMisses(service, pods),
  ]
}

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number]

/** The number a target port means in a pod; undefined for a name that no container has. */
function targetOf(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  return pod.spec?.containers.flatMap((c) => c.ports ?? []).find((p) => p.name === target)?.containerPort
}

const portNames = (pod: Pod): string =>
  pod.spec?.containers
    .flatMap((c) => c.ports ?? [])
    .map((p) => (p.name ? `${p.name}=${p.containerPort}` : String(p.containerPort)))
    .join(', ') || '–'

/** Knocks at the pod's own address: what a containerPort declares opens nothing. */
function portFindings(service: Service, pod: Pod, { world }: WhyContext): Finding[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const target = targetOf(port, pod)
    const { name } = pod.metadata
    if (target === undefined)
      return [
        bad(
          `port ${port.port} goes to the port named "${port.targetPort}", and no container of ${name} has one of that name (it has ${portNames(pod)})`,
          `el puerto ${port.port} va al puerto llamado "${port.targetPort}", y ningún contenedor de ${name} tiene uno con ese nombre (tiene ${portNames(pod)})`,
          `kubectl describe pod ${name}${nOf(pod)}`,
        ),
      ]
    if (port.protocol === 'UDP' || pod.status?.podIP === undefined) return []
    const origin = { kind: 'node' as const, node: pod.spec?.nodeName ?? '', ip: pod.status.hostIP ?? '' }
    const knock = world.peek(() =>
      world.network.dial(origin, { host: pod.status!.podIP!, port: target, protocol: 'tcp', timeoutMs: 1_000 }),
    )
    if (knock.ok || knock.failure !== 'refused') return []
    return [
      bad(
        `port ${port.port} goes to port ${target} of the pods, where nothing listens in ${name}: connection refused (its containers declare ${portNames(pod)})`,
        `el puerto ${port.port} va al puerto ${target} de los pods, donde nadie escucha en ${name}: conexión rechazada (sus contenedores declaran ${portNames(pod)})`,
        `kubectl get service ${service.metadata.name}${nOf(service)} -o yaml`,
      ),
    ]
  })
}

function selected(service: Service, context: WhyContext): Finding[] {
  const pods = context.read.list('pods', service.metadata.namespace) as readonly Pod[]
  const selector = selectorFromSet(service.spec!.selector!)
  const chosen = pods.filter((p) => matchesLabels(selector, p.metadata.labels) && p.metadata.deletionTimestamp === undefined)
  if (chosen.length === 0) return withoutPods(service, pods)
  const ready = chosen.filter(isReady)
  const idle = chosen.filter((p) => !isReady(p))
  const found: Finding[] = []
  if (ready.length === 0 && service.spec?.publishNotReadyAddresses !== true)
    found.push(
      bad(
        `it matches ${chosen.length} pod(s), but none is ready, so it sends nothing to them`,
        `encaja con ${chosen.length} pod(s), pero ninguno está listo, así que no les envía nada`,
      ),
    )
  for (const pod of idle.slice(0, 3))
    found.push(note(`pod ${pod.metadata.name} is not ready`, `el pod ${pod.metadata.name} no está listo`, `why pod/${pod.metadata.name}`))
  if (ready[0]) found.push(...portFindings(service, ready[0], context))
  const owners = [...new Set(chosen.map((p) => p.metadata.labels?.['app'] ?? p.metadata.ownerReferences?.[0]?.name ?? p.metadata.name))]
  if (owners.length > 1)
    found.push(
      note(
        `its selector matches pods of several workloads: ${owners.join(', ')}`,
        `su selector encaja con pods de varias cargas: ${owners.join(', ')}`,
        `kubectl get pods${nOf(service)} -l ${selectorText(service.spec!.selector!)}`,
      ),
    )
  return found
}

function endpointCount(service: Service, { read }: WhyContext): number {
  const slices = read.labelled(
    'endpointslices.discovery.k8s.io',
    service.metadata.namespace!,
    'kubernetes.io/service-name',
    service.metadata.name,
  ) as readonly EndpointSlice[]
  return slices.flatMap((s) => (s.endpoints ?? []).filter((e) => e.conditions?.ready !== false)).length
}

export const serviceExplainer: Explainer<Service> = {
  resource: 'services',
  explain(service, context) {
    const { spec, status } = service
    if (spec?.type === 'ExternalName')
      return [
        fine(
          `it is only another name for ${spec.externalName}: no address, no endpoints`,
          `es solo otro nombre para ${spec.externalName}: sin dirección ni endpoints`,
        ),
      ]
    const found: Finding[] = []
    const count = endpointCount(service, context)
    if (Object.keys(spec?.selector ?? {}).length > 0) found.push(...selected(service, context))
    else if (count === 0)
      found.push(
        bad(
          'it has no selector, and nobody wrote EndpointSlices for it',
          'no tiene selector, y nadie escribió EndpointSlices para él',
          `kubectl get endpointslices${nOf(service)}`,
        ),
      )
    if (spec?.type === 'LoadBalancer' && (status?.loadBalancer?.ingress ?? []).length === 0)
      found.push(
        bad(
          'no balancer has given it an external address',
          'ningún balanceador le ha dado una dirección externa',
          `kubectl describe service ${service.metadata.name}${nOf(service)}`,
        ),
      )
    if (found.some((f) => f.kind === 'bad')) return found
    const port = spec?.ports?.[0]?.port
    return [
      ...found,
      fine(
        `it sends ${spec?.clusterIP ?? ''}:${port ?? ''} to ${count} ready endpoint(s)`,
        `envía ${spec?.clusterIP ?? ''}:${port ?? ''} a ${count} endpoint(s) listos`,
        `kubectl describe service ${service.metadata.name}${nOf(service)}`,
      ),
    ]
  },
}

export const ingressExplainer: Explainer<Ingress> = {
  resource: 'ingresses.networking.k8s.io',
  explain(ingress, context) {
    const found: Finding[] = []
    const { read } = context
    const name = ingress.spec?.ingressClassName
    if (name === undefined)
      found.push(
        note(
          'it names no ingress class: only a default class serves it',
          'no nombra ninguna ingress class: solo la sirve una clase por defecto',
          'kubectl get ingressclass',
        ),
      )
    else if (read.get('ingressclasses.networking.k8s.io', undefined, name) === undefined)
      found.push(
        bad(
          `there is no ingress class "${name}": no controller serves it`,
          `no existe la ingress class "${name}": ningún controlador lo sirve`,
          'kubectl get ingressclass',
        ),
      )
    for (const rule of ingress.spec?.rules ?? [])
      for (const path of rule.http?.paths ?? []) {
        const backend = path.backend.service
        if (backend === undefined) continue
        const where = `${rule.host ?? '*'}${path.path ?? '/'}`
        const service = read.get('services', ingress.metadata.namespace, backend.name)
        if (service === undefined) {
          found.push(
            bad(
              `${where} goes to the Service "${backend.name}", which does not exist`,
              `${where} va al Service "${backend.name}", que no existe`,
              `kubectl get services${nOf(ingress)}`,
            ),
          )
          continue
        }
        const fits = service.spec?.ports?.some((p) =>
          backend.port?.name !== undefined ? p.name === backend.port.name : p.port === backend.port?.number,
        )
        if (!fits)
          found.push(
            bad(
              `${where} goes to port ${backend.port?.name ?? backend.port?.number} of the Service "${backend.name}", which has ${service.spec?.ports?.map((p) => p.port).join(', ')}`,
              `${where} va al puerto ${backend.port?.name ?? backend.port?.number} del Service "${backend.name}", que tiene ${service.spec?.ports?.map((p) => p.port).join(', ')}`,
              `kubectl get service ${backend.name}${nOf(ingress)}`,
            ),
          )
        else if (endpointCount(service, context) === 0)
          found.push(
            bad(
              `${where} goes to the Service "${backend.name}", which has no ready endpoints`,
              `${where} va al Service "${backend.name}", que no tiene endpoints listos`,
              `why service/${backend.name}`,
            ),
          )
      }
    if (found.some((f) => f.kind === 'bad')) return found
    const host = ingress.spec?.rules?.[0]?.host
    return [
      ...found,
      fine(
        'its class exists and its backends have endpoints',
        'su clase existe y sus backends tienen endpoints',
        host === undefined ? undefined : `trace http://${host}`,
      ),
    ]
  },
}
