/** Subcommands of agnhost that serve one small thing: `pause`, `serve-hostname`, `test-webserver`, `porter`, `webhook`. */
import type { HttpRequest } from '../../network/contract.ts'
import { readText } from '../text/files.ts'
import { plainText } from '../text/http.ts'
import { bool, type Call, int, type Subcommand, say, string } from './contract.ts'
import { answerWebhook, type WebhookServer, webhookServer } from './webhook.ts'

/** Listens, or ends as Go's log.Fatal does. */
function serve({ ctx }: Call, port: number): void {
  if (ctx.listen(port)) return
  say(ctx, `listen tcp :${port}: bind: address already in use`)
  ctx.exit(1)
}

const pause: Subcommand = {
  name: 'pause',
  flags: {},
  start: ({ ctx }) => ctx.log('Paused'),
}

const serveHostname: Subcommand = {
  name: 'serve-hostname',
  flags: { port: int(9376), http: { ...bool, otherwise: 'true' }, tcp: bool, udp: bool, close: bool },
  start(call) {
    say(call.ctx, `Serving on HTTP port ${call.flags.number('port')}.`)
    serve(call, call.flags.number('port'))
  },
  asked: (_state, event, { ctx }) => {
    say(ctx, `HTTP request from ${event.sourceIp}:45678`)
    ctx.reply(plainText(200, ctx.hostname))
  },
}

/** A file server over the container's root. */
const testWebserver: Subcommand = {
  name: 'test-webserver',
  flags: { port: int(80) },
  start: (call) => serve(call, call.flags.number('port')),
  asked: (_state, event, { ctx }) => {
    const path = decodeURIComponent((event.payload as HttpRequest).path.split('?')[0]!)
    const text = readText(ctx.files, path)
    if (text !== undefined) ctx.reply(plainText(200, text))
    else if (ctx.files.stat(path)?.kind !== 'directory') ctx.reply(plainText(404, '404 page not found\n'))
    else
      ctx.reply(
        plainText(
          200,
          `<pre>\n${listing(ctx.files.list(path), (name) => ctx.files.stat(`${path}/${name}`)?.kind === 'directory')}</pre>\n`,
        ),
      )
  },
}

const listing = (names: readonly string[], isDirectory: (name: string) => boolean): string =>
  names
    .map((name) => (isDirectory(name) ? `${name}/` : name))
    .map((name) => `<a href="${name}">${name}</a>\n`)
    .join('')

const PORTER = /^SERVE_(?:TCP_)?PORT_(\d+)$/

/** Serves the value of `SERVE_PORT_NNNN` on port NNNN. */
const porter: Subcommand = {
  name: 'porter',
  flags: { 'json-response': bool },
  start({ ctx }) {
    for (const name of Object.keys(ctx.env)) {
      const port = PORTER.exec(name)?.[1]
      if (port !== undefined) ctx.listen(Number(port))
      else if (/^SERVE_\w+_PORT_\d+$/.test(name)) say(ctx, `clusterlab: ${name} is not simulated`)
    }
  },
  asked: (_state, event, { ctx, flags }) => {
    const body = ctx.env[`SERVE_PORT_${event.port}`] ?? ctx.env[`SERVE_TCP_PORT_${event.port}`] ?? ''
    const { method } = event.payload as HttpRequest
    ctx.reply(plainText(200, flags.is('json-response') ? JSON.stringify({ Method: method, Body: body }) : body))
  },
}

const webhook: Subcommand<WebhookServer | undefined> = {
  name: 'webhook',
  flags: { 'tls-cert-file': string(), 'tls-private-key-file': string(), port: int(443), 'sidecar-image': string() },
  start({ ctx, flags }) {
    const server = webhookServer(ctx, flags)
    if (typeof server !== 'string') {
      ctx.listen(server.port)
      return server
    }
    ctx.log(`panic: ${server}`, 'stderr')
    ctx.exit(2)
    return undefined
  },
  asked(server, event, { ctx }) {
    const answered = answerWebhook(server!, event.payload as HttpRequest, ctx)
    if (answered === 'hang') ctx.hang()
    else ctx.reply(answered.reply, answered.serviceMs)
    return server
  },
}

export const smallServers: readonly Subcommand[] = [pause, serveHostname, testWebserver, porter, webhook as Subcommand]
