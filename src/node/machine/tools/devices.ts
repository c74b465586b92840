/** lsblk, showmount, ss, netstat and vmstat of a node: its devices, what an NFS server exports to it, who listens, what it does. */
import type { VolumeAttachment } from '../../../api/generated/types/storage-v1.ts'
import { quantityValue } from '../../../api/quantity.ts'
import { loadOf, processorsOf } from '../../container-tools/machine-facts.ts'
import { podRuns } from '../../containers-of.ts'
import { asksForListeners, byPort, type Listener, netstatText, podListeners, ssText } from '../../listener-table.ts'
import { memoryOf } from '../../machine-memory.ts'
import { podMounts } from '../../mount-table.ts'
import { hostProcesses } from '../../process-list.ts'
import { failed, type Machine, type MachineTool, said, table } from '../contract.ts'
import { humanSize } from '../words.ts'

/** Devices that are attached to the machine, by the volumes' names. */
function attached({ hands, name }: Machine): string[] {
  return hands.cluster.read
    .list('volumeattachments.storage.k8s.io')
    .map((a) => a as VolumeAttachment)
    .filter((a) => a.spec.nodeName === name && a.status?.attached === true)
    .map((a) => a.spec.source.persistentVolumeName ?? '')
    .sort()
}

const lsblk: MachineTool = {
  names: ['lsblk'],
  run: (machine) => {
    const { hands } = machine
    const size = (bytes: number): string => humanSize(bytes).replace('.0', '')
    const disk = quantityValue(hands.node.capacity['ephemeral-storage'] ?? '0')
    const mounts = podMounts(hands, podRuns(machine))
    const devices = attached(machine).map((volume, i) => {
      const bytes = hands.storage.capacity({ kind: 'block', volume }) ?? 0
      const at = mounts.find((m) => m.source.endsWith(`/${volume}`))?.at ?? ''
      return [`sd${String.fromCharCode(98 + i)}`, `8:${16 * (i + 1)}`, '0', size(bytes), '0', 'disk', at]
    })
    const rows = [['sda', '8:0', '0', size(disk), '0', 'disk', ''], ['└─sda1', '8:1', '0', size(disk), '0', 'part', '/'], ...devices]
    return said(table([['NAME', 'MAJ:MIN', 'RM', 'SIZE', 'RO', 'TYPE', 'MOUNTPOINTS'], ...rows], [0, 1, 5, 6]))
  },
}

const showmount: MachineTool = {
  names: ['showmount'],
  run: (machine, ctx) => {
    const words = ctx.argv.slice(1)
    const server = words.find((w) => !w.startsWith('-'))
    if (server === undefined || !words.some((w) => w === '-e' || w === '--exports'))
      return failed('showmount: only showmount -e SERVER is simulated')
    const list = machine.hands.storage.exportsOf(server, machine.name)
    if ('problem' in list) return failed(`clnt_create: RPC: ${list.problem}`)
    return said([`Export list for ${server}:`, ...list.paths.map((path) => `${path} *`)].join('\n'))
  },
}

/** Who listens on the machine's own addresses: its services, and pods that share its network. */
function listeners(machine: Machine): Listener[] {
  const { hands } = machine
  const power = machine.power()
  const own: Listener[] = [
    { port: 22, at: '0.0.0.0', process: 'sshd', pid: 640 },
    ...(power.kubeletStopped
      ? []
      : [
          { port: 10248, at: '127.0.0.1', process: 'kubelet', pid: 812 },
          { port: 10250, at: '*', process: 'kubelet', pid: 812 },
        ]),
  ]
  const list = hostProcesses(hands)
  for (const run of podRuns(machine)) {
    if (run.hostNetwork) own.push(...podListeners(hands, run, list))
  }
  return byPort(own)
}

const ss: MachineTool = {
  names: ['ss', 'netstat'],
  run: (machine, ctx) => {
    const asked = asksForListeners(ctx.argv)
    if (asked === undefined) return failed(`${ctx.argv[0]}: only who listens is simulated: ${ctx.argv[0]} -ltnp`)
    const list = asked.udpOnly ? [] : listeners(machine)
    return said(ctx.argv[0] === 'netstat' ? netstatText(list, asked.named) : ssText(list, asked.named))
  },
}

/** Who has a port: `lsof -i :80`. Open files are not listed. */
const lsof: MachineTool = {
  names: ['lsof'],
  run: (machine, ctx) => {
    const port = /:(\d+)$/.exec(ctx.argv.at(-1) ?? '')?.[1]
    if (port === undefined || !ctx.argv.some((w) => w.startsWith('-i') || w.includes('i')))
      return failed('lsof: open files are not simulated; lsof -i :PORT tells who listens')
    const rows = listeners(machine).filter((l) => String(l.port) === port)
    if (rows.length === 0) return { exitCode: 1 }
    return said(
      table(
        [
          ['COMMAND', 'PID', 'USER', 'TYPE', 'NODE', 'NAME'],
          ...rows.map((l) => [l.process ?? '-', String(l.pid ?? '-'), 'root', 'IPv4', 'TCP', `${l.at}:${l.port} (LISTEN)`]),
        ],
        [0, 2, 3, 4, 5],
      ),
    )
  },
}

const vmstat: MachineTool = {
  names: ['vmstat'],
  run: (machine) => {
    const { hands } = machine
    const busy = Math.min(100, Math.round((loadOf(hands) * 100) / processorsOf(hands)))
    const free = Math.round(memoryOf(hands).free / 1024)
    const running = hostProcesses(hands).filter((p) => p.state === 'R').length
    const waiting = hostProcesses(hands).filter((p) => p.state === 'D').length
    return said(
      [
        'procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------',
        ' r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st gu',
        `${String(running).padStart(2)} ${String(waiting).padStart(2)}      0 ${String(free).padStart(6)}      0      0    0    0     -     -    -    - ${String(busy).padStart(2)}  0 ${String(100 - busy).padStart(2)}  0  0  0`,
      ].join('\n'),
    )
  },
}

export const deviceTools: readonly MachineTool[] = [lsblk, showmount, ss, lsof, vmstat]
