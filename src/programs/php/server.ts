/**
 * Apache prefork with mod_php, as the official images of PHP applications run it: workers under load, memory, logs, signals. What a page
 * says is the application's.
 */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, ProcessEvent } from '../contract.ts'
import { slowdown } from '../text/context.ts'
import { httpDate } from '../text/times.ts'
import * as say from './apache-messages.ts'
import { type Capacity, capacityAt, HEAVY_BYTES, type Load, memoryAt, PAGE_BYTES, PAGE_CPU_MS } from './capacity.ts'
import { type Limits, readLimits } from './limits.ts'

/** A page, how long its database took, and whether PHP made it. */
export interface Page extends HttpReply {
  readonly databaseMs: number
  readonly php: boolean
  /** Needs much memory: searches, image processing. */
  readonly heavy?: boolean
}

export interface ApacheState {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly limits: Limits
  readonly load: Load
  /** How long the last page waited for its database, rounded: part of how long workers are busy. */
  readonly databaseMs: number
  readonly capacity: Capacity
}

/** What the application adds. */
export interface PhpApplication {
  /** `8.2.29`. */
  readonly php: string
  visit(request: HttpRequest, ctx: ProcessContext, client: string): Page
  /** Where PHP runs out of memory, and what it answers then. */
  readonly exhausted: { readonly where: string; readonly body: string }
}

const NO_LOAD: Load = { perSecond: 0 }
/** CPU of a container without a limit: the machine's. */
const UNLIMITED_MILLI = 4000

const cpuOf = (ctx: ProcessContext): number => ctx.limits.cpuMilli ?? UNLIMITED_MILLI

/** Before Apache listens: its entrypoint's script works. */
export function beforeApache(ctx: ProcessContext, phase: 'starting' | 'stopped' = 'starting'): ApacheState {
  const limits = readLimits(ctx)
  return { phase, limits, load: NO_LOAD, databaseMs: 0, capacity: capacityAt(NO_LOAD, limits, cpuOf(ctx), 0) }
}

/** Starts to listen, or ends where the port is taken. */
export function beginApache(ctx: ProcessContext, { php }: PhpApplication): ApacheState {
  const state = beforeApache(ctx)
  if (!ctx.listen(state.limits.listenPort)) {
    ctx.log(say.portTaken(state.limits.listenPort), 'stderr')
    ctx.exit(1)
    return { ...state, phase: 'stopped' }
  }
  ctx.log(say.serverName(ctx.pod.ip), 'stderr')
  ctx.log(say.serverName(ctx.pod.ip), 'stderr')
  ctx.log(say.configured(ctx.nowMs, php), 'stderr')
  ctx.log(say.commandLine(ctx.nowMs), 'stderr')
  ctx.memory(memoryAt(state.capacity, state.limits))
  ctx.cpu(5)
  return { ...state, phase: 'up' }
}

/** Workers and memory after a change of load or of the database's speed. */
function adjusted<S extends ApacheState>(state: S, load: Load, databaseMs: number, ctx: ProcessContext): S {
  const capacity = capacityAt(load, state.limits, cpuOf(ctx), databaseMs)
  if (capacity.saturated && !state.capacity.saturated) ctx.log(say.maxWorkers(ctx.nowMs), 'stderr')
  ctx.memory(memoryAt(capacity, state.limits))
  ctx.cpu(Math.min(cpuOf(ctx), 5 + load.perSecond * PAGE_CPU_MS))
  return { ...state, load, databaseMs, capacity }
}

/** A request, a change of load or a signal; other events leave the state as it is. */
export function onApache<S extends ApacheState>(state: S, event: ProcessEvent, ctx: ProcessContext, application: PhpApplication): S {
  switch (event.type) {
    case 'request':
      if (state.phase === 'up') return serve(state, event, ctx, application)
      ctx.reset()
      return state
    case 'load':
      return adjusted(state, { perSecond: event.perSecond }, state.databaseMs, ctx)
    case 'signal':
      if (event.signal === 'HUP' || event.signal === 'USR1')
        return adjusted({ ...state, limits: readLimits(ctx) }, state.load, state.databaseMs, ctx)
      if (!['TERM', 'INT', 'WINCH'].includes(event.signal)) return state
      ctx.log(event.signal === 'WINCH' ? say.stopping(ctx.nowMs) : say.terminated(ctx.nowMs), 'stderr')
      ctx.exit(0)
      return { ...state, phase: 'stopped' }
    default:
      return state
  }
}

function serve<S extends ApacheState>(state: S, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext, app: PhpApplication): S {
  if (event.protocol !== 'http') {
    ctx.reply(null)
    return state
  }
  const request = event.payload as HttpRequest
  const page = app.visit(request, ctx, event.sourceIp)
  ctx.burn(page.php ? PAGE_CPU_MS : 1)
  const need = page.heavy ? HEAVY_BYTES : PAGE_BYTES
  const exhausted = page.php && need > state.limits.memoryLimitBytes
  if (exhausted)
    ctx.log(say.phpError(ctx.nowMs, say.exhausted(state.limits.memoryLimitBytes, app.exhausted.where), event.sourceIp), 'stderr')
  const { status, headers, body } = exhausted ? { status: 500, headers: page.headers, body: app.exhausted.body } : page
  const h = request.headers
  ctx.log(
    say.access(
      ctx.nowMs,
      event.sourceIp,
      request.method,
      request.path,
      status,
      Buffer.byteLength(body) + 320,
      h['referer'] ?? '-',
      h['user-agent'] ?? '-',
    ),
  )
  ctx.reply(
    {
      status,
      headers: { ...headers, server: 'Apache/2.4.65 (Debian)', date: httpDate(ctx.nowMs) },
      body: request.method === 'HEAD' ? '' : body,
    },
    (page.php ? PAGE_CPU_MS * slowdown(ctx) : 2) + page.databaseMs + state.capacity.queueMs,
  )
  const { capacity } = state
  if (capacity.saturated)
    ctx.hop(() => ({
      layer: 'process',
      at: 'apache2',
      detail: `all ${capacity.workers} workers are busy: the request waits ${Math.round(capacity.queueMs)} ms for one`,
      ok: false,
    }))
  // Rounded, so that a steady load changes nothing.
  const databaseMs = page.php ? Math.ceil(page.databaseMs / 100) * 100 : state.databaseMs
  return databaseMs === state.databaseMs || state.load.perSecond === 0 ? state : adjusted(state, state.load, databaseMs, ctx)
}
