/** The EndpointSlice mirroring controller: Endpoints that people write for Services without a selector appear as slices too. */
import type { Endpoints } from '../../api/generated/types/core-v1.ts'
import type { Endpoint, EndpointSlice } from '../../api/generated/types/discovery-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { controllerRef } from '../../client/ownership.ts'
import { MANAGED_BY, SERVICE_NAME } from '../endpointslice/index.ts'
import { same } from '../same.ts'
import { hasSelector } from '../service-pods.ts'

const CONTROLLER = 'endpointslicemirroring-controller.k8s.io'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'
/** Addresses a subset gives to its slice; more are left out, as upstream leaves them out. */
const MAX_PER_SUBSET = 1000

type Mirror = Pick<EndpointSlice, 'addressType' | 'endpoints' | 'ports'>

/** One slice a subset. */
export function mirrored(endpoints: Endpoints): Mirror[] {
  return (endpoints.subsets ?? []).flatMap((subset) => {
    const entry =
      (ready: boolean) =>
      (a: { ip: string; hostname?: string; nodeName?: string; targetRef?: object }): Endpoint => ({
        addresses: [a.ip],
        conditions: { ready },
        ...(a.hostname !== undefined && { hostname: a.hostname }),
        ...(a.nodeName !== undefined && { nodeName: a.nodeName }),
        ...(a.targetRef !== undefined && { targetRef: a.targetRef }),
      })
    const all = [...(subset.addresses ?? []).map(entry(true)), ...(subset.notReadyAddresses ?? []).map(entry(false))].slice(
      0,
      MAX_PER_SUBSET,
    )
    const ports = (subset.ports ?? []).map((p) => ({
      name: p.name ?? '',
      port: p.port,
      protocol: p.protocol ?? ('TCP' as const),
      ...(p.appProtocol && { appProtocol: p.appProtocol }),
    }))
    const families = [
      { addressType: 'IPv4' as const, endpoints: all.filter((e) => !e.addresses[0]!.includes(':')) },
      { addressType: 'IPv6' as const, endpoints: all.filter((e) => e.addresses[0]!.includes(':')) },
    ]
    return families.filter((f) => f.endpoints.length > 0).map((f) => ({ ...f, ports }))
  })
}

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const endpoints = context.read.get('endpoints', namespace, name)
  const service = context.read.get('services', namespace, name)
  const labels = endpoints?.metadata.labels
  const skip =
    labels?.[SKIP] === 'true' || endpoints?.metadata.annotations?.[LEADER] !== undefined || service === undefined || hasSelector(service)
  const wanted = endpoints === undefined || skip ? [] : mirrored(endpoints)
  const current = context.read
    .labelled('endpointslices.discovery.k8s.io', namespace ?? '', SERVICE_NAME, name)
    .filter((s) => s.metadata.labels?.[MANAGED_BY] === CONTROLLER)
  for (const [i, mirror] of wanted.entries()) {
    const old = current[i]
    if (old === undefined) create(endpoints!, mirror, context)
    else if (!same({ e: old.endpoints, p: old.ports }, { e: mirror.endpoints, p: mirror.ports }))
      context.write.modify('endpointslices.discovery.k8s.io', namespace, old.metadata.name, (draft: ApiObject) => {
        draft['endpoints'] = mirror.endpoints
        draft['ports'] = mirror.ports
      })
  }
  for (const slice of current.slice(wanted.length)) context.write.delete('endpointslices.discovery.k8s.io', namespace, slice.metadata.name)
}

function create(endpoints: Endpoints, mirror: Mirror, context: ReconcileContext): void {
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${endpoints.metadata.name}-`,
      namespace: endpoints.metadata.namespace,
      labels: { ...endpoints.metadata.labels, [SERVICE_NAME]: endpoints.metadata.name, [MANAGED_BY]: CONTROLLER },
      ownerReferences: [controllerRef({ ...endpoints, apiVersion: 'v1', kind: 'Endpoints' })],
    },
    ...mirror,
  } as unknown as EndpointSlice
  context.write.create('endpointslices.discovery.k8s.io', slice)
}

export const endpointSliceMirroringController: ControllerDefinition = {
  name: 'endpointslicemirroring',
  watches: [
    { resource: 'endpoints', own: true },
    { resource: 'services', own: true },
  ],
  reconcile,
}
