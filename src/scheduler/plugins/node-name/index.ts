/** NodeName: a pod that names its node goes nowhere else. (Such pods usually pass the scheduler by.) */
import { nodeAdded } from '../../changes.ts'
import { type PluginRecord, unresolvable } from '../../contract.ts'

export const nodeName: PluginRecord = {
  name: 'NodeName',
  preFilter: (_state, pod) => (pod.pod.spec?.nodeName ? undefined : 'skip'),
  filter: (_state, pod, node) =>
    pod.pod.spec?.nodeName === node.name ? undefined : unresolvable("node(s) didn't match the requested node name"),
  wakes: { nodes: nodeAdded },
}
