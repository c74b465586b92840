/** The containers and sandboxes of one machine as its runtime lists them, from the kubelet's records. */
import { sha256 } from '../lib/hash.ts'
import { allContainers, type KubeletHands } from './kubelet/hands.ts'
import { type ContainerRun, type ExitRecord, POD_RUN, type PodRun } from './records.ts'

interface Machine {
  readonly name: string
  readonly hands: KubeletHands
}

export interface ListedContainer {
  readonly id: string
  readonly run: PodRun
  readonly state: ContainerRun
  readonly running: boolean
  readonly attempt: number
  readonly startedMs: number
  readonly exit?: ExitRecord
}

/** Pods whose records are on this machine, the youngest first. */
export function podRuns({ name, hands }: Machine): PodRun[] {
  const { cells } = hands.cluster
  const runs = cells.keys(POD_RUN, `${name}/`).map((k) => cells.get<PodRun>(POD_RUN, k)!)
  return runs.sort((a, b) => b.startMs - a.startMs || (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1))
}

export const sandboxId = (run: PodRun): string => sha256(`sandbox/${run.uid}/${run.sandboxMs}`)

/** Containers that run or have ended and are kept (one dead one beside each), the youngest first. */
export function containersOf(machine: Machine): ListedContainer[] {
  const found: ListedContainer[] = []
  for (const run of podRuns(machine)) {
    for (const { name } of [...allContainers(run.pod), ...(run.pod.spec?.ephemeralContainers ?? [])]) {
      const state = run.containers[name]
      if (state === undefined) continue
      if (state.id !== '' && state.phase !== 'none')
        found.push({
          id: state.id,
          run,
          state,
          running: state.phase === 'running',
          attempt: state.restarts,
          startedMs: state.startedMs,
          ...(state.phase === 'exited' && state.exit && { exit: state.exit }),
        })
      if (state.last !== undefined && state.last.containerId !== '' && state.last.startedMs > 0)
        found.push({
          id: state.last.containerId,
          run,
          state,
          running: false,
          attempt: state.restarts - 1,
          startedMs: state.last.startedMs,
          exit: state.last,
        })
    }
  }
  return found.sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1))
}

/** Process ids are drawn once for each process, as the kernel's messages name them. */
export const pidOf = ({ hands }: Pick<Machine, 'hands'>, processKey: string): number =>
  1000 + hands.cluster.random.below(30_000, 'pid', processKey)
