/** NodeUnschedulable: cordoned nodes take only pods that tolerate the taint of the same name. */

import { toleratesTaint } from '../../../controllers/tolerations.ts'
import { fitsNow } from '../../changes.ts'
import { type PluginRecord, unresolvable } from '../../contract.ts'

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const

export const nodeUnschedulable: PluginRecord = {
  name: 'NodeUnschedulable',
  filter: (_state, pod, node) =>
    node.node?.spec?.unschedulable === true && !toleratesTaint(pod.pod.spec?.tolerations, TAINT)
      ? unresolvable('node(s) were unschedulable')
      : undefined,
  wakes: { nodes: (c) => fitsNow(c, (node) => node.spec?.unschedulable !== true) },
}
