/** PVC protection: a claim that a pod still uses is not removed, only marked; its finalizer goes when the last such pod has ended. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, splitKey } from '../../api/meta.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { podClaims } from '../pod-claims.ts'
import { isFinished } from '../pod-state.ts'
import { CLAIM_INDEX } from '../pv-binder/claims.ts'

export const PVC_PROTECTION = 'kubernetes.io/pvc-protection'

/** Adds or takes away a finalizer, if that changes anything. */
export function setFinalizer(
  resource: 'persistentvolumeclaims' | 'persistentvolumes',
  object: ApiObject,
  finalizer: string,
  wanted: boolean,
  context: ReconcileContext,
): void {
  const there = object.metadata.finalizers ?? []
  if (there.includes(finalizer) === wanted) return
  context.write.modify(resource, object.metadata.namespace, object.metadata.name, (draft: ApiObject) => {
    const next = wanted ? [...there, finalizer] : there.filter((f) => f !== finalizer)
    if (next.length > 0) draft.metadata.finalizers = next
    else delete draft.metadata.finalizers
  })
}

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const claim = context.read.get('persistentvolumeclaims', namespace, name)
  if (claim === undefined) return
  if (claim.metadata.deletionTimestamp === undefined) setFinalizer('persistentvolumeclaims', claim, PVC_PROTECTION, true, context)
  else if (!context.read.byIndex('pods', CLAIM_INDEX, key).some((p) => !isFinished(p)))
    setFinalizer('persistentvolumeclaims', claim, PVC_PROTECTION, false, context)
}

export const pvcProtectionController: ControllerDefinition = {
  name: 'pvc-protection',
  watches: [
    { resource: 'persistentvolumeclaims', own: true },
    {
      resource: 'pods',
      map: ({ before, after }) => {
        const done = after === undefined || isFinished(after as Pod)
        const pod = (after ?? before) as Pod
        return done ? podClaims(pod).map((name) => `${pod.metadata.namespace}/${name}`) : []
      },
    },
  ],
  reconcile,
}
