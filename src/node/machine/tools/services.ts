/** systemctl, journalctl and the switches of a machine (reboot, poweroff), for the two units that are simulated: kubelet and containerd. */
import type { Event } from '../../../api/generated/types/core-v1.ts'
import { formatTime, parseTime } from '../../../api/rfc3339.ts'
import type { ToolContext, ToolResult } from '../../../script/contract.ts'
import { JOURNAL, type JournalLine, UNIT_TITLES } from '../../units.ts'
import { failed, type Machine, type MachineTool, said } from '../contract.ts'
import { journalTime, sinceText } from '../words.ts'

const UNITS: Readonly<Record<string, { readonly title: string; readonly pid: number; readonly file: string }>> = {
  kubelet: {
    title: UNIT_TITLES.kubelet,
    pid: 812,
    file: '/usr/lib/systemd/system/kubelet.service; enabled; preset: enabled',
  },
  containerd: {
    title: UNIT_TITLES.containerd,
    pid: 702,
    file: '/usr/lib/systemd/system/containerd.service; enabled; preset: enabled',
  },
}

const unitName = (word: string): string => word.replace(/\.service$/, '')

const isActive = (machine: Machine, unit: string): boolean => {
  const power = machine.power()
  return unit === 'kubelet' ? power.kubeletStopped !== true : power.runtimeStopped !== true
}

function set(machine: Machine, unit: string, running: boolean): ToolResult {
  if (unit === 'kubelet') machine.fleet.stopKubelet(machine.name, !running)
  else machine.fleet.stopRuntime(machine.name, !running)
  return said('')
}

function status(machine: Machine, unit: string): ToolResult {
  const { title, pid, file } = UNITS[unit]!
  const active = isActive(machine, unit)
  const { nowMs } = machine.hands.cluster.clock
  const changed =
    journal(machine, unit)
      .filter((l) => l.by === 'systemd')
      .at(-1)?.ms ?? machine.power().sinceMs
  const since = `since ${formatTime(changed).replace('T', ' ').replace('Z', ' UTC')}; ${sinceText(nowMs - changed)}`
  const lines = [
    `${active ? '●' : '○'} ${unit}.service - ${title}`,
    `     Loaded: loaded (${file})`,
    `     Active: ${active ? 'active (running)' : 'inactive (dead)'} ${since}`,
    ...(active ? [`   Main PID: ${pid} (${unit})`] : []),
    '',
    ...journal(machine, unit)
      .slice(-10)
      .map((l) => lineText(machine, l)),
  ]
  return { exitCode: active ? 0 : 3, stdout: `${lines.join('\n')}\n` }
}

const ACTS: Readonly<Record<string, (machine: Machine, unit: string) => ToolResult>> = {
  status,
  'is-active': (machine, unit) => ({
    exitCode: isActive(machine, unit) ? 0 : 3,
    stdout: isActive(machine, unit) ? 'active\n' : 'inactive\n',
  }),
  start: (machine, unit) => set(machine, unit, true),
  stop: (machine, unit) => set(machine, unit, false),
  restart: (machine, unit) => {
    set(machine, unit, false)
    return set(machine, unit, true)
  },
}

const systemctl: MachineTool = {
  names: ['systemctl'],
  run: (machine, ctx) => {
    const words = ctx.argv.slice(1).filter((w) => !w.startsWith('-'))
    const [verb = '', ...units] = words
    if (verb === 'daemon-reload') return said('')
    if (verb === 'reboot' || verb === 'poweroff') return power(machine, verb)
    const act = Object.hasOwn(ACTS, verb) ? ACTS[verb] : undefined
    if (act === undefined) return failed(`systemctl ${verb}: not simulated; there are ${Object.keys(ACTS).join(', ')}, reboot, poweroff`)
    let result: ToolResult = failed('Too few arguments.')
    for (const word of units) {
      const unit = unitName(word)
      if (!Object.hasOwn(UNITS, unit))
        return verb === 'status'
          ? failed(`Unit ${unit}.service could not be found.`, 4)
          : failed(`Failed to ${verb} ${unit}.service: Unit ${unit}.service not found.`, 5)
      result = act(machine, unit)
    }
    return result
  },
}

function power(machine: Machine, verb: string): ToolResult {
  machine.fleet.shutDown(machine.name, verb === 'reboot')
  return said('')
}

const switches: MachineTool = {
  names: ['reboot', 'poweroff', 'shutdown', 'halt'],
  run: (machine, ctx) => power(machine, ctx.argv[0] === 'reboot' || ctx.argv.includes('-r') ? 'reboot' : 'poweroff'),
}

// ── the journal ──

interface Line {
  readonly ms: number
  readonly by: string
  readonly text: string
}

const klogTime = (ms: number): string => formatTime(ms).slice(5, 19).replace('-', '').replace('T', ' ')

/** What the kubelet reported, as its event recorder logs it. */
function eventLine(event: Event, nodeName: string): Line {
  const ms = parseTime(event.lastTimestamp ?? event.firstTimestamp ?? '') ?? 0
  const { kind, namespace, name, fieldPath = '', apiVersion = 'v1' } = event.involvedObject
  const object = kind === 'Node' ? nodeName : `${namespace}/${name}`
  const text = `I${klogTime(ms)}.000000     812 event.go:389] "Event occurred" object="${object}" fieldPath="${fieldPath}" kind="${kind}" apiVersion="${apiVersion}" type="${event.type}" reason="${event.reason}" message=${JSON.stringify(event.message)}`
  return { ms, by: 'kubelet', text }
}

function journal(machine: Machine, unit: string | undefined): Line[] {
  const { cluster } = machine.hands
  const kept = cluster.cells.get<readonly JournalLine[]>(JOURNAL, machine.name) ?? []
  const lines: Line[] = kept.filter((l) => unit === undefined || l.unit === unit).map(({ ms, by, text }) => ({ ms, by, text }))
  if (unit === undefined || unit === 'kubelet')
    for (const event of cluster.read.list('events'))
      if (event.source?.component === 'kubelet' && event.source.host === machine.name) lines.push(eventLine(event, machine.name))
  return lines.sort((a, b) => a.ms - b.ms)
}

const PIDS: Readonly<Record<string, number>> = { systemd: 1, kubelet: 812, containerd: 702 }
const lineText = (machine: Machine, l: Line): string =>
  `${journalTime(l.ms)} ${machine.name} ${l.by}${l.by === 'kernel' ? '' : `[${PIDS[l.by] ?? 1}]`}: ${l.text}`

function journalctlOptions(ctx: ToolContext): { unit?: string; lines?: number; follow: boolean; unknown?: string } {
  const words = ctx.argv.slice(1)
  let unit: string | undefined
  let lines: number | undefined
  let unknown: string | undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const [, short] = /^-(?:x?e?u)(.*)$/.exec(word) ?? []
    if (word === '--unit' || short === '') unit = words[++i]
    else if (short !== undefined) unit = short
    else if (word.startsWith('--unit=')) unit = word.slice(7)
    else if (word === '-n' || word === '--lines') lines = Number(words[++i])
    else if (/^-n\d+$/.test(word)) lines = Number(word.slice(2))
    else if (word.startsWith('--lines=')) lines = Number(word.slice(8))
    else if (word === '-k' || word === '--dmesg') unit = 'kernel'
    else if (!/^(--no-pager|-x|-e|-xe|-f|--follow|-r|-b|-l|--full|-q)$/.test(word)) unknown = word
  }
  return {
    ...(unit !== undefined && { unit: unitName(unit) }),
    ...(lines !== undefined && { lines }),
    ...(unknown !== undefined && { unknown }),
    follow: words.some((w) => w === '-f' || w === '--follow'),
  }
}

const journalctl: MachineTool = {
  names: ['journalctl'],
  run: (machine, ctx) => {
    const { unit, lines, follow, unknown } = journalctlOptions(ctx)
    if (unknown !== undefined) return failed(`journalctl: ${unknown} is not simulated; use -u UNIT, -k, -n LINES, -r, --no-pager`)
    if (follow) return failed('journalctl: -f is not simulated; ask again, or use kubectl get events -A --watch')
    const all = journal(machine, unit)
    const wanted = lines === undefined ? all : all.slice(-lines)
    if (wanted.length === 0) return said('-- No entries --')
    const texts = wanted.map((l) => lineText(machine, l))
    return said((ctx.argv.includes('-r') ? texts.reverse() : texts).join('\n'))
  },
}

/** The kernel's lines of this boot, with the seconds since it; `-T` with the time of day. */
const dmesg: MachineTool = {
  names: ['dmesg'],
  run: (machine, ctx) => {
    const bootMs = machine.power().sinceMs
    const human = ctx.argv.slice(1).some((w) => /^-[a-zA-Z]*T/.test(w) || w === '--ctime')
    const stamp = (ms: number): string => (human ? journalTime(ms) : ((ms - bootMs) / 1000).toFixed(6).padStart(12))
    const lines = journal(machine, 'kernel').filter((l) => l.ms >= bootMs)
    return said(lines.map((l) => `[${stamp(l.ms)}] ${l.text}`).join('\n'))
  },
}

export const serviceTools: readonly MachineTool[] = [systemctl, switches, journalctl, dmesg]
