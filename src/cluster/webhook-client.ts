/**
 * The API server's HTTPS client for webhooks: dials over the cluster's network from the machine of the control plane and words failures as
 * Go's net/http does. A request is evaluated at one instant, as all are (docs/adr/0003): a program that would answer too late, or never, is
 * a deadline that passed.
 */
import type { WebhookCall, WebhookDialer, WebhookReply } from '../apiserver/contract.ts'
import type { DialResult, HttpReply, HttpRequest, Network, Origin } from '../network/contract.ts'
import { HOST_RESOLV_CONF } from '../network/dns/resolv-conf.ts'
import { goTlsProblem } from '../network/tls.ts'

/** A webhook whose program makes others be asked about what it does: so deep and no deeper. */
const DEEPEST = 4
const DEADLINE = 'context deadline exceeded'

function failure(call: WebhookCall, result: DialResult & { ok: false }): string {
  const at = `${result.address ?? call.host}:${call.port}`
  const lookup = `dial tcp: lookup ${call.host} on ${HOST_RESOLV_CONF.nameservers[0]}:53`
  switch (result.failure) {
    case 'refused':
      return `dial tcp ${at}: connect: connection refused`
    case 'no-route':
      return `dial tcp ${at}: connect: no route to host`
    case 'timeout':
      return DEADLINE
    case 'reset':
      return 'EOF'
    case 'tls':
      return 'http: server gave HTTP response to HTTPS client'
    case 'dns-not-found':
      return `${lookup}: no such host`
    case 'dns-refused':
      return `${lookup}: server misbehaving`
    case 'dns-timeout':
      return `${lookup}: i/o timeout`
  }
}

export interface WebhookClientParts {
  readonly network: () => Network
  /** The machine on which the API server runs. */
  readonly origin: () => Origin
  readonly nowMs: () => number
}

export function webhookClient({ network, origin, nowMs }: WebhookClientParts): WebhookDialer {
  let depth = 0
  const dial = (call: WebhookCall): WebhookReply => {
    const message: HttpRequest = {
      method: 'POST',
      path: call.path,
      host: call.serverName,
      headers: {
        accept: 'application/json, */*',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(call.body)),
        'user-agent': 'kube-apiserver-admission',
      },
      body: call.body,
      // The certificate is judged below, in Go's words.
      tls: { serverName: call.serverName, insecure: true },
    }
    const result = network().dial(origin(), {
      host: call.host,
      port: call.port,
      protocol: 'http',
      payload: message,
      timeoutMs: call.timeoutMs,
    })
    if (!result.ok) return { ok: false, message: failure(call, result) }
    const reply = result.reply as HttpReply
    const problem = goTlsProblem(call.serverName, call.authorities, reply.certificate, nowMs())
    if (problem !== undefined) return { ok: false, message: problem }
    return { ok: true, status: reply.status, contentType: reply.headers['content-type'] ?? '', body: reply.body }
  }
  return (call) => {
    if (depth >= DEEPEST) return { ok: false, message: DEADLINE }
    depth++
    try {
      return dial(call)
    } finally {
      depth--
    }
  }
}
