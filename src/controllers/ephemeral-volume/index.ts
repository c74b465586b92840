/** Ephemeral volumes: a pod's generic ephemeral volumes get claims of their own, owned by the pod. */
import { isApiError } from '../../api/errors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { controllerOf, splitKey } from '../../api/meta.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { controllerRef } from '../../client/ownership.ts'
import { ephemeralClaimName, notOwner } from '../pod-claims.ts'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const pod = context.read.get('pods', namespace, name)
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return
  for (const volume of pod.spec?.volumes ?? []) {
    const template = volume.ephemeral?.volumeClaimTemplate
    if (template === undefined) continue
    const claim = ephemeralClaimName(name, volume.name)
    const found = context.read.get('persistentvolumeclaims', namespace, claim)
    if (found !== undefined) {
      if (controllerOf(found)?.uid !== pod.metadata.uid) warn(pod, notOwner(found, pod), context)
      continue
    }
    const { labels, annotations } = template.metadata ?? {}
    const metadata = {
      name: claim,
      namespace: namespace!,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ownerReferences: [controllerRef(pod)],
    }
    try {
      context.write.create('persistentvolumeclaims', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: template.spec })
    } catch (error) {
      if (isApiError(error)) warn(pod, `create PVC ${namespace}/${claim}: ${error.message}`, context)
      throw error
    }
  }
}

const warn = (pod: Pod, why: string, context: ReconcileContext): void =>
  context.events.event(pod, 'Warning', 'FailedBinding', `ephemeral volume controller: ${why}`)

export const ephemeralVolumeController: ControllerDefinition = {
  name: 'ephemeral-volume',
  watches: [
    {
      resource: 'pods',
      own: true,
      when: ({ before, after }) => before === undefined && (after as Pod).spec?.volumes?.some((v) => v.ephemeral) === true,
    },
  ],
  reconcile,
}
