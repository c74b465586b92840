/** df, free, ps, top-like figures and uptime of a node: what its disk, memory and processors hold in the simulation. */
import { quantityValue } from '../../../api/quantity.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import type { ToolContext, ToolResult } from '../../../script/contract.ts'
import { upText } from '../../container-tools/machine-facts.ts'
import { podRuns } from '../../containers-of.ts'
import { diskUsedBytes } from '../../kubelet/disk.ts'
import { memoryOf } from '../../machine-memory.ts'
import { type MountEntry, podMounts } from '../../mount-table.ts'
import { hostProcesses } from '../../process-list.ts'
import { failed, type Machine, type MachineTool, said, table } from '../contract.ts'
import { humanSize } from '../words.ts'

const capacity = ({ specification }: Machine, resource: string): number => quantityValue(specification.capacity[resource] ?? '0')

const has = (ctx: ToolContext, letter: string): boolean => ctx.argv.slice(1).some((w) => /^-[a-zA-Z]+$/.test(w) && w.includes(letter))

const mountsOf = (machine: Machine): MountEntry[] => podMounts(machine.hands, [...podRuns(machine)].reverse())

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
    for (const { source, size, used = 0, at } of mountsOf(machine)) rows.push(row(source, size, used, at))
    return said(
      table([['Filesystem', human ? 'Size' : '1K-blocks', 'Used', human ? 'Avail' : 'Available', 'Use%', 'Mounted on'], ...rows], [0, 5]),
    )
  },
}

const free: MachineTool = {
  names: ['free'],
  run: (machine, ctx) => {
    const { total, used } = memoryOf(machine.hands)
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

const processesOf = (machine: Machine): Listed[] =>
  hostProcesses(machine.hands).map((p) => ({
    pid: p.pid,
    cpu: p.cpuMilli,
    memory: p.memoryBytes,
    startedMs: p.startedMs,
    stat: p.state === 'D' ? 'Dl' : p.state === 'R' ? 'Rsl' : 'Ssl',
    command: p.argv.join(' '),
  }))

const ps: MachineTool = {
  names: ['ps'],
  run: (machine, ctx) => {
    const list = processesOf(machine)
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
    const up = upText(nowMs - machine.power().sinceMs)
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
    const list = processesOf(machine).sort((a, b) => b.cpu - a.cpu || a.pid - b.pid)
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
    const lines = mountsOf(machine).map((m) => `${m.source} on ${m.at} type ${m.type} (${m.options})`)
    return said(['/dev/sda1 on / type ext4 (rw,relatime)', ...lines].join('\n'))
  },
}

export const resourceTools: readonly MachineTool[] = [df, free, ps, uptime, hostname, nproc, top, mount]
