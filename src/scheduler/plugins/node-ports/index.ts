/** NodePorts: a host port can be taken once a node (per protocol and address). */
import { nodeAdded, podFreed } from '../../changes.ts'
import { type PluginRecord, unschedulable } from '../../contract.ts'

export const nodePorts: PluginRecord = {
  name: 'NodePorts',
  preFilter: (_state, pod) => (pod.hostPorts.length === 0 ? 'skip' : undefined),
  filter: (_state, pod, node) =>
    pod.hostPorts.some((p) => node.conflicts(p)) ? unschedulable("node(s) didn't have free ports for the requested pod ports") : undefined,
  wakes: { pods: podFreed, nodes: nodeAdded },
}
