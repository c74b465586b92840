/** What containers' shells see of their machine and do to its processes: the tools, the numbers of processes, signals. */
import type { Image } from '../programs/contract.ts'
import { containerTool, hasContainerTool } from './container-tools/index.ts'
import { EXEC, type ExecSession } from './exec.ts'
import { type KubeletHands, runOf } from './kubelet/hands.ts'
import { firstPid } from './process-list.ts'
import type { PodRun } from './records.ts'
import type { ContainerShellWorld } from './runtime/container-shell.ts'
import type { EventContext } from './runtime/context.ts'
import { sendSignal } from './signals.ts'

interface Machines {
  hands(node: string): KubeletHands
  imageOf(containerId: string, context: EventContext): Image | undefined
}

type Parts = Pick<ContainerShellWorld, 'machineTool' | 'hasMachineTool' | 'firstPid' | 'nextPid' | 'signal'>

/** A command run beside the first process has a number from here on, the next one further up. */
const BESIDE = 29
const APART = 70

export function containerSight(machines: Machines): Parts {
  const at = (context: EventContext): { hands: KubeletHands; run: PodRun | undefined } => {
    const hands = machines.hands(context.pod.node)
    return { hands, run: runOf(hands, context.pod.uid) }
  }
  const first = (context: EventContext): number => {
    const { hands, run } = at(context)
    return run === undefined ? 1 : firstPid(hands, run, context.container)
  }
  return {
    hasMachineTool: hasContainerTool,
    machineTool: (name, containerId, context, self) => {
      const { hands, run } = at(context)
      const image = machines.imageOf(containerId, context)
      if (run === undefined || image === undefined) return undefined
      return containerTool(name, { hands, run, container: context.container, containerId, image, self })
    },
    firstPid: first,
    nextPid: (containerId, context) => {
      const { cells } = at(context).hands.cluster
      const beside = cells.keys(EXEC).filter((k) => {
        const session = cells.get<ExecSession>(EXEC, k)
        return session?.containerId === containerId && session.exitCode === undefined
      }).length
      return first(context) + BESIDE + APART * beside
    },
    signal: (pid, name, containerId, context, self) => {
      const { hands, run } = at(context)
      if (run === undefined) return 'missing'
      const stepping = { self, containerId, processes: () => [] }
      return sendSignal(hands, { run, container: context.container, credentials: context.credentials, stepping }, pid, name)
    },
  }
}
