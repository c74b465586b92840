/** The endpoints controller: one Endpoints object per Service with a selector. */

import { isApiError } from '../../api/errors.ts'
import type { Endpoints } from '../../api/generated/types/core-v1.ts'
import { keyOf, splitKey } from '../../api/meta.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { same } from '../same.ts'
import { hasSelector, headlessLabel, selectedPods, watchServicePods } from '../service-pods.ts'
import { planEndpoints } from './plan.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const service = context.read.get('services', namespace, name)
  const current = context.read.get('endpoints', namespace, name)
  if (service === undefined) {
    if (current !== undefined) context.write.delete('endpoints', namespace, name)
    return
  }
  if (service.spec?.type === 'ExternalName' || !hasSelector(service)) return
  const { subsets, truncated } = planEndpoints(service, selectedPods(service, context.read))
  const labels = { ...service.metadata.labels, ...headlessLabel(service), [MANAGED_BY]: 'endpoint-controller' }
  const { [OVER_CAPACITY]: _old, ...kept } = current?.metadata.annotations ?? {}
  const annotations = truncated ? { ...kept, [OVER_CAPACITY]: 'truncated' } : kept
  if (
    current !== undefined &&
    same(current.subsets ?? [], subsets) &&
    same(current.metadata.labels, labels) &&
    same(current.metadata.annotations ?? {}, annotations)
  )
    return
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...current?.metadata, name: service.metadata.name, namespace: service.metadata.namespace!, labels },
    subsets,
  }
  if (Object.keys(annotations).length > 0) wanted.metadata.annotations = annotations
  if (current !== undefined) context.write.update('endpoints', wanted)
  else createUnlessEnding(context, wanted)
}

function createUnlessEnding(context: ReconcileContext, wanted: Endpoints): void {
  try {
    context.write.create('endpoints', wanted)
  } catch (error) {
    // A namespace on its way out takes no new content; its Services go too.
    if (!isApiError(error, 'Forbidden')) throw error
  }
}

export const endpointsController: ControllerDefinition = {
  name: 'endpoint',
  watches: [
    ...watchServicePods,
    // Only their end: Endpoints that somebody makes before the Service are left alone.
    { resource: 'endpoints', map: ({ before, after }) => (after === undefined ? [keyOf(before!)] : []) },
  ],
  reconcile,
}
