/** The ReplicaSet controller: keeps as many pods as asked, adopting and releasing by label. */
import type { ReplicaSet } from '../../api/generated/types/apps-v1.ts'
import { labelSelectorOf } from '../../api/selectors.ts'
import type { ControllerDefinition } from '../../client/contract.ts'
import { orphanIndex, watchOwned } from '../claim.ts'
import { type ReplicaKind, reconcileReplicas } from './reconcile.ts'
import { podSortsCensus } from './sorts.ts'

const kind: ReplicaKind = {
  resource: 'replicasets.apps',
  selector: (set) => labelSelectorOf((set as ReplicaSet).spec?.selector),
  countsTerminating: true,
}

export const replicaSetController: ControllerDefinition = {
  name: 'replicaset',
  watches: [{ resource: 'replicasets.apps', own: true }, ...watchOwned('pods', 'ReplicaSet', 'replicasets.apps')],
  indexes: [orphanIndex('pods')],
  censuses: [podSortsCensus],
  reconcile: (key, context) => reconcileReplicas(kind, key, context),
}
