/** traefik/whoami: tells who answers and what was asked, on port 80. */
import type { HttpRequest } from '../../network/contract.ts'
import type { Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { plainText } from '../text/http.ts'

interface State {
  readonly port: number
  readonly health: number
}

export const whoami: Program<State> = {
  name: 'whoami',
  executables: ['whoami'],
  start(ctx) {
    const at = ctx.argv.findIndex((a) => a === '--port' || a === '-port')
    const port = Number(at >= 0 ? ctx.argv[at + 1] : (ctx.env['WHOAMI_PORT_NUMBER'] ?? 80)) || 80
    ctx.log(`Starting up on port ${port}`)
    ctx.memory(6_000_000)
    ctx.listen(port)
    return { port, health: 200 }
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && event.signal !== 'HUP') ctx.exit(event.signal === 'INT' ? 130 : 143)
    if (event.type !== 'request') return state
    if (event.protocol !== 'http') {
      ctx.reply(null)
      return state
    }
    const request = event.payload as HttpRequest
    const path = request.path.split('?')[0]!
    if (path === '/health') {
      if (request.method !== 'POST') {
        ctx.reply(plainText(state.health, ''))
        return state
      }
      ctx.reply(plainText(200, ''))
      return { ...state, health: Number(request.body) || 200 }
    }
    const headers = Object.entries(request.headers)
      .filter(([n]) => n !== 'host')
      .map(([n, v]) => `${n.replace(/(^|-)([a-z])/g, (_, d: string, c: string) => d + c.toUpperCase())}: ${v}\n`)
    const lines = `Hostname: ${ctx.hostname}\nIP: 127.0.0.1\nIP: ${ctx.pod.ip}\nRemoteAddr: ${event.sourceIp}:45678\n${request.method} ${request.path} HTTP/1.1\nHost: ${request.host}\n${headers.join('')}\n`
    ctx.reply(
      path === '/api'
        ? {
            ...plainText(
              200,
              `${JSON.stringify({ hostname: ctx.hostname, ip: ['127.0.0.1', ctx.pod.ip], headers: request.headers, url: request.path, host: request.host, method: request.method, remoteAddr: event.sourceIp })}\n`,
            ),
            headers: { 'content-type': 'application/json' },
          }
        : plainText(200, lines),
    )
    return state
  },
}

export const whoamiImage: ImageRecord = {
  repositories: ['traefik/whoami', 'containous/whoami'],
  version: versions({ latest: '1.11.0', prefix: 'v', series: { '1.5': 0, '1.6': 1, '1.7': 1, '1.8': 7, '1.9': 0, '1.10': 4, '1.11': 0 } }),
  image: () => ({
    entrypoint: ['/whoami'],
    cmd: [],
    env: {},
    exposedPorts: [80],
    sizeBytes: 3 * MB,
    base: 'scratch',
    executables: ['whoami'],
  }),
}
