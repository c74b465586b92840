/** Faults of pods: their processes die, are killed for memory, or live on without answering. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { POD_RUN, type PodRun } from '../../node/records.ts'
import type { World } from '../world.ts'
import type { FaultDefinition } from './contract.ts'

/** Ids of a pod's running containers. */
export function runningContainers(world: World, pod: Pod): readonly string[] {
  const run = world.store.cells.get<PodRun>(POD_RUN, `${pod.spec?.nodeName}/${pod.metadata.uid}`)
  return Object.values(run?.containers ?? {})
    .filter((c) => c.phase === 'running')
    .map((c) => c.id)
}

const each =
  (act: (world: World, containerId: string) => void) =>
  (world: World, pod: Pod): void => {
    for (const id of runningContainers(world, pod)) act(world, id)
  }

export const kill: FaultDefinition = { kind: 'kill', pod: each((world, id) => world.fleet.processes.kill(id, 137, { signal: 9 })) }
export const oom: FaultDefinition = { kind: 'oom', pod: each((world, id) => world.fleet.processes.kill(id, 137, { oom: true })) }
export const hang: FaultDefinition = { kind: 'hang', endedBy: 'mend', pod: each((world, id) => world.fleet.processes.hang(id, true)) }
export const deletion: FaultDefinition = {
  kind: 'delete',
  pod: (world, pod) => world.cluster.writer('system:admin').delete('pods', pod.metadata.namespace, pod.metadata.name),
}
