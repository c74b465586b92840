/**
 * The namespace controller: five seconds after a namespace's deletion it deletes the pods, then everything else, and at last the namespace's own finalizer.
 * It looks again after half of what the content is expected to need, as upstream does.
 */
import { isApiError } from '../../api/errors.ts'
import type { Namespace } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { type KnownResource, knownResources } from '../known-resources.ts'
import { timeOf } from '../pod-state.ts'
import { same } from '../same.ts'
import { conditionsFor, type Remains } from './plan.ts'

/** Lets every API server notice the deletion before content goes. */
const GRACE_MS = 5000
const FINALIZER_ESTIMATE_SECONDS = 15
const FINALIZER = 'kubernetes'

function reconcile(name: string, context: ReconcileContext): void {
  const namespace = context.read.get('namespaces', undefined, name)
  if (namespace?.metadata.deletionTimestamp === undefined) return
  const waitMs = timeOf(namespace.metadata.deletionTimestamp) + GRACE_MS - context.nowMs
  if (waitMs > 0) {
    context.again(waitMs)
    return
  }
  if (!namespace.spec?.finalizers?.includes(FINALIZER)) return
  const resources = knownResources(context.read).filter((r) => r.namespaced)
  const pods = resources.filter((r) => r.name === 'pods')
  let estimate = empty(pods, name, context)
  if (context.read.list('pods', name).length === 0) estimate = Math.max(estimate, empty(resources, name, context))
  const remains = look(resources, name, context)
  writeConditions(namespace, remains, context)
  const left = Object.keys(remains.counts).length > 0 || remains.undiscovered.length > 0
  if (left) context.again((Math.floor((estimate || FINALIZER_ESTIMATE_SECONDS) / 2) + 1) * 1000)
  else finish(namespace, context)
}

/** Deletes all of these resources; the seconds they are expected to take. */
function empty(resources: readonly KnownResource[], namespace: string, context: ReconcileContext): number {
  let estimate = 0
  for (const { name } of resources)
    for (const object of context.read.list(name, namespace) as readonly ApiObject[]) {
      if (name === 'pods')
        estimate = Math.max(estimate, object.metadata.deletionGracePeriodSeconds ?? object['spec']?.terminationGracePeriodSeconds ?? 0)
      if (object.metadata.deletionTimestamp !== undefined) continue
      try {
        context.write.delete(name, namespace, object.metadata.name, { propagationPolicy: 'Background' })
      } catch (error) {
        if (!isApiError(error)) throw error
      }
    }
  return estimate
}

function look(resources: readonly KnownResource[], namespace: string, context: ReconcileContext): Remains {
  const counts: Record<string, number> = {}
  const finalizers: Record<string, number> = {}
  for (const r of resources) {
    const left = context.read.list(r.name, namespace) as readonly ApiObject[]
    if (left.length > 0) counts[`${r.resource}.${r.group}`] = left.length
    for (const object of left) for (const f of object.metadata.finalizers ?? []) finalizers[f] = (finalizers[f] ?? 0) + 1
  }
  return { counts, finalizers, undiscovered: undiscovered(context), failures: [] }
}

interface Condition {
  readonly type: string
  readonly status: string
}

/** Group versions of extension API servers that do not answer. */
function undiscovered(context: ReconcileContext): string[] {
  const services = context.read.list('apiservices.apiregistration.k8s.io') as readonly ApiObject[]
  return services
    .filter(
      (a) => a['spec']?.service && !(a['status']?.conditions ?? []).some((c: Condition) => c.type === 'Available' && c.status === 'True'),
    )
    .map((a) => `${a['spec'].group}/${a['spec'].version}`)
}

function writeConditions(namespace: Namespace, remains: Remains, context: ReconcileContext): void {
  const conditions = conditionsFor(namespace.status?.conditions, remains, context.nowMs)
  if (same(conditions, namespace.status?.conditions)) return
  context.write.modify(
    'namespaces',
    undefined,
    namespace.metadata.name,
    (draft) => {
      draft.status = { ...draft.status, phase: 'Terminating', conditions }
    },
    'status',
  )
}

function finish(namespace: Namespace, context: ReconcileContext): void {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((f) => f !== FINALIZER)
  const body = { ...namespace, metadata: { name: namespace.metadata.name, uid: namespace.metadata.uid }, spec: { finalizers } }
  context.write.post('namespaces', undefined, namespace.metadata.name, 'finalize', body)
}

export const namespaceController: ControllerDefinition = {
  name: 'namespace',
  watches: [{ resource: 'namespaces', own: true }],
  reconcile,
}
