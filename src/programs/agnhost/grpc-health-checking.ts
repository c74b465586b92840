/** `agnhost grpc-health-checking`: a gRPC server of nothing but health checks, and an HTTP port that makes it well or unwell. */
import { formatDuration } from '../../api/durations.ts'
import type { HttpRequest } from '../../network/contract.ts'
import { plainText } from '../text/http.ts'
import { int, type Subcommand, say, string } from './contract.ts'

interface State {
  readonly startedMs: number
  readonly forced?: 'SERVING' | 'NOT_SERVING'
}

export const grpcHealthChecking: Subcommand<State> = {
  name: 'grpc-health-checking',
  flags: { port: int(5000), 'http-port': int(8080), 'delay-unhealthy-sec': int(-1), service: string() },
  start({ ctx, flags }) {
    say(ctx, `Http server starting to listen on :${flags.number('http-port')}`)
    say(ctx, `gRPC server starting to listen on :${flags.number('port')}`)
    if (!ctx.listen(flags.number('http-port')) || !ctx.listen(flags.number('port'))) ctx.exit(1)
    return { startedMs: ctx.nowMs }
  },
  asked(state, event, { ctx, flags }) {
    const livedMs = ctx.nowMs - state.startedMs
    if (event.protocol === 'grpc-health') {
      const { service } = event.payload as { service: string }
      const delay = flags.number('delay-unhealthy-sec')
      if (service !== flags.text('service')) ctx.reply({ error: { code: 'NotFound', message: 'unknown service' } })
      else ctx.reply({ status: state.forced ?? (delay >= 0 && livedMs >= delay * 1000 ? 'NOT_SERVING' : 'SERVING') })
      return state
    }
    const path = (event.payload as HttpRequest).path.split('?')[0]
    const forced = path === '/make-not-serving' ? 'NOT_SERVING' : path === '/make-serving' ? 'SERVING' : undefined
    if (forced === undefined) {
      ctx.reply(plainText(404, '404 page not found\n'))
      return state
    }
    say(ctx, forced === 'SERVING' ? 'Mark as healthy' : 'Mark as unhealthy')
    ctx.reply(plainText(200, formatDuration(livedMs)))
    return { ...state, forced }
  },
}
