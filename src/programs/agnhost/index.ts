/** agnhost, the image of Kubernetes' own tests: pause, netexec, serve-hostname, test-webserver, webhook; other subcommands say that they are not simulated. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { formValues, plainText } from '../text/http.ts'
import { answerWebhook, type WebhookServer, webhookServer } from './webhook.ts'

interface State {
  readonly mode: string
  readonly webhook?: WebhookServer
}

const option = (ctx: ProcessContext, name: string, otherwise: string): string => {
  for (const [i, word] of ctx.argv.entries()) {
    if (word === `--${name}`) return ctx.argv[i + 1] ?? otherwise
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3)
  }
  return otherwise
}

function startWebhook(ctx: ProcessContext): State {
  const server = webhookServer(ctx, (name, otherwise) => option(ctx, name, otherwise))
  if (typeof server !== 'string') {
    ctx.listen(server.port)
    return { mode: 'webhook', webhook: server }
  }
  ctx.log(`panic: ${server}`, 'stderr')
  ctx.exit(2)
  return { mode: 'webhook' }
}

function start(ctx: ProcessContext): State {
  const mode = ctx.argv.slice(1).find((a) => !a.startsWith('-')) ?? 'pause'
  ctx.memory(8_000_000)
  if (mode === 'pause') ctx.log('Paused')
  else if (mode === 'netexec') {
    const port = Number(option(ctx, 'http-port', '8080'))
    ctx.log(`Started HTTP server on port ${port}`)
    const delay = Number(option(ctx, 'delay-shutdown', '0'))
    if (Number.isNaN(delay)) ctx.exit(1)
    ctx.listen(port)
  } else if (mode === 'serve-hostname') {
    const port = Number(option(ctx, 'port', '9376'))
    ctx.listen(port)
    ctx.log('Serving on HTTP port: '.concat(String(port)))
  } else if (mode === 'test-webserver') ctx.listen(Number(option(ctx, 'port', '80')))
  else if (mode === 'webhook') return startWebhook(ctx)
  else {
    ctx.log(`agnhost: the subcommand ${mode} is not simulated by clusterlab`, 'stderr')
    ctx.exit(1)
  }
  return { mode }
}

function netexec(request: HttpRequest, ctx: ProcessContext, sourceIp: string): HttpReply | 'exit' {
  const [path = '/', query = ''] = request.path.split('?')
  const params = formValues(query)
  switch (path) {
    case '/':
      return plainText(200, `NOW: ${ctx.nowMs}`)
    case '/hostname':
    case '/hostName':
      return plainText(200, ctx.hostname)
    case '/clientip':
      return plainText(200, `${sourceIp}:45678`)
    case '/echo':
      return plainText(Number(params.get('code') ?? 200) || 200, params.get('msg') ?? '')
    case '/healthz':
      return plainText(200, '')
    case '/header':
      return plainText(200, request.headers[(params.get('key') ?? '').toLowerCase()] ?? '')
    case '/exit':
      return 'exit'
    case '/dial': {
      const host = params.get('host') ?? ''
      const result = ctx.dial({
        host,
        port: Number(params.get('port') ?? 80),
        protocol: 'http',
        payload: { method: 'GET', path: `/${params.get('request') ?? ''}`, host, headers: {} },
        timeoutMs: 5000,
      })
      return plainText(200, JSON.stringify(result.ok ? { responses: [(result.reply as HttpReply).body] } : { errors: [result.message] }))
    }
    default:
      return plainText(404, '404 page not found\n')
  }
}

export const agnhost: Program<State> = {
  name: 'agnhost',
  executables: ['agnhost'],
  start,
  on(state, event, ctx) {
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(0)
    if (event.type !== 'request') return state
    if (event.protocol !== 'http') {
      ctx.reply(null)
      return state
    }
    if (state.webhook !== undefined) {
      const answered = answerWebhook(state.webhook, event.payload as HttpRequest, ctx)
      if (answered === 'hang') ctx.hang()
      else ctx.reply(answered.reply, answered.serviceMs)
      return state
    }
    const reply =
      state.mode === 'serve-hostname'
        ? plainText(200, ctx.hostname)
        : state.mode === 'netexec'
          ? netexec(event.payload as HttpRequest, ctx, event.sourceIp)
          : plainText(200, '')
    if (reply === 'exit') ctx.exit(Number(formValues((event.payload as HttpRequest).path.split('?')[1] ?? '').get('code') ?? 0))
    else ctx.reply(reply)
    return state
  },
}

export const agnhostImage: ImageRecord = {
  repositories: ['registry.k8s.io/e2e-test-images/agnhost', 'k8s.gcr.io/e2e-test-images/agnhost'],
  version: (tag) => (/^2\.\d+(\.\d+)?$/.test(tag) ? tag : undefined),
  image: () => ({
    entrypoint: ['/agnhost'],
    cmd: ['pause'],
    env: {},
    sizeBytes: 53 * MB,
    base: 'busybox',
    executables: ['agnhost', 'curl', 'dig', 'getent'],
  }),
}
