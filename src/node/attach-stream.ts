/**
 * `kubectl attach`: a container's output from now on, and its standard input where it has one. A terminal shows the line it stands in, as it does
 * when the client tells it its size.
 */
import type { ApiStream } from '../apiserver/contract.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import { follow } from './logs-port.ts'

export interface AttachOptions {
  /** The client sends input, and the container takes it. */
  readonly stdin: boolean
  /** Its input ends with the first client that sent some. */
  readonly once: boolean
}

export function attachStream(hands: Pick<KubeletHands, 'logs' | 'processes' | 'cluster'>, id: string, options: AttachOptions): ApiStream {
  const { logs, processes, cluster } = hands
  const isOver = (container: string): boolean => processes.get(container) === undefined
  const output = follow(id, { tailLines: 0 }, logs, cluster.clock.nowMs, isOver)
  const standsIn = logs.lines(id, Math.max(0, logs.count(id) - 1))[0]
  let first = options.stdin && processes.get(id)?.tty && standsIn?.partial ? standsIn.text : ''
  let ended = !options.stdin
  const end = (): void => {
    if (ended) return
    ended = true
    processes.input(id, { type: 'input', text: '', end: true })
  }
  output.take()
  return {
    take: () => {
      const shown = first
      first = ''
      const frames = output.take()
      return shown === '' ? frames : [shown, ...frames]
    },
    get done() {
      return first === '' && output.done
    },
    send: (frame) => {
      const { stdin = '', eof, interrupt } = frame as { stdin?: string; eof?: boolean; interrupt?: boolean }
      if (ended) return
      if (interrupt) return processes.input(id, { type: 'interrupt' })
      if (stdin !== '') processes.input(id, { type: 'input', text: stdin, end: false })
      if (eof) end()
    },
    close: () => {
      if (options.once) end()
      output.close()
    },
  }
}
