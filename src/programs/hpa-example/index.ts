/**
 * registry.k8s.io/hpa-example, the server of the documentation's autoscaling walkthrough: Apache with one PHP page that counts a million square
 * roots and says `OK!`. What it takes is processor time, so that is what runs out: requests wait for their turn at what the limit leaves.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/
 */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import * as say from '../php/apache-messages.ts'
import { httpDate } from '../text/times.ts'

/** Processor time of the page. */
export const PAGE_CPU_MS = 60
/** Beyond this part of its processor a server's queue grows. */
const FULL = 0.95
/** Apache's MaxRequestWorkers: so many wait at most. */
const WORKERS = 150
const MACHINE_MILLI = 4000
const IDLE_MILLI = 1
const MEMORY = 12 * 1024 * 1024
const PORT = 80
const PHP = '5.6.40'
/** What it serves: the sum of a million roots, for nobody. */
const INDEX = '<?php\n$x = 0.0001;\nfor ($i = 0; $i <= 1000000; $i++) {\n  $x += sqrt($x);\n}\necho "OK!";\n'

interface State {
  /** Of clients that are counted together. */
  readonly perSecond: number
  /** Until when the processor is taken by requests that came one by one. */
  readonly busyUntilMs: number
}

const milliOf = (ctx: ProcessContext): number => Math.max(10, ctx.limits.cpuMilli ?? MACHINE_MILLI)

/** How long a page takes whose request comes alone: one core at most works on it. */
const aloneMs = (ctx: ProcessContext): number => PAGE_CPU_MS / Math.min(1, milliOf(ctx) / 1000)

/** How long a page takes among so many a second. */
export function pageMs(perSecond: number, cpuMilli: number): number {
  const alone = PAGE_CPU_MS / Math.min(1, cpuMilli / 1000)
  const share = (perSecond * PAGE_CPU_MS) / cpuMilli
  return share < FULL ? alone / (1 - share * 0.8) : (WORKERS * PAGE_CPU_MS * 1000) / cpuMilli
}

function page(state: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  const request = event.payload as HttpRequest
  const found = ['/', '/index.php'].includes(request.path.split('?')[0]!)
  const body = found
    ? 'OK!'
    : '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head></html>\n'
  const status = found ? 200 : 404
  const headers = {
    server: 'Apache/2.4.10 (Debian)',
    date: httpDate(ctx.nowMs),
    'x-powered-by': `PHP/${PHP}`,
    'content-type': 'text/html; charset=UTF-8',
  }
  const reply: HttpReply = { status, headers, body: request.method === 'HEAD' ? '' : body }
  const agent = request.headers['user-agent'] ?? '-'
  ctx.log(say.access(ctx.nowMs, event.sourceIp, request.method, request.path, status, Buffer.byteLength(body) + 180, '-', agent))
  if (!found) {
    ctx.reply(reply, 1)
    return state
  }
  ctx.burn(PAGE_CPU_MS)
  if (state.perSecond > 0) {
    ctx.reply(reply, pageMs(state.perSecond, milliOf(ctx)))
    return state
  }
  const beginMs = Math.max(ctx.nowMs, state.busyUntilMs)
  ctx.reply(reply, beginMs - ctx.nowMs + aloneMs(ctx))
  return { ...state, busyUntilMs: beginMs + (PAGE_CPU_MS * 1000) / milliOf(ctx) }
}

export const hpaExample: Program<State> = {
  name: 'hpa-example',
  executables: ['apache2-php5'],
  start(ctx) {
    ctx.listen(PORT)
    ctx.memory(MEMORY)
    ctx.cpu(IDLE_MILLI)
    ctx.log(say.serverName(ctx.pod.ip), 'stderr')
    ctx.log(say.configured(ctx.nowMs, PHP), 'stderr')
    return { perSecond: 0, busyUntilMs: 0 }
  },
  on(state, event, ctx) {
    switch (event.type) {
      case 'request':
        if (event.protocol === 'http') return page(state, event, ctx)
        ctx.reply(null)
        return state
      case 'load':
        ctx.cpu(Math.min(milliOf(ctx), IDLE_MILLI + event.perSecond * PAGE_CPU_MS))
        return { ...state, perSecond: event.perSecond }
      case 'signal':
        if (!['TERM', 'INT', 'WINCH'].includes(event.signal)) return state
        ctx.log(event.signal === 'WINCH' ? say.stopping(ctx.nowMs) : say.terminated(ctx.nowMs), 'stderr')
        ctx.exit(0)
        return state
      default:
        return state
    }
  },
}

export const hpaExampleImage: ImageRecord = {
  repositories: ['registry.k8s.io/hpa-example', 'k8s.gcr.io/hpa-example'],
  version: (tag) => (tag === 'latest' ? PHP : undefined),
  image: () => ({
    entrypoint: [],
    cmd: ['apache2-php5'],
    env: { PHP_VERSION: PHP },
    workingDir: '/var/www/html',
    exposedPorts: [PORT],
    sizeBytes: 200 * MB,
    files: { '/var/www/html/index.php': INDEX },
    base: 'debian',
    executables: ['apache2-php5', 'curl'],
  }),
}
