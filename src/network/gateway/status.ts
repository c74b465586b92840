/**
 * The control plane of the Gateway API: takes in GatewayClasses, gives each Gateway its nginx, and writes of Gateways and routes what came of
 * them. It works as long as a pod of the add-on does (NGINX Gateway Fabric 2: one data plane a Gateway).
 */
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { Cluster, ControllerDefinition, ReconcileContext, Writer } from '../../client/contract.ts'
import { type AddOn, isAlive, isPodOf } from '../add-ons/alive.ts'
import type { Hosts } from '../contract.ts'
import { attach, condition, type ListenerState, listenerStates, refersTo, resolvedRefs } from './attach.ts'
import {
  CLASSES,
  CONTROLLER,
  type Condition,
  GATEWAY_LABEL,
  GATEWAYS,
  type Gateway,
  type GatewayClass,
  GRANTS,
  GROUP,
  gatewaysOf,
  isOurs,
  ROUTES,
  routesOf,
} from './objects.ts'
import { deploymentFor, nameFor, serviceFor } from './provision.ts'

export const GATEWAY_PODS: AddOn = { namespace: 'nginx-gateway', label: ['app.kubernetes.io/name', 'nginx-gateway'] }
const SYNC_MS = 1_000
/** Everything is looked at together: Gateways are few, and a route may hang on several. */
const ALL = 'all'

type Dated = Condition & { readonly lastTransitionTime: string; readonly observedGeneration: number }

/** Conditions with the time since when they hold. */
function dated(wanted: readonly Condition[], known: readonly Partial<Dated>[] | undefined, generation: number, nowMs: number): Dated[] {
  return wanted.map((c) => {
    const before = known?.find((k) => k.type === c.type && k.status === c.status)
    return { ...c, lastTransitionTime: before?.lastTransitionTime ?? formatTime(nowMs), observedGeneration: generation }
  })
}

function setStatus(object: ApiObject, resource: string, status: unknown, write: Writer): void {
  if (JSON.stringify((object as { status?: unknown }).status) === JSON.stringify(status)) return
  const { namespace, name } = object.metadata
  write.modify(
    resource,
    namespace,
    name,
    (draft) => {
      ;(draft as { status?: unknown }).status = status
    },
    'status',
  )
}

function classes({ read, write, nowMs }: ReconcileContext): void {
  for (const found of read.list(CLASSES) as readonly GatewayClass[]) {
    if (found.spec?.controllerName !== CONTROLLER) continue
    const wanted = [condition('Accepted', 'True', 'Accepted', 'The GatewayClass is accepted')]
    setStatus(found, CLASSES, { conditions: dated(wanted, found.status?.conditions, found.metadata.generation ?? 1, nowMs) }, write)
  }
}

function provision(gateway: Gateway, { read, write }: ReconcileContext): void {
  const { namespace } = gateway.metadata
  const [deployment, service] = [deploymentFor(gateway), serviceFor(gateway)]
  const had = read.get('deployments.apps', namespace, nameFor(gateway))
  if (had === undefined) write.create('deployments.apps', deployment)
  else {
    const wanted = deployment.spec!.template.spec!.containers[0]!.ports!
    const ports = had.spec!.template.spec!.containers[0]!.ports ?? []
    if (ports.map((p) => p.containerPort).join() !== wanted.map((p) => p.containerPort).join())
      write.modify('deployments.apps', namespace, nameFor(gateway), (draft) => {
        draft.spec!.template.spec!.containers[0]!.ports = wanted as never
      })
  }
  const before = read.get('services', namespace, nameFor(gateway))
  if (before === undefined) write.create('services', service)
  else if (before.spec!.ports!.map((p) => p.port).join() !== service.spec!.ports!.map((p) => p.port).join())
    write.modify('services', namespace, nameFor(gateway), (draft) => {
      draft.spec!.ports = service.spec!.ports as never
    })
}

function programmed(gateway: Gateway, addresses: readonly unknown[], read: IndexedReader): Condition {
  const { namespace, name } = gateway.metadata
  const ready = read
    .labelled('pods', namespace!, GATEWAY_LABEL, name)
    .some((p) => p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'))
  if (!ready) return condition('Programmed', 'False', 'Pending', 'No nginx of the Gateway is ready')
  return addresses.length === 0
    ? condition('Programmed', 'False', 'AddressNotAssigned', 'The Service of the Gateway has no address yet')
    : condition('Programmed', 'True', 'Programmed', 'The Gateway is programmed')
}

function gatewayStatus(gateway: Gateway, states: readonly ListenerState[], context: ReconcileContext): void {
  const { read, write, nowMs } = context
  const { namespace, generation = 1 } = gateway.metadata
  const ingress = read.get('services', namespace, nameFor(gateway))?.status?.loadBalancer?.ingress ?? []
  const addresses = ingress.flatMap((i) => (i.ip ? [{ type: 'IPAddress', value: i.ip }] : []))
  const known = (gateway as { status?: { conditions?: Dated[]; listeners?: { name: string; conditions: Dated[] }[] } }).status
  const valid = states.filter((s) => s.usable).length
  const conditions =
    valid === 0
      ? [
          condition('Accepted', 'False', 'ListenersNotValid', 'The Gateway has no valid listeners'),
          condition('Programmed', 'False', 'Invalid', 'The Gateway has no valid listeners'),
        ]
      : [
          valid === states.length
            ? condition('Accepted', 'True', 'Accepted', 'The Gateway is accepted')
            : condition('Accepted', 'True', 'ListenersNotValid', 'The Gateway has at least one valid listener'),
          programmed(gateway, addresses, read),
        ]
  const listeners = states.map((state) => ({
    name: state.listener.name,
    supportedKinds: [{ group: GROUP, kind: 'HTTPRoute' }],
    attachedRoutes: attachedTo(gateway, states, state, read),
    conditions: dated(state.conditions, known?.listeners?.find((l) => l.name === state.listener.name)?.conditions, generation, nowMs),
  }))
  const status = {
    ...(addresses.length > 0 && { addresses }),
    conditions: dated(conditions, known?.conditions, generation, nowMs),
    listeners,
  }
  setStatus(gateway, GATEWAYS, status, write)
}

const attachedTo = (gateway: Gateway, states: readonly ListenerState[], state: ListenerState, read: IndexedReader): number =>
  routesOf(read).filter((route) =>
    (route.spec?.parentRefs ?? []).some(
      (ref) => refersTo(ref, route, gateway) && attach(read, gateway, states, route, ref).listeners.some((l) => l.state === state),
    ),
  ).length

interface ParentStatus {
  readonly parentRef: unknown
  readonly controllerName: string
  readonly conditions: readonly Dated[]
}

function routeStatuses(ours: ReadonlyMap<Gateway, readonly ListenerState[]>, { read, write, nowMs }: ReconcileContext): void {
  for (const route of routesOf(read)) {
    const known = (route as { status?: { parents?: readonly ParentStatus[] } }).status?.parents ?? []
    const refs = resolvedRefs(read, route)
    const own = (route.spec?.parentRefs ?? []).flatMap((ref): ParentStatus[] => {
      const found = [...ours].find(([gateway]) => refersTo(ref, route, gateway))
      if (found === undefined) return []
      const parentRef = { ...ref, namespace: ref.namespace ?? route.metadata.namespace }
      const before = known.find((p) => JSON.stringify(p.parentRef) === JSON.stringify(parentRef))?.conditions
      const wanted = [attach(read, ...found, route, ref).accepted, refs]
      return [{ parentRef, controllerName: CONTROLLER, conditions: dated(wanted, before, route.metadata.generation ?? 1, nowMs) }]
    })
    const others = known.filter((p) => p.controllerName !== CONTROLLER)
    if (own.length + known.length > 0) setStatus(route, ROUTES, { parents: [...others, ...own] }, write)
  }
}

export function gatewayController(cluster: Cluster, hosts: () => Hosts): ControllerDefinition {
  const whenUsed = (_change: unknown, read: IndexedReader): readonly string[] => (read.list(CLASSES).length > 0 ? [ALL] : [])
  return {
    name: 'nginx-gateway',
    component: 'nginx-gateway-fabric-nginx',
    delayMs: SYNC_MS,
    watches: [
      ...[CLASSES, GATEWAYS, ROUTES, GRANTS, 'services', 'secrets', 'namespaces'].map((resource) => ({ resource, map: whenUsed })),
      {
        resource: 'pods',
        map: ({ before, after }, read) => {
          const pod = after ?? before
          return isPodOf(GATEWAY_PODS, pod) || pod?.metadata.labels?.[GATEWAY_LABEL] !== undefined ? whenUsed(undefined, read) : []
        },
      },
    ],
    reconcile(_key, context) {
      const { read } = context
      if (!isAlive(cluster, hosts(), GATEWAY_PODS)) return
      classes(context)
      const ours = new Map(
        gatewaysOf(read).flatMap((g) => (isOurs(read, g) && !g.metadata.deletionTimestamp ? [[g, listenerStates(read, g)] as const] : [])),
      )
      for (const [gateway, states] of ours) {
        if (states.some((s) => s.usable)) provision(gateway, context)
        gatewayStatus(gateway, states, context)
      }
      routeStatuses(ours, context)
    },
  }
}
