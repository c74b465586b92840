/** hashicorp/http-echo: one text for every request, on port 5678. */
import type { HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { plainText } from '../text/http.ts'
import { slashedTime } from '../text/times.ts'

interface State {
  readonly text: string
  readonly status: number
}

const flag = (ctx: ProcessContext, name: string): string | undefined => {
  for (const [i, word] of ctx.argv.entries()) {
    const match = new RegExp(`^--?${name}(?:=([\\s\\S]*))?$`).exec(word)
    if (match) return match[1] ?? ctx.argv[i + 1]
  }
  return undefined
}

export const httpEcho: Program<State> = {
  name: 'http-echo',
  executables: ['http-echo'],
  start(ctx) {
    const text = flag(ctx, 'text') ?? ctx.env['ECHO_TEXT']
    const port = Number(/:(\d+)$/.exec(flag(ctx, 'listen') ?? ':5678')?.[1] ?? 5678)
    if (text === undefined) {
      ctx.log('Missing -text option or ECHO_TEXT environment variable!', 'stderr')
      ctx.exit(127)
      return { text: '', status: 200 }
    }
    ctx.memory(7_000_000)
    ctx.listen(port)
    ctx.log(`${slashedTime(ctx.nowMs)} [INFO] server is listening on :${port}`)
    return { text, status: Number(flag(ctx, 'status-code') ?? 200) }
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(0)
    if (event.type !== 'request') return state
    if (event.protocol !== 'http') ctx.reply(null)
    else {
      const request = event.payload as HttpRequest
      const body = request.path.split('?')[0] === '/health' ? '{"status":"ok"}' : `${state.text}\n`
      ctx.log(
        `${slashedTime(ctx.nowMs)} ${request.host} ${event.sourceIp}:45678 "${request.method} ${request.path} HTTP/1.1" ${state.status} ${body.length} "${request.headers['user-agent'] ?? ''}" 20µs`,
      )
      ctx.reply(plainText(state.status, body, { 'x-app-name': 'http-echo', 'x-app-version': '1.0.0' }))
    }
    return state
  },
}

export const httpEchoImage: ImageRecord = {
  repositories: ['hashicorp/http-echo'],
  version: versions({ latest: '1.0.0', series: { '0.2': 3, '1.0': 0 }, variants: ['alpine'] }),
  image: () => ({
    entrypoint: ['/http-echo'],
    cmd: [],
    env: {},
    exposedPorts: [5678],
    sizeBytes: 4 * MB,
    base: 'scratch',
    executables: ['http-echo'],
  }),
}
