/**
 * WordPress under Apache prefork and PHP, as the official image runs it. State is what Apache holds in memory; posts live in the
 * database, files under /var/www/html. Models wordpress:6.x-apache.
 */
import type { HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { exists, makeDirectory, namesIn, writeText } from '../text/files.ts'
import { httpDate } from '../text/times.ts'
import { type Capacity, capacityAt, HEAVY_BYTES, type Load, memoryAt, PAGE_BYTES, PAGE_CPU_MS } from './capacity.ts'
import * as say from './messages.ts'
import { visit } from './pages.ts'
import { type Limits, ROOT, readLimits } from './settings.ts'

interface State {
  readonly phase: 'copying' | 'starting' | 'up' | 'stopped'
  readonly limits: Limits
  readonly load: Load
  /** How long the last page waited for its database, rounded: part of how long workers are busy. */
  readonly databaseMs: number
  readonly capacity: Capacity
}

const COPY_MS = 1_200
const START_MS = 900
const NO_LOAD: Load = { perSecond: 0 }
/** CPU of a container without a limit: the machine's. */
const UNLIMITED_MILLI = 4000
const PHP = '8.2.29'

const cpuOf = (ctx: ProcessContext): number => ctx.limits.cpuMilli ?? UNLIMITED_MILLI
const slow = (ctx: ProcessContext): number => 1000 / Math.min(1000, Math.max(10, cpuOf(ctx)))

/** The entrypoint's work: files where there are none. */
function copy(ctx: ProcessContext): boolean {
  const { files, env } = ctx
  makeDirectory(files, ROOT)
  const fresh = !exists(files, `${ROOT}/index.php`) && !exists(files, `${ROOT}/wp-includes/version.php`)
  if (fresh) {
    ctx.log(say.NOT_FOUND_COPYING, 'stderr')
    if (namesIn(files, ROOT).length > 0) ctx.log(say.notEmpty([]), 'stderr')
    for (const [path, text] of Object.entries(TREE)) writeText(files, `${ROOT}/${path}`, text)
    makeDirectory(files, `${ROOT}/wp-content/uploads`)
    ctx.log(say.COPIED, 'stderr')
  }
  const variables = Object.keys(env)
    .filter((n) => n.startsWith('WORDPRESS_'))
    .sort()
  if (!exists(files, `${ROOT}/wp-config.php`) && variables.length > 0) {
    ctx.log(say.copyingConfig(variables), 'stderr')
    writeText(files, `${ROOT}/wp-config.php`, say.WP_CONFIG)
  }
  return fresh
}

/** The files that matter here, of the 3,000 there are. */
const TREE: Readonly<Record<string, string>> = {
  'index.php': "<?php\ndefine( 'WP_USE_THEMES', true );\nrequire __DIR__ . '/wp-blog-header.php';\n",
  'wp-includes/version.php': "<?php\n$wp_version = '6.8.3';\n",
  'wp-login.php': '<?php\n',
  'wp-admin/install.php': '<?php\n',
  'wp-comments-post.php': '<?php\n',
  'wp-config-docker.php': say.WP_CONFIG,
  'wp-content/index.php': '<?php\n// Silence is golden.\n',
  'wp-content/themes/twentytwentyfive/style.css': '/*\nTheme Name: Twenty Twenty-Five\n*/\n',
  'license.txt': 'WordPress - Web publishing software\n',
  'readme.html': '<!DOCTYPE html>\n<html lang="en">\n<head><title>WordPress &rsaquo; ReadMe</title></head>\n</html>\n',
}

function begin(ctx: ProcessContext): State {
  const limits = readLimits(ctx)
  const capacity = capacityAt(NO_LOAD, limits, cpuOf(ctx), 0)
  if (!ctx.listen(limits.listenPort)) {
    ctx.log(say.portTaken(limits.listenPort), 'stderr')
    ctx.exit(1)
    return { phase: 'stopped', limits, load: NO_LOAD, databaseMs: 0, capacity }
  }
  ctx.log(say.serverName(ctx.pod.ip), 'stderr')
  ctx.log(say.serverName(ctx.pod.ip), 'stderr')
  ctx.log(say.configured(ctx.nowMs, PHP), 'stderr')
  ctx.log(say.commandLine(ctx.nowMs), 'stderr')
  ctx.memory(memoryAt(capacity, limits))
  ctx.cpu(5)
  return { phase: 'up', limits, load: NO_LOAD, databaseMs: 0, capacity }
}

/** Workers and memory after a change of load or of the database's speed. */
function adjusted(state: State, load: Load, databaseMs: number, ctx: ProcessContext): State {
  const capacity = capacityAt(load, state.limits, cpuOf(ctx), databaseMs)
  if (capacity.saturated && !state.capacity.saturated) ctx.log(say.maxWorkers(ctx.nowMs), 'stderr')
  ctx.memory(memoryAt(capacity, state.limits))
  ctx.cpu(Math.min(cpuOf(ctx), 5 + load.perSecond * PAGE_CPU_MS))
  return { ...state, load, databaseMs, capacity }
}

function serve(state: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol !== 'http') {
    ctx.reply(null)
    return state
  }
  const request = event.payload as HttpRequest
  const page = visit(request, ctx, event.sourceIp)
  ctx.burn(page.php ? PAGE_CPU_MS : 1)
  const need = page.heavy ? HEAVY_BYTES : PAGE_BYTES
  const exhausted = page.php && need > state.limits.memoryLimitBytes
  if (exhausted) ctx.log(say.phpError(ctx.nowMs, say.exhausted(state.limits.memoryLimitBytes), event.sourceIp), 'stderr')
  const { status, headers, body } = exhausted ? { status: 500, headers: page.headers, body: say.CRITICAL } : page
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
    (page.php ? PAGE_CPU_MS * slow(ctx) : 2) + page.databaseMs + state.capacity.queueMs,
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

export const wordpress: Program<State> = {
  name: 'wordpress',
  executables: ['apache2-foreground', 'apache2'],
  start(ctx) {
    const limits = readLimits(ctx)
    const first: State = { phase: 'copying', limits, load: NO_LOAD, databaseMs: 0, capacity: capacityAt(NO_LOAD, limits, cpuOf(ctx), 0) }
    ctx.memory(40 * 1024 * 1024)
    try {
      const fresh = copy(ctx)
      ctx.cpu(500)
      ctx.timer('start', ((fresh ? COPY_MS : 0) + START_MS) * slow(ctx))
      return first
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      ctx.log(`tar: ./wp-content: Cannot mkdir: ${error.message}`, 'stderr')
      ctx.exit(2)
      return { ...first, phase: 'stopped' }
    }
  },
  on(state, event, ctx) {
    switch (event.type) {
      case 'timer':
        return begin(ctx)
      case 'request':
        if (state.phase === 'up') return serve(state, event, ctx)
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
  },
}
