/** df, free, ps, top-like figures and uptime of a node: what its disk, memory and processors hold in the simulation. */
import { quantityValue } from '../../../api/quantity.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import type { ToolContext, ToolResult } from '../../../script/contract.ts'
import { pidOf, podRuns } from '../../containers-of.ts'
import { diskUsedBytes } from '../../kubelet/disk.ts'
import { MEMORY_BALLAST } from '../../pressure.ts'
import { PROCESS, type ProcessRecord } from '../../records.ts'
import { failed, type Machine, type MachineTool, said, table } from '../contract.ts'
import { humanSize } from '../words.ts'

const capacity = ({ specification }: Machine, resource: string): number => quantityValue(specification.capacity[resource] ?? '0')

const has = (ctx: ToolContext, letter: string): boolean => ctx.argv.slice(1).some((w) => /^-[a-zA-Z]+$/.test(w) && w.includes(letter))

/** Mounts beyond the disk: RAM volumes, and what pods mounted from NFS. */
function podMounts(machine: Machine): [source: string, size: number | undefined, used: number, at: string][] {
  const { storage } = machine.hands
  const rows: [string, number | undefined, number, string][] = []
  for (const run of [...podRuns(machine)].reverse())
    for (const [name, { backing }] of Object.entries(run.volumes)) {
      const at = `/var/lib/kubelet/pods/${run.uid}/volumes/kubernetes.io~`
      if (backing?.kind === 'memory') rows.push(['tmpfs', storage.capacity(backing), storage.usedBytes(backing), `${at}empty-dir/${name}`])
      if (backing?.kind === 'nfs')
        rows.push([`${backing.server}:${backing.path}`, undefined, storage.usedBytes(backing), `${at}nfs/${name}`])
    }
  return rows
}

const df: MachineTool = {
  names: ['df'],
  run: (machine, ctx) => {
    const human = has(ctx, 'h')
    const show = (bytes: number | undefined): string =>
      bytes === undefined ? '-' : human ? humanSize(bytes) : String(Math.ceil(bytes / 1024))
    const row = (source: string, size: number | undefined, used: number, at: string): string[] => {
      const percent = size === undefined || size === 0 ? '-' : `${Math.ceil((used * 100) / size)}%`
      return [source, show(size), show(used), show(size === undefined ? undefined : Math.max(size - used, 0)), percent, at]
    }
    const rows = [row('/dev/sda1', capacity(machine, 'ephemeral-storage'), diskUsedBytes(machine.hands), '/')]
    for (const mount of podMounts(machine)) rows.push(row(...mount))
    return said(
      table([['Filesystem', human ? 'Size' : '1K-blocks', 'Used', human ? 'Avail' : 'Available', 'Use%', 'Mounted on'], ...rows], [0, 5]),
    )
  },
}

const free: MachineTool = {
  names: ['free'],
  run: (machine, ctx) => {
    const total = capacity(machine, 'memory')
    const used =
      machine.hands.processes.memoryOfNode(machine.name) + (machine.hands.cluster.cells.get<number>(MEMORY_BALLAST, machine.name) ?? 0)
    const unit = has(ctx, 'g') ? 1024 ** 3 : has(ctx, 'm') ? 1024 ** 2 : has(ctx, 'b') ? 1 : 1024
    const show = (bytes: number): string => (has(ctx, 'h') ? humanSize(bytes, 'i') : String(Math.floor(bytes / unit)))
    const line = (name: string, cells: readonly number[]): string =>
      `${name.padEnd(8)}${cells.map((c) => show(c).padStart(12)).join('')}`.trimEnd()
    const head = `        ${['total', 'used', 'free', 'shared', 'buff/cache', 'available'].map((w) => w.padStart(12)).join('')}`
    return said([head, line('Mem:', [total, used, total - used, 0, 0, total - used]), line('Swap:', [0, 0, 0])].join('\n'))
  },
}

interface Listed {
  readonly pid: number
  readonly cpu: number
  readonly memory: number
  readonly startedMs: number
  readonly stat: string
  readonly command: string
}

function processesOf(machine: Machine): Listed[] {
  const { cells } = machine.hands.cluster
  const list: Listed[] = []
  for (const key of cells.keys(PROCESS)) {
    const record = cells.get<ProcessRecord>(PROCESS, key)!
    if (record.node !== machine.name) continue
    list.push({
      pid: pidOf(machine, key),
      cpu: record.cpuMilli,
      memory: record.memoryBytes,
      startedMs: record.startedMs,
      stat: record.hung || record.stalled ? 'Dl' : 'Ssl',
      command: record.argv.join(' '),
    })
  }
  return list.sort((a, b) => a.pid - b.pid)
}

/** The machine's own processes; what they use is not simulated. */
function services(machine: Machine): Listed[] {
  const power = machine.power()
  const own = (pid: number, command: string, startedMs = power.sinceMs): Listed => ({
    pid,
    cpu: 0,
    memory: 0,
    startedMs,
    stat: 'Ssl',
    command,
  })
  return [
    own(1, '/sbin/init'),
    own(640, 'sshd: /usr/sbin/sshd -D'),
    ...(power.runtimeStopped ? [] : [own(702, '/usr/bin/containerd')]),
    ...(power.kubeletStopped
      ? []
      : [
          own(
            812,
            '/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml',
          ),
        ]),
  ]
}

const ps: MachineTool = {
  names: ['ps'],
  run: (machine, ctx) => {
    const list = [...services(machine), ...processesOf(machine)]
    const full = ctx.argv.slice(1).join('')
    if (full === '')
      return said(
        table(
          [
            ['PID', 'TTY', 'TIME', 'CMD'],
            ['1500', 'pts/0', '00:00:00', 'bash'],
          ],
          [1, 3],
        ),
      )
    const time = (ms: number): string => formatTime(ms).slice(11, 16)
    if (full.includes('e'))
      return said(
        table(
          [
            ['UID', 'PID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
            ...list.map((p) => ['root', String(p.pid), String(Math.round(p.cpu / 10)), time(p.startedMs), '?', '-', p.command]),
          ],
          [0, 4, 6],
        ),
      )
    const total = capacity(machine, 'memory')
    const rows = list.map((p) => [
      'root',
      String(p.pid),
      (p.cpu / 10).toFixed(1),
      ((p.memory * 100) / total).toFixed(1),
      '-',
      String(Math.round(p.memory / 1024)),
      '?',
      p.stat,
      time(p.startedMs),
      '-',
      p.command,
    ])
    return said(table([['USER', 'PID', '%CPU', '%MEM', 'VSZ', 'RSS', 'TTY', 'STAT', 'START', 'TIME', 'COMMAND'], ...rows], [0, 6, 7, 10]))
  },
}

const uptime: MachineTool = {
  names: ['uptime'],
  run: (machine): ToolResult => {
    const { nowMs } = machine.hands.cluster.clock
    const minutes = Math.floor((nowMs - machine.power().sinceMs) / 60_000)
    const hours = `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, '0')}`
    const days = Math.floor(minutes / 1440)
    const up = days > 0 ? `${days} day${days > 1 ? 's' : ''}, ${hours}` : minutes < 60 ? `${minutes} min` : hours
    const load = (processesOf(machine).reduce((n, p) => n + p.cpu, 0) / 1000).toFixed(2)
    return said(` ${formatTime(nowMs).slice(11, 19)} up ${up},  1 user,  load average: ${load}, ${load}, ${load}`)
  },
}

const hostname: MachineTool = {
  names: ['hostname'],
  run: (machine, ctx) => said(ctx.argv[1] === '-I' ? `${machine.specification.ip} ` : machine.name),
}
const nproc: MachineTool = { names: ['nproc'], run: (machine) => said(String(capacity(machine, 'cpu'))) }
const top: MachineTool = {
  names: ['top', 'htop'],
  run: (machine, ctx) => {
    if (ctx.argv[0] !== 'top' || !has(ctx, 'b'))
      return failed(`${ctx.argv[0]}: a screen that refreshes is not simulated; use top -b, ps aux, free -m and uptime, or kubectl top`)
    const total = capacity(machine, 'memory')
    const list = [...services(machine), ...processesOf(machine)].sort((a, b) => b.cpu - a.cpu || a.pid - b.pid)
    const rows = list.map((p) => [
      String(p.pid),
      'root',
      String(Math.round(p.memory / 1024)),
      p.stat.startsWith('D') ? 'D' : 'S',
      (p.cpu / 10).toFixed(1),
      ((p.memory * 100) / total).toFixed(1),
      p.command.split(' ')[0]!.split('/').at(-1)!,
    ])
    const tasks = `Tasks: ${list.length} total`
    return said(`${tasks}\n\n${table([['PID', 'USER', 'RES', 'S', '%CPU', '%MEM', 'COMMAND'], ...rows], [1, 3, 6])}`)
  },
}

/** What is mounted: the disk, RAM volumes, NFS. */
const mount: MachineTool = {
  names: ['mount', 'findmnt'],
  run: (machine, ctx) => {
    if (ctx.argv[0] !== 'mount' || ctx.argv.slice(1).some((w) => !w.startsWith('-')))
      return failed(`${ctx.argv[0]}: only the list that mount prints is simulated; pods' volumes are mounted by the kubelet`)
    const lines = podMounts(machine).map(([source, , , at]) =>
      source === 'tmpfs' ? `tmpfs on ${at} type tmpfs (rw,relatime)` : `${source} on ${at} type nfs4 (rw,relatime,hard)`,
    )
    return said(['/dev/sda1 on / type ext4 (rw,relatime)', ...lines].join('\n'))
  },
}

export const resourceTools: readonly MachineTool[] = [df, free, ps, uptime, hostname, nproc, top, mount]
