/**
 * Nextcloud under Apache or PHP-FPM, as the official image runs it. Accounts and the file cache live in the database, files in the data
 * directory, the instance's settings in config/config.php: all of it in its volume and its database, nothing in the process.
 */
import type { HttpRequest } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { PAGE_CPU_MS } from '../php/capacity.ts'
import { type ApacheState, beforeApache, beginApache, onApache, type PhpApplication } from '../php/server.ts'
import { MiB, slowdown } from '../text/context.ts'
import { dashedTime } from '../text/times.ts'
import { nextcloudCommands } from './commands.ts'
import { enter, type Next, onStep, type Step } from './entrypoint.ts'
import { INTERNAL } from './messages.ts'
import { visit } from './pages.ts'
import { PHP } from './visit.ts'

interface State extends ApacheState {
  readonly step: Step
}

const application: PhpApplication = {
  php: PHP,
  visit,
  exhausted: { where: '/var/www/html/lib/private/Files/View.php on line 1043', body: INTERNAL },
}
const FPM_PORT = 9000
const isFpm = (ctx: ProcessContext): boolean => ctx.argv.some((a) => a.endsWith('php-fpm'))
const fpmTime = (nowMs: number): string => `[${dashedTime(nowMs)}]`

/** Goes on with the start until something takes time, or the server runs. */
function advance(state: State, go: () => Next, ctx: ProcessContext): State {
  let given: Next
  try {
    given = go()
    while (given.workMs === 0 && given.waitMs === 0 && !['ready', 'failed'].includes(given.step.kind)) given = onStep(given.step, ctx)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    ctx.log(`rsync: [receiver] mkstemp "${error.path}" failed: ${error.message}`, 'stderr')
    ctx.exit(11)
    return { ...state, step: { kind: 'failed' } }
  }
  const { step, workMs, waitMs } = given
  if (step.kind === 'ready') return isFpm(ctx) ? beginFpm(state, ctx) : { ...beginApache(ctx, application), step }
  if (step.kind !== 'failed') {
    ctx.cpu(workMs > 0 ? 800 : 0)
    ctx.timer('step', workMs * slowdown(ctx) + waitMs)
  }
  return { ...state, step }
}

function beginFpm(state: State, ctx: ProcessContext): State {
  if (!ctx.listen(FPM_PORT)) {
    ctx.log(`${fpmTime(ctx.nowMs)} ERROR: unable to bind listening socket for address '9000': Address already in use (98)`, 'stderr')
    ctx.exit(78)
    return { ...state, step: { kind: 'failed' } }
  }
  ctx.log(`${fpmTime(ctx.nowMs)} NOTICE: fpm is running, pid 1`, 'stderr')
  ctx.log(`${fpmTime(ctx.nowMs)} NOTICE: ready to handle connections`, 'stderr')
  ctx.memory(60 * MiB)
  ctx.cpu(2)
  return { ...state, phase: 'up', step: { kind: 'ready' } }
}

/** PHP-FPM speaks FastCGI: its messages carry what the web server before it was asked. HTTP it does not understand. */
function onFpm(state: State, event: ProcessEvent, ctx: ProcessContext): State {
  if (event.type === 'signal' && ['TERM', 'INT', 'QUIT'].includes(event.signal)) {
    ctx.log(`${fpmTime(ctx.nowMs)} NOTICE: exiting, bye-bye!`, 'stderr')
    ctx.exit(0)
    return { ...state, phase: 'stopped' }
  }
  if (event.type !== 'request') return state
  if (event.protocol !== 'fastcgi') {
    ctx.reset()
    return state
  }
  const request = event.payload as HttpRequest
  const { status, headers, body, databaseMs } = visit(request, ctx, event.sourceIp)
  ctx.burn(PAGE_CPU_MS)
  ctx.log(`${event.sourceIp} -  ${dashedTime(ctx.nowMs)} "${request.method} /index.php" ${status}`, 'stderr')
  ctx.reply({ status, headers, body }, PAGE_CPU_MS * slowdown(ctx) + databaseMs)
  return state
}

export const nextcloud: Program<State> = {
  name: 'nextcloud',
  executables: ['php-fpm'],
  commands: nextcloudCommands,
  start(ctx) {
    ctx.memory(40 * MiB)
    return advance({ ...beforeApache(ctx), step: { kind: 'lock', told: false } }, () => enter(ctx), ctx)
  },
  on(state, event, ctx) {
    if (state.phase === 'up') return isFpm(ctx) ? onFpm(state, event, ctx) : onApache(state, event, ctx, application)
    if (event.type === 'timer') return advance(state, () => onStep(state.step, ctx), ctx)
    if (event.type === 'request') ctx.reset()
    // The entrypoint's shell is process 1 and has no handler: TERM does nothing to it.
    return state
  },
}
