/** `agnhost logs-generator`: so many lines in such a time, each like one of an API server's. */
import { civilFromMs, formatMicroTime } from '../../api/rfc3339.ts'
import type { ProcessContext } from '../contract.ts'
import { type Call, duration, int, type Subcommand } from './contract.ts'

const METHODS = ['GET', 'POST', 'PUT']
const NAMESPACES = ['kube-system', 'default', 'ns']
/** The letters of Kubernetes' generated names. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** klog's head: severity, month and day, time, process, place. */
function klog(severity: string, nowMs: number, line: number, text: string): string {
  const { month, day } = civilFromMs(nowMs)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${severity}${two(month)}${two(day)} ${formatMicroTime(nowMs).slice(11, 26)}       1 logs_generator.go:${line}] ${text}`
}

function line(ctx: ProcessContext, id: number): string {
  let draw = 0
  const below = (n: number): number => Math.floor(ctx.random('line', id * 16 + draw++) * n)
  const method = METHODS[below(METHODS.length)]!
  const namespace = NAMESPACES[below(NAMESPACES.length)]!
  const name = Array.from({ length: 3 + below(2) }, () => LETTERS[below(LETTERS.length)]).join('')
  return `${id} ${method} /api/v1/namespaces/${namespace}/pods/${name} ${200 + below(400)}`
}

function tell({ written }: { written: number }, { ctx, flags }: Call): { written: number } {
  const total = flags.number('log-lines-total')
  if (written >= total) {
    ctx.exit(0)
    return { written }
  }
  ctx.log(klog('I', ctx.nowMs, 70, line(ctx, written)), 'stderr')
  ctx.timer('line', Math.max(1, Math.round(flags.durationMs('run-duration') / total)))
  return { written: written + 1 }
}

export const logsGenerator: Subcommand<{ written: number }> = {
  name: 'logs-generator',
  flags: { 'log-lines-total': int(0, 't'), 'run-duration': duration('0s', 'd') },
  start(call) {
    const { ctx, flags } = call
    const [total, spanMs] = [flags.number('log-lines-total'), flags.durationMs('run-duration')]
    const wrong =
      total <= 0 ? `Invalid total number of lines: ${total}` : spanMs <= 0 ? `Invalid duration: ${flags.text('run-duration')}` : undefined
    if (wrong === undefined) return tell({ written: 0 }, call)
    ctx.log(klog('F', ctx.nowMs, 60, wrong), 'stderr')
    ctx.exit(255)
    return { written: 0 }
  },
  woken: (state, _timer, call) => tell(state, call),
}
