/** Keeps the Available condition of APIServices: at each change of their Services and endpoints, and every 30 s. Runs in the API server. */
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { type DiscoveryCheck, planAvailability, type ServiceReference } from './plan.ts'

const RESYNC_MS = 30_000
const APISERVICES = 'apiservices.apiregistration.k8s.io'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
}

const referenceOf = (object: ApiObject): ServiceReference | undefined => object['spec']?.service

/** APIServices that name the Service. */
const namedBy = (read: IndexedReader, namespace: string | undefined, name: string | undefined): string[] =>
  (read.list(APISERVICES) as readonly ApiObject[])
    .filter((a) => referenceOf(a)?.name === name && referenceOf(a)?.namespace === namespace)
    .map((a) => a.metadata.name)

const ofService = ({ before, after }: ObjectChange, read: IndexedReader): string[] => {
  const { namespace, name } = (after ?? before)!.metadata
  return namedBy(read, namespace, name)
}

const ofSlice = ({ before, after }: ObjectChange, read: IndexedReader): string[] => {
  const { namespace, labels } = (after ?? before)!.metadata
  return namedBy(read, namespace, labels?.['kubernetes.io/service-name'])
}

function reconcile(key: string, context: ReconcileContext, check: DiscoveryCheck): void {
  const apiService = context.read.get(APISERVICES, undefined, key) as ApiObject | undefined
  if (apiService === undefined) return
  if (referenceOf(apiService)) context.again(RESYNC_MS)
  const found = planAvailability(apiService, context.read, check)
  const conditions = (apiService['status']?.conditions ?? []) as readonly Condition[]
  const old = conditions.find((c) => c.type === 'Available')
  if (old?.status === found.status && old.reason === found.reason && old.message === found.message) return
  const lastTransitionTime = old?.status === found.status ? old.lastTransitionTime : formatTime(context.nowMs)
  const next = [...conditions.filter((c) => c !== old), { type: 'Available', ...found, lastTransitionTime }]
  const write = (draft: ApiObject): void => {
    draft['status'] = { conditions: next }
  }
  context.write.modify(APISERVICES, undefined, key, write, 'status')
}

export const apiServiceAvailability = (check: DiscoveryCheck): ControllerDefinition => ({
  name: 'apiservice-availability',
  watches: [
    { resource: APISERVICES, own: true },
    { resource: 'services', map: ofService },
    { resource: 'endpointslices.discovery.k8s.io', map: ofSlice },
  ],
  reconcile: (key, context) => reconcile(key, context, check),
})
