/** ps, top, pidof, pgrep, pkill, killall and the file /bin/kill in a container, as busybox and procps print them. */
import { formatTime } from '../../api/rfc3339.ts'
import type { ToolContext, ToolResult } from '../../script/contract.ts'
import { nameOf, PASSWD } from '../../script/credentials.ts'
import { signalNumbers } from '../../script/language/signals.ts'
import { memoryOf } from '../machine-memory.ts'
import { type ListedProcess, nameOfProcess, visibleProcesses } from '../process-list.ts'
import { type ContainerTool, failed, isBusybox, type Sight, said, steppingOf } from './contract.ts'
import { loadText, processorsOf } from './machine-facts.ts'

const listOf = (sight: Sight, ctx: ToolContext): ListedProcess[] =>
  visibleProcesses(sight.hands, sight.run, sight.container, steppingOf(sight, ctx))

const userOf = (ctx: ToolContext, uid: number): string => nameOf(ctx.files, PASSWD, uid) ?? String(uid)
const commandOf = (p: ListedProcess): string => p.argv.join(' ')

/** CPU time so far, of what has used any at a steady rate. */
const usedMs = (p: ListedProcess, nowMs: number): number => ((nowMs - p.startedMs) * p.cpuMilli) / 1000
const minutes = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`
const hours = (ms: number): string => {
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`
}

type Cell = (p: ListedProcess, ctx: ToolContext, sight: Sight) => string
interface Column {
  readonly title: string
  readonly cell: Cell
  /** Set to the right in so many characters. */
  readonly right?: number
  readonly left?: number
}

const COLUMNS: Readonly<Record<string, Column>> = {
  pid: { title: 'PID', right: 5, cell: (p) => String(p.pid) },
  ppid: { title: 'PPID', right: 5, cell: (p) => String(p.ppid) },
  user: { title: 'USER', left: 8, cell: (p, ctx) => userOf(ctx, p.uid) },
  uid: { title: 'UID', right: 5, cell: (p) => String(p.uid) },
  comm: { title: 'COMMAND', left: 16, cell: nameOfProcess },
  args: { title: 'COMMAND', left: 27, cell: commandOf },
  time: { title: 'TIME', left: 6, cell: (p, ctx) => minutes(usedMs(p, ctx.now())).padStart(6) },
  etime: { title: 'ELAPSED', right: 7, cell: (p, ctx) => minutes(ctx.now() - p.startedMs) },
  stat: { title: 'STAT', left: 4, cell: (p) => p.state },
  rss: { title: 'RSS', right: 5, cell: (p) => String(Math.round(p.memoryBytes / 1024)) },
  tty: { title: 'TT', left: 6, cell: () => '?' },
}
const ALIASES: Readonly<Record<string, string>> = { cmd: 'args', command: 'args', ucmd: 'comm', state: 'stat', s: 'stat', euser: 'user' }

function rowsOf(sight: Sight, ctx: ToolContext, list: readonly ListedProcess[], columns: readonly Column[]): string {
  const set = (text: string, c: Column, last: boolean): string =>
    c.right !== undefined ? text.padStart(c.right) : last ? text : text.padEnd(c.left ?? 8)
  const line = (cells: readonly string[]): string => cells.map((t, i) => set(t, columns[i]!, i === columns.length - 1)).join(' ')
  const head = columns.map((c) => c.title)
  return [line(head), ...list.map((p) => line(columns.map((c) => c.cell(p, ctx, sight))))].join('\n')
}

/** `-o pid,comm`, `-opid`, `o pid`; undefined where it is not asked for, a text where a column is unknown. */
function chosenColumns(ctx: ToolContext): readonly Column[] | string | undefined {
  const words = ctx.argv.slice(1)
  const at = words.findIndex((w) => /^-?[a-zA-Z]*o/.test(w) && !w.startsWith('--'))
  if (at < 0) return undefined
  const given = words[at]!.replace(/^-?[a-zA-Z]*?o/, '') || words[at + 1] || ''
  const columns: Column[] = []
  for (const part of given.split(',')) {
    const [key = '', title] = part.split('=')
    const column = COLUMNS[ALIASES[key] ?? key]
    if (column === undefined) return key
    columns.push(title === undefined ? column : { ...column, title })
  }
  return columns
}

function procps(sight: Sight, ctx: ToolContext, list: readonly ListedProcess[]): string {
  const flags = ctx.argv.slice(1).join('')
  const total = memoryOf(sight.hands).total
  const started = (p: ListedProcess): string => formatTime(p.startedMs).slice(11, 16)
  const user = (p: ListedProcess): string => userOf(ctx, p.uid).padEnd(8)
  if (/u/.test(flags) && !flags.startsWith('-e')) {
    const rows = list.map((p) => {
      const share = ((p.memoryBytes * 100) / total).toFixed(1).padStart(4)
      const kb = String(Math.round(p.memoryBytes / 1024)).padStart(5)
      return `${user(p)} ${String(p.pid).padStart(7)} ${(p.cpuMilli / 10).toFixed(1).padStart(4)} ${share} ${'-'.padStart(6)} ${kb} ?        ${p.state.padEnd(4)} ${started(p)}   ${minutes(usedMs(p, ctx.now()))} ${commandOf(p)}`
    })
    return ['USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND', ...rows].join('\n')
  }
  if (/f/.test(flags)) {
    const rows = list.map(
      (p) =>
        `${user(p)} ${String(p.pid).padStart(7)} ${String(p.ppid).padStart(7)} ${String(Math.round(p.cpuMilli / 10)).padStart(2)} ${started(p)} ?        ${hours(usedMs(p, ctx.now()))} ${commandOf(p)}`,
    )
    return ['UID          PID    PPID  C STIME TTY          TIME CMD', ...rows].join('\n')
  }
  const mine = /[eAax]/.test(flags) ? list : list.filter((p) => p.running || p.of?.kind === 'exec')
  const rows = mine.map((p) => `${String(p.pid).padStart(7)} ?        ${hours(usedMs(p, ctx.now()))} ${nameOfProcess(p)}`)
  return ['    PID TTY          TIME CMD', ...rows].join('\n')
}

const ps: ContainerTool = {
  names: ['ps'],
  on: 'procps',
  run: (sight, ctx) => {
    const list = listOf(sight, ctx)
    const chosen = chosenColumns(ctx)
    if (typeof chosen === 'string') {
      const text = isBusybox(sight)
        ? `ps: bad -o argument '${chosen}', supported arguments: `
        : `error: unknown user-defined format specifier "${chosen}"\n\nthere are: `
      return failed(`${text}${Object.keys(COLUMNS).join(',')}`)
    }
    if (chosen !== undefined) return said(rowsOf(sight, ctx, list, chosen))
    if (!isBusybox(sight)) return said(procps(sight, ctx, list))
    const { pid, user, time, args } = COLUMNS as Record<'pid' | 'user' | 'time' | 'args', Column>
    return said(rowsOf(sight, ctx, list, [pid, user, { ...time, left: 5, cell: (p) => minutes(usedMs(p, ctx.now())).padStart(5) }, args]))
  },
}

const top: ContainerTool = {
  names: ['top'],
  on: 'procps',
  run: (sight, ctx) => {
    if (!ctx.argv.slice(1).some((w) => /^-?[a-zA-Z0-9]*b/.test(w)))
      return failed('top: a screen that refreshes is not simulated; use top -b -n1, ps, or kubectl top')
    const list = [...listOf(sight, ctx)].sort((a, b) => b.cpuMilli - a.cpuMilli || a.pid - b.pid)
    const { total, used, free } = memoryOf(sight.hands)
    const k = (bytes: number): number => Math.round(bytes / 1024)
    const cores = processorsOf(sight.hands)
    const busy = list.reduce((n, p) => n + p.cpuMilli, 0) / (cores * 10)
    const running = list.filter((p) => p.state === 'R').length
    const load = loadText(sight.hands)
    if (isBusybox(sight)) {
      const rows = list.map((p) => {
        const share = Math.round((p.memoryBytes * 100) / total)
        return `${String(p.pid).padStart(5)} ${String(p.ppid).padStart(5)} ${userOf(ctx, p.uid).padEnd(8)} ${p.state.padEnd(4)} ${String(k(p.memoryBytes)).padStart(7)} ${String(share).padStart(3)}% ${String(Math.round(p.cpuMilli / (cores * 10))).padStart(3)}% ${commandOf(p)}`
      })
      return said(
        [
          `Mem: ${k(used)}K used, ${k(free)}K free, 0K shrd, 0K buff, 0K cached`,
          `CPU: ${Math.round(busy)}% usr   0% sys   0% nic ${Math.round(100 - busy)}% idle   0% io   0% irq   0% sirq`,
          `Load average: ${load} ${running}/${list.length} ${list.at(-1)?.pid ?? 1}`,
          '  PID  PPID USER     STAT     RSS %MEM %CPU COMMAND',
          ...rows,
        ].join('\n'),
      )
    }
    const rows = list.map(
      (p) =>
        `${String(p.pid).padStart(7)} ${userOf(ctx, p.uid).padEnd(8)} ${String(k(p.memoryBytes)).padStart(7)} ${p.state} ${(p.cpuMilli / 10).toFixed(1).padStart(5)} ${((p.memoryBytes * 100) / total).toFixed(1).padStart(5)} ${nameOfProcess(p)}`,
    )
    return said(
      [
        `top - ${formatTime(ctx.now()).slice(11, 19)},  load average: ${load.replaceAll(' ', ', ')}`,
        `Tasks: ${String(list.length).padStart(3)} total, ${String(running).padStart(3)} running, ${String(list.length - running).padStart(3)} sleeping,   0 stopped,   0 zombie`,
        `MiB Mem : ${(total / 1024 ** 2).toFixed(1)} total, ${(free / 1024 ** 2).toFixed(1)} free, ${(used / 1024 ** 2).toFixed(1)} used,      0.0 buff/cache`,
        '',
        '    PID USER         RES S  %CPU  %MEM COMMAND',
        ...rows,
      ].join('\n'),
    )
  },
}

const pidof: ContainerTool = {
  names: ['pidof'],
  on: 'procps',
  run: (sight, ctx) => {
    const found = listOf(sight, ctx).filter((p) => ctx.argv.slice(1).includes(nameOfProcess(p)))
    return found.length === 0
      ? { exitCode: 1 }
      : said(
          found
            .map((p) => p.pid)
            .reverse()
            .join(' '),
        )
  },
}

/** The name after which a process is looked for: `-f` looks at its whole command. */
function matching(sight: Sight, ctx: ToolContext, exact: boolean): { signal: string; found: ListedProcess[] } | ToolResult {
  let signal = 'TERM'
  let whole = false
  const words: string[] = []
  for (const word of ctx.argv.slice(1)) {
    const name = /^-(?:SIG)?([A-Z0-9]+)$/.exec(word)?.[1]
    if (name !== undefined) signal = Object.entries(signalNumbers).find(([k, n]) => k === name || String(n) === name)?.[0] ?? name
    else if (word.startsWith('-')) whole ||= word.includes('f')
    else words.push(word)
  }
  if (words.length === 0) return failed(`${ctx.argv[0]}: no pattern`, 2)
  const matches = (p: ListedProcess): boolean =>
    words.some((w) => (exact ? nameOfProcess(p) === w : (whole ? commandOf(p) : nameOfProcess(p)).includes(w)))
  // A process never finds itself.
  return { signal, found: listOf(sight, ctx).filter((p) => !p.running && matches(p)) }
}

const pgrep: ContainerTool = {
  names: ['pgrep'],
  on: 'procps',
  run: (sight, ctx) => {
    const result = matching(sight, ctx, false)
    if (!('found' in result)) return result
    const long = ctx.argv.some((w) => /^-[a-z]*[la]/.test(w))
    return result.found.length === 0
      ? { exitCode: 1 }
      : said(result.found.map((p) => (long ? `${p.pid} ${commandOf(p)}` : String(p.pid))).join('\n'))
  },
}

const pkill = (name: string, exact: boolean): ContainerTool => ({
  names: [name],
  on: 'procps',
  run: (sight, ctx) => {
    const result = matching(sight, ctx, exact)
    if (!('found' in result)) return result
    if (result.found.length === 0) return exact ? failed(`killall: ${ctx.argv.at(-1)}: no process killed`) : { exitCode: 1 }
    const refused = result.found.filter((p) => ctx.kill?.(p.pid, result.signal) === 'refused')
    return refused.length === 0
      ? { exitCode: 0 }
      : failed(refused.map((p) => `${name}: can't kill pid ${p.pid}: Operation not permitted`).join('\n'))
  },
})

export const processTools: readonly ContainerTool[] = [ps, top, pidof, pgrep, pkill('pkill', false), pkill('killall', true)]
