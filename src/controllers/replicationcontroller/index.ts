/** The ReplicationController controller: the ReplicaSet's decisions with the older, equality-only selector. */
import type { ReplicationController } from '../../api/generated/types/core-v1.ts'
import { selectorFromSet } from '../../api/selectors.ts'
import type { ControllerDefinition } from '../../client/contract.ts'
import { orphanIndex, watchOwned } from '../claim.ts'
import { type ReplicaKind, reconcileReplicas } from '../replicaset/reconcile.ts'
import { podSortsCensus } from '../replicaset/sorts.ts'

const kind: ReplicaKind = {
  resource: 'replicationcontrollers',
  selector: (set) => selectorFromSet((set as ReplicationController).spec?.selector),
  countsTerminating: false,
}

export const replicationController: ControllerDefinition = {
  name: 'replication',
  component: 'replication-controller',
  watches: [
    { resource: 'replicationcontrollers', own: true },
    ...watchOwned('pods', 'ReplicationController', 'replicationcontrollers', (o) => ({ matchLabels: o['spec']?.selector ?? {} })),
  ],
  indexes: [orphanIndex('pods')],
  censuses: [podSortsCensus],
  reconcile: (key, context) => reconcileReplicas(kind, key, context),
}
