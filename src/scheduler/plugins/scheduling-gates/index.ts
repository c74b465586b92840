/** SchedulingGates: a pod with gates does not enter the queue. */
import { type PluginRecord, unresolvable } from '../../contract.ts'

export const schedulingGates: PluginRecord = {
  name: 'SchedulingGates',
  preEnqueue: (pod) =>
    (pod.spec?.schedulingGates ?? []).length === 0
      ? undefined
      : unresolvable(`waiting for scheduling gates: [${pod.spec!.schedulingGates!.map((g) => g.name).join(' ')}]`),
}
