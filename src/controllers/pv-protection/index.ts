/** PV protection: a bound volume is not removed, only marked, until its claim is gone. */
import type { ControllerDefinition } from '../../client/contract.ts'
import { setFinalizer } from '../pvc-protection/index.ts'

export const PV_PROTECTION = 'kubernetes.io/pv-protection'

export const pvProtectionController: ControllerDefinition = {
  name: 'pv-protection',
  watches: [{ resource: 'persistentvolumes', own: true }],
  reconcile: (name, context) => {
    const volume = context.read.get('persistentvolumes', undefined, name)
    if (volume === undefined) return
    if (volume.metadata.deletionTimestamp === undefined) setFinalizer('persistentvolumes', volume, PV_PROTECTION, true, context)
    else if (volume.status?.phase !== 'Bound') setFinalizer('persistentvolumes', volume, PV_PROTECTION, false, context)
  },
}
