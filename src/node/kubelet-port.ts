/** What a kubelet serves on port 10250 to the API server: logs, exec, attach, port-forward. */
import { ApiError } from '../api/errors.ts'
import type { Pod } from '../api/generated/types/core-v1.ts'
import type { ApiStream, KubeletPort } from '../apiserver/contract.ts'
import { attachStream } from './attach-stream.ts'
import { execStream } from './exec-stream.ts'
import { allContainers, type KubeletHands, podKey, runOf } from './kubelet/hands.ts'
import { type LogOptions, readLogs } from './logs-port.ts'
import { portStream } from './port-stream.ts'

interface ExecOptions {
  readonly container?: string
  readonly command: readonly string[]
  readonly stdin?: boolean
  readonly tty?: boolean
}

/** The kubelet's plain refusal of a connection that was to be upgraded. */
const noUpgrade = (why: string): ApiError =>
  new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `unable to upgrade connection: ${why}`,
    code: 500,
  })

function exec(hands: KubeletHands, pod: Pod, options: ExecOptions): ApiStream {
  const run = runOf(hands, podKey(pod))
  const name = options.container ?? pod.spec!.containers[0]!.name
  const state = run?.containers[name]
  if (state?.phase !== 'running') throw noUpgrade(`container not found ("${name}")`)
  const started = hands.execs.start({
    podUid: run!.uid,
    containerId: state.id,
    argv: options.command,
    ...(options.stdin && { interactive: true }),
    ...(options.tty && { tty: true }),
  })
  return execStream(hands.execs, started)
}

export function kubeletPort(hands: KubeletHands): KubeletPort {
  const { logs, processes, cluster, node } = hands
  const read = (pod: Pod, options: LogOptions): ReturnType<typeof readLogs> =>
    readLogs(pod, options, logs, cluster.clock.nowMs, (id) => processes.get(id) === undefined)
  return {
    logs: (pod, options) => read(pod as Pod, options as LogOptions),
    exec: (pod, options) => exec(hands, pod as Pod, options as unknown as ExecOptions),
    attach: (pod, options) => {
      const asked = options as { container?: string; stdin?: boolean }
      const name = asked.container ?? pod.spec!.containers[0]!.name
      const { metadata } = pod
      const state = runOf(hands, podKey(pod as Pod))?.containers[name]
      if (state?.phase !== 'running') throw noUpgrade(`container ${name} not found in pod ${metadata.name}_${metadata.namespace}`)
      const container = allContainers(pod as Pod).find((c) => c.name === name)
      return attachStream(hands, state.id, {
        stdin: asked.stdin === true && container?.stdin === true,
        once: container?.stdinOnce === true,
      })
    },
    portForward: (pod) =>
      portStream(
        (port, message) => processes.deliver(podKey(pod as Pod), port, message),
        { kind: 'node', node: node.name, ip: node.ip },
        cluster.clock,
      ),
  }
}
