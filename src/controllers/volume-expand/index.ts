/** Volume expansion: tells of claims that grew beyond their volume. Only provisioners that live outside the controller manager can make it larger. */
import { splitKey } from '../../api/meta.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { ControllerDefinition } from '../../client/contract.ts'

const NOTE = 'waiting for an external controller to expand this PVC'

export const volumeExpandController: ControllerDefinition = {
  name: 'expand',
  component: 'volume_expand',
  watches: [
    {
      resource: 'persistentvolumeclaims',
      own: true,
      when: ({ before, after }) =>
        before !== undefined &&
        after !== undefined &&
        before['spec']?.resources?.requests?.storage !== after['spec']?.resources?.requests?.storage,
    },
  ],
  reconcile: (key, { read, events }) => {
    const { namespace, name } = splitKey(key)
    const claim = read.get('persistentvolumeclaims', namespace, name)
    if (claim?.status?.phase !== 'Bound') return
    if (compareQuantities(claim.spec?.resources?.requests?.['storage'], claim.status.capacity?.['storage']) <= 0) return
    events.event(claim, 'Normal', 'ExternalExpanding', NOTE)
  },
}
