/** Builtins for background jobs and signals: wait, jobs, kill, fg, bg, disown. */
import { complain } from '../attempt.ts'
import type { Kernel } from '../kernel.ts'
import { signalPid } from '../process-view.ts'
import { signalNumbers } from '../signals.ts'
import type { Process } from '../state.ts'
import { signalName } from './control.ts'
import type { Builtin } from './index.ts'

function jobPid(process: Process, word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word)
  if (!word.startsWith('%')) return undefined
  const live = process.jobs
  if (word === '%%' || word === '%+' || word === '%') return live[live.length - 1]?.pid
  if (word === '%-') return live[live.length - 2]?.pid
  return live.find((job) => String(job.number) === word.slice(1) || job.text.startsWith(word.slice(1)))?.pid
}

const wait: Builtin = (kernel, process, argv) => {
  const any = argv[1] === '-n'
  const words = argv.slice(any ? 2 : 1)
  const pids: number[] = []
  for (const word of words) {
    const pid = jobPid(process, word)
    const known = pid !== undefined && (process.jobs.some((job) => job.pid === pid) || process.done[pid] !== undefined)
    if (!known) {
      complain(kernel, process, `wait: ${word.startsWith('%') ? `${word}: no such job` : `pid ${word} is not a child of this shell`}`)
      return 127
    }
    pids.push(pid!)
  }
  if (words.length === 0) {
    for (const job of process.jobs) if (kernel.process(job.pid) !== undefined || any) pids.push(job.pid)
    if (pids.length === 0) {
      process.jobs = []
      return any ? 127 : 0
    }
  }
  process.frames.push({ k: 'waitjobs', s: 0, n: 0, pids: words.length === 0 && !any ? [...pids, -1] : pids, any })
  return 'pushed'
}

const jobs: Builtin = (kernel, process, argv) => {
  const live = process.jobs
  live.forEach((job, i) => {
    if (argv[1] === '-p') {
      kernel.write(process, 1, `${job.pid}\n`)
      return
    }
    const mark = i === live.length - 1 ? '+' : i === live.length - 2 ? '-' : ' '
    const state = job.status === undefined ? 'Running' : job.status === 0 ? 'Done' : job.status > 128 ? 'Terminated' : `Exit ${job.status}`
    kernel.write(process, 1, `[${job.number}]${mark}  ${state.padEnd(24)}${job.text}${job.status === undefined ? ' &' : ''}\n`)
  })
  process.jobs = live.filter((job) => job.status === undefined)
  return 0
}

const kill: Builtin = (kernel, process, argv) => {
  let name = 'TERM'
  let i = 1
  const option = argv[1] ?? ''
  if (option === '-l') {
    kernel.write(process, 1, `${Object.keys(signalNumbers).join(' ')}\n`)
    return 0
  }
  if (option === '-s' || option === '-n') {
    name = signalName(argv[2] ?? '') ?? ''
    i = 3
  } else if (/^-./.test(option) && option !== '--') {
    name = option === '-0' ? '0' : (signalName(option.slice(1)) ?? '')
    i = 2
  } else if (option === '--') i = 2
  if (name === '') {
    complain(kernel, process, `kill: ${option.replace(/^-/, '')}: invalid signal specification`)
    return 1
  }
  if (argv[i] === undefined) {
    complain(kernel, process, 'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]')
    return 2
  }
  return argv.slice(i).reduce((status, word) => Math.max(status, killOne(kernel, process, word, name)), 0)
}

function killOne(kernel: Kernel, process: Process, word: string, name: string): number {
  const pid = jobPid(process, word)
  const done = pid === undefined ? 'missing' : signalPid(kernel, pid, name) ? 'sent' : (kernel.host.signal?.(pid, name) ?? 'missing')
  if (done === 'refused') complain(kernel, process, `kill: (${word}) - Operation not permitted`)
  else if (done === 'missing') {
    const text = word.startsWith('%')
      ? `${word}: no such job`
      : /^-?\d+$/.test(word)
        ? `(${word}) - No such process`
        : `${word}: arguments must be process or job IDs`
    complain(kernel, process, `kill: ${text}`)
  }
  return done === 'sent' ? 0 : 1
}

const foreground: Builtin = (kernel, process, argv) => {
  const pid = jobPid(process, argv[1] ?? '%%')
  const job = process.jobs.find((other) => other.pid === pid)
  if (job === undefined) {
    complain(kernel, process, `${argv[0]}: ${argv[1] ?? 'current'}: no such job`)
    return 1
  }
  kernel.write(process, 1, `${job.text}\n`)
  if (argv[0] === 'bg') return 0
  process.frames.push({ k: 'waitjobs', s: 0, n: 0, pids: [job.pid], any: false, foreground: true })
  return 'pushed'
}

export const jobBuiltins: Readonly<Record<string, Builtin>> = { wait, jobs, kill, fg: foreground, bg: foreground, disown: () => 0 }
