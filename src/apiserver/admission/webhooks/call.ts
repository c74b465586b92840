/**
 * Calling a webhook: the Service or URL it is at, the request, and what is said when it goes wrong (apiserver's webhook dispatchers,
 * client-go's rest.Request, the aggregator's ServiceResolver).
 */
import type { WebhookClientConfig } from '../../../api/generated/types/admissionregistration-v1.ts'
import type { Service } from '../../../api/generated/types/core-v1.ts'
import type { KindDefinition } from '../../../api/kind.ts'
import type { WebhookCall, WebhookReply } from '../../contract.ts'
import type { ApiServer } from '../../server.ts'
import type { AdmissionRequest } from '../contract.ts'
import type { Webhook } from './hooks.ts'
import { decodeReview, type Response, responseOf, reviewFor } from './review.ts'

const HTTPS_PORT = 443
const DEFAULT_TIMEOUT_SECONDS = 10

interface Place {
  readonly host: string
  readonly port: number
}

/** Where a Service's webhook is, by the Service's own address: kube-proxy's rules lead on (NewClusterIPServiceResolver). Throws Error. */
function resolve(server: ApiServer, namespace: string, name: string, port: number): Place {
  const service = server.store.get('services', namespace, name) as Service | undefined
  if (service === undefined) throw new Error(`service ${JSON.stringify(name)} not found`)
  const { type, clusterIP = '', externalName = '', ports = [] } = service.spec ?? {}
  if (type === 'ExternalName') return { host: externalName, port }
  if (clusterIP === 'None') throw new Error('cannot route to service with ClusterIP "None"')
  if (!ports.some((p) => p.port === port)) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`)
  return { host: clusterIP, port }
}

interface Target {
  /** As it stands in messages. */
  readonly url: string
  readonly serverName: string
  readonly path: string
  place(): Place
}

function targetOf(server: ApiServer, config: WebhookClientConfig, seconds: number): Target {
  const query = `timeout=${seconds}s`
  if (config.service !== undefined) {
    const { name, namespace, port = HTTPS_PORT } = config.service
    const serverName = `${name}.${namespace}.svc`
    const path = `${config.service.path?.replace(/^([^/])/, '/$1') ?? '/'}?${query}`
    return { url: `https://${serverName}:${port}${path}`, serverName, path, place: () => resolve(server, namespace, name, port) }
  }
  const url = new URL(config.url ?? '')
  const path = `${url.pathname}?${query}`
  const port = Number(url.port || HTTPS_PORT)
  return { url: `https://${url.host}${path}`, serverName: url.hostname, path, place: () => ({ host: url.hostname, port }) }
}

function authoritiesOf({ caBundle }: WebhookClientConfig): string {
  if (!caBundle) return ''
  const pem = Buffer.from(caBundle, 'base64').toString('utf8')
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('unable to load root certificates: unable to parse bytes as PEM block')
  return pem
}

/** What client-go calls an answer that is no success and no Status. */
function failedAnswer(reply: WebhookReply & { ok: true }): string {
  const told = reply.contentType.startsWith('text/') ? reply.body.trim() : 'unknown'
  switch (reply.status) {
    case 400:
      return 'the server rejected our request for an unknown reason'
    case 401:
      return 'the server has asked for the client to provide credentials'
    case 403:
      return told
    case 404:
      return 'the server could not find the requested resource'
    case 405:
      return 'the server does not allow this method on the requested resource'
    case 415:
      return 'the body of the request was in an unknown format - accepted media types include: '
    case 429:
      return 'the server has received too many requests and has asked us to try again later'
    case 503:
      return 'the server is currently unable to handle the request'
    case 504:
      return 'the server was unable to return a response in the time allotted, but may still be processing the request'
    default:
      return reply.status >= 500
        ? `an error on the server (${JSON.stringify(told)}) has prevented the request from succeeding`
        : `the server responded with the status code ${reply.status} but did not return more information`
  }
}

/** The body of an answer that can be a document. Throws Error. */
function bodyOf(reply: WebhookReply & { ok: true }): string {
  if (reply.status < 200 || reply.status > 206) throw new Error(failedAnswer(reply))
  const type = reply.contentType.split(';')[0]!.trim()
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml')
    throw new Error(`serializer for ${reply.contentType} doesn't exist`)
  if (reply.body === '') throw new Error(`0-length response with status code: ${reply.status} and content type: ${reply.contentType}`)
  return reply.body
}

/** Why a webhook's word cannot be had; `failurePolicy` decides what that means. */
export class CallFailed extends Error {}

/** Asks the webhook. Throws CallFailed. */
export function callWebhook(hook: Webhook, r: AdmissionRequest, matched: KindDefinition, mutating: boolean): Response {
  const failed = (why: string): CallFailed => new CallFailed(`failed calling webhook ${JSON.stringify(hook.name)}: ${why}`)
  const seconds = hook.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS
  const config = hook.clientConfig
  const attempt = <T>(prefix: string, act: () => T): T => {
    try {
      return act()
    } catch (e) {
      throw failed(`${prefix}${(e as Error).message}`)
    }
  }
  const review = attempt('could not get REST client: ', () => reviewFor(hook, r, matched))
  const { target, authorities } = attempt('could not get REST client: ', () => ({
    target: targetOf(r.server, config, seconds),
    authorities: authoritiesOf(config),
  }))
  const reply = attempt(`failed to call webhook: Post ${JSON.stringify(target.url)}: `, () => {
    const call: WebhookCall = {
      ...target.place(),
      serverName: target.serverName,
      path: target.path,
      body: review.body,
      authorities,
      timeoutMs: seconds * 1000,
    }
    const got = r.server.dialWebhook(call)
    if (!got.ok) throw new Error(got.message)
    return got
  })
  const document = attempt('failed to call webhook: ', () => decodeReview(bodyOf(reply)))
  const response = attempt('received invalid webhook response: ', () => responseOf(document, review, mutating))
  for (const warning of response.warnings) r.warn(warning)
  return response
}
