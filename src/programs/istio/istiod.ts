/** istiod: answers sidecars that ask what they are to do (xDS), and the API server that asks about new pods (sidecar injection). */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { servedCertificate } from '../../network/certificate.ts'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { review } from '../agnhost/webhook.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { MiB } from '../text/context.ts'
import { readText } from '../text/files.ts'
import { plainText } from '../text/http.ts'
import { isoTime } from '../text/times.ts'
import { XDS_PORT, type XdsReply, type XdsRequest } from './contract.ts'
import { injection } from './inject.ts'
import { meshConfigFor } from './mesh.ts'

interface State {
  readonly phase: 'starting' | 'up'
}

const START_MS = 3_000
const READY_PORT = 8080
const WEBHOOK_PORT = 15017
const CERTIFICATE = '/var/run/secrets/istiod/tls/tls.crt'
const line = (ctx: ProcessContext, level: string, text: string): void =>
  ctx.log(`${isoTime(ctx.nowMs).replace('Z', '000Z')}\t${level}\t${text}`, 'stderr')

function webhook(request: HttpRequest, ctx: ProcessContext): HttpReply {
  const certificate = servedCertificate(readText(ctx.files, CERTIFICATE) ?? '')
  const told = (reply: HttpReply): HttpReply => ({ ...reply, ...(certificate && { certificate }) })
  if (request.tls === undefined) return plainText(400, 'Client sent an HTTP request to an HTTPS server.\n')
  if (!request.path.startsWith('/inject')) return told(plainText(404, '404 page not found\n'))
  let document: { request?: { object?: Pod; namespace?: string }; kind?: string; apiVersion?: string }
  try {
    document = JSON.parse(request.body ?? '') as typeof document
  } catch {
    return told(plainText(400, 'no body found\n'))
  }
  const pod = document.request?.object
  if (pod === undefined) return told(plainText(400, 'no body found\n'))
  const patch = injection(pod, ctx.env['PROXY_IMAGE'] ?? 'docker.io/istio/proxyv2:1.27.1')
  line(
    ctx,
    'info',
    `Sidecar injection request for ${document.request?.namespace ?? ''}/${pod.metadata.name ?? pod.metadata.generateName ?? ''}`,
  )
  return told(review(document, { allowed: true, ...(patch.length > 0 && { patch }) }))
}

function answer(event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): void {
  if (event.protocol === 'xds' && event.port === XDS_PORT) {
    const { namespace, pod, version } = event.payload as XdsRequest
    const config = meshConfigFor(ctx.api, namespace, pod)
    const reply: XdsReply | null = config === undefined ? null : config.version === version ? { kind: 'same' } : { kind: 'config', config }
    if (reply?.kind === 'config') line(ctx, 'info', `ads\tPush debounce stable: config for ${pod}.${namespace} version ${config!.version}`)
    ctx.burn(1)
    return ctx.reply(reply, 1)
  }
  if (event.protocol !== 'http') return ctx.reply(null)
  const request = event.payload as HttpRequest
  if (event.port === WEBHOOK_PORT) return ctx.reply(webhook(request, ctx), 2)
  return ctx.reply(request.path.startsWith('/ready') ? plainText(200, '') : plainText(404, '404 page not found\n'), 1)
}

export const istiod: Program<State> = {
  name: 'istiod',
  executables: ['pilot-discovery'],
  start(ctx) {
    ctx.memory(90 * MiB)
    ctx.cpu(20)
    line(ctx, 'info', 'FLAG: --domain="cluster.local"')
    ctx.timer('start', START_MS)
    return { phase: 'starting' }
  },
  on(state, event, ctx) {
    if (event.type === 'timer') {
      for (const port of [READY_PORT, 15010, XDS_PORT, WEBHOOK_PORT]) ctx.listen(port)
      line(ctx, 'info', 'starting secure gRPC discovery service at [::]:15012')
      line(ctx, 'info', 'starting webhook service at [::]:15017')
      ctx.cpu(5)
      return { phase: 'up' }
    }
    if (event.type === 'request') {
      if (state.phase === 'up') answer(event, ctx)
      else ctx.reset()
    }
    if (event.type === 'signal' && ['TERM', 'INT'].includes(event.signal)) ctx.exit(0)
    return state
  },
}
