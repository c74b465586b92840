/** free, df, mount, nproc and uptime in a container: the machine's figures, which limits do not change, and the container's mounts. */
import { formatTime } from '../../api/rfc3339.ts'
import type { ToolContext } from '../../script/contract.ts'
import { humanSize } from '../machine/words.ts'
import { memoryOf } from '../machine-memory.ts'
import { containerMounts, type MountEntry } from '../mount-table.ts'
import { type ContainerTool, failed, isBusybox, said } from './contract.ts'
import { loadText, processorsOf, upMs, upText } from './machine-facts.ts'

const has = (ctx: ToolContext, letter: string): boolean => ctx.argv.slice(1).some((w) => /^-[a-zA-Z]+$/.test(w) && w.includes(letter))

/** One digit behind the point, as busybox writes sizes. */
function short(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T']
  let n = bytes
  let unit = 0
  for (; n >= 1024 && unit < units.length - 1; unit++) n /= 1024
  return bytes === 0 ? '0' : `${n.toFixed(1)}${units[unit]}`
}

const free: ContainerTool = {
  names: ['free'],
  on: 'procps',
  run: (sight, ctx) => {
    const m = memoryOf(sight.hands)
    const unit = has(ctx, 'g') ? 1024 ** 3 : has(ctx, 'm') ? 1024 ** 2 : has(ctx, 'b') ? 1 : 1024
    const human = isBusybox(sight) ? short : (n: number): string => (n === 0 ? '0B' : humanSize(n, 'i'))
    const show = (bytes: number): string => (has(ctx, 'h') ? human(bytes) : String(Math.floor(bytes / unit)))
    const width = isBusybox(sight) ? 12 : 12
    const line = (name: string, cells: readonly (string | number)[]): string =>
      `${name.padEnd(8)}${cells.map((c) => (typeof c === 'number' ? show(c) : c).padStart(width)).join('')}`
    return said(
      [
        line('', ['total', 'used', 'free', 'shared', 'buff/cache', 'available']),
        line('Mem:', [m.total, m.used, m.free, 0, 0, m.free]),
        line('Swap:', [0, 0, 0]),
      ].join('\n'),
    )
  },
}

/** The mount that holds a path. */
const holding = (mounts: readonly MountEntry[], path: string): MountEntry | undefined =>
  [...mounts].filter((m) => path === m.at || path.startsWith(m.at === '/' ? '/' : `${m.at}/`)).sort((a, b) => b.at.length - a.at.length)[0]

const df: ContainerTool = {
  names: ['df'],
  on: 'everywhere',
  run: (sight, ctx) => {
    const all = containerMounts(sight.hands, sight.run, sight.container)
    const paths = ctx.argv.slice(1).filter((w) => !w.startsWith('-'))
    const missing = paths.find((p) => ctx.files.stat(ctx.path(p)) === undefined)
    if (missing !== undefined) return failed(`df: ${missing}: ${isBusybox(sight) ? "can't find mount point" : 'No such file or directory'}`)
    const shown = paths.length === 0 ? all.filter((m) => m.used !== undefined) : paths.map((p) => holding(all, ctx.path(p))!)
    const human = has(ctx, 'h')
    const busybox = isBusybox(sight)
    const size = (bytes: number | undefined): string =>
      bytes === undefined ? '-' : human ? (busybox ? short(bytes) : humanSize(bytes)) : String(Math.ceil(bytes / 1024))
    const rows = shown.map((m) => {
      const used = m.used ?? 0
      const left = m.size === undefined ? undefined : Math.max(m.size - used, 0)
      const share = m.size === undefined || m.size === 0 ? '-' : `${Math.ceil((used * 100) / m.size)}%`
      return [m.source, size(m.size), size(used), size(left), share, m.at, ...(has(ctx, 'T') ? [m.type] : [])]
    })
    const typed = has(ctx, 'T')
    const widths = human ? [9, 9, 9, 4] : [10, 9, 9, 4]
    const line = ([source = '', a = '', b = '', c = '', d = '', at = '', type]: readonly string[]): string =>
      `${source.padEnd(20)} ${typed ? `${(type ?? '').padEnd(10)} ` : ''}${[a, b, c, d].map((w, i) => w.padStart(widths[i]!)).join(' ')} ${at}`
    const head = [
      'Filesystem',
      human ? 'Size' : '1K-blocks',
      'Used',
      human && !busybox ? 'Avail' : 'Available',
      'Use%',
      busybox || human ? 'Mounted on' : 'Mounted on',
      'Type',
    ]
    return said([line(head), ...rows.map(line)].join('\n'))
  },
}

const mount: ContainerTool = {
  names: ['mount'],
  on: 'everywhere',
  run: (sight, ctx) => {
    if (ctx.argv.slice(1).some((w) => !w.startsWith('-'))) return failed(`mount: permission denied (are you root?)`)
    const lines = containerMounts(sight.hands, sight.run, sight.container).map(
      (m) => `${m.source} on ${m.at} type ${m.type} (${m.options})`,
    )
    return said(lines.join('\n'))
  },
}

const nproc: ContainerTool = { names: ['nproc'], on: 'everywhere', run: ({ hands }) => said(String(processorsOf(hands))) }

const uptime: ContainerTool = {
  names: ['uptime'],
  on: 'procps',
  run: ({ hands }, ctx) =>
    said(
      ` ${formatTime(ctx.now()).slice(11, 19)} up ${upText(upMs(hands))},  0 users,  load average: ${loadText(hands).replaceAll(' ', ', ')}`,
    ),
}

/** There for those who expect it in a node's debugging pod; processes have no root of their own here. */
const chroot: ContainerTool = {
  names: ['chroot'],
  on: 'everywhere',
  run: ({ hands }, ctx) =>
    failed(
      `chroot: clusterlab: changing the root is not simulated: look at the files below ${ctx.argv[1] ?? 'the directory'}, or go to the machine itself (ssh ${hands.node.name})`,
      125,
    ),
}

export const resourceTools: readonly ContainerTool[] = [free, df, mount, nproc, uptime, chroot]
