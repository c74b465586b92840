/** netstat and ss in a container: who listens in the pod's network. Connections are not listed. */
import { asksForListeners, byPort, netstatText, podListeners, ssText } from '../listener-table.ts'
import { visibleProcesses } from '../process-list.ts'
import { type ContainerTool, failed, said, steppingOf } from './contract.ts'

const tool = (name: 'netstat' | 'ss', on: ContainerTool['on']): ContainerTool => ({
  names: [name],
  on,
  run: (sight, ctx) => {
    const asked = asksForListeners(ctx.argv)
    if (asked === undefined) return failed(`${name}: only who listens is simulated: ${name} -ltnp`)
    const visible = visibleProcesses(sight.hands, sight.run, sight.container, steppingOf(sight, ctx))
    const list = asked.udpOnly ? [] : byPort(podListeners(sight.hands, sight.run, visible))
    return said(name === 'ss' ? ssText(list, asked.named) : netstatText(list, asked.named))
  },
})

export const socketTools: readonly ContainerTool[] = [tool('netstat', 'busybox'), tool('ss', 'named')]
