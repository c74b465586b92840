/**
 * agnhost's `webhook`: an HTTPS server of admission webhooks, with the paths of the real one that concern admission
 * (kubernetes/test/images/agnhost/webhook). What they do is theirs: deny everything, label, mutate ConfigMaps and pods.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { servedCertificate } from '../../network/certificate.ts'
import type { HttpReply, HttpRequest, ServedCertificate } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { readText } from '../text/files.ts'
import { plainText } from '../text/http.ts'
import type { Flags } from './contract.ts'

type Fields = Record<string, any>

interface Verdict {
  readonly allowed: boolean
  readonly status?: object
  readonly patch?: readonly object[]
}

const ALLOW: Verdict = { allowed: true }
const DELAY_MS = 5_000

const patched = (...patch: readonly object[]): Verdict => ({ allowed: true, patch })

function addLabel({ object }: Fields): Verdict {
  const labels = object?.metadata?.labels
  if (labels === undefined || Object.keys(labels).length === 0)
    return patched({ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } })
  if (labels['added-label'] === undefined) return patched({ op: 'add', path: '/metadata/labels/added-label', value: 'yes' })
  return labels['added-label'] === 'yes' ? ALLOW : patched({ op: 'replace', path: '/metadata/labels/added-label', value: 'yes' })
}

const DENIED_LABEL = 'webhook-e2e-test'

function pods({ object }: Fields): Verdict | 'hang' {
  const label = object?.metadata?.labels?.[DENIED_LABEL]
  if (label === 'wait-forever') return 'hang'
  const containers: readonly Fields[] = object?.spec?.containers ?? []
  const wrong = [
    ...(label === 'webhook-disallow' ? ['the pod contains unwanted label;'] : []),
    ...containers.filter((c) => String(c['name']).includes('webhook-disallow')).map(() => 'the pod contains unwanted container name;'),
  ]
  return wrong.length === 0 ? ALLOW : { allowed: false, status: { message: wrong.join(' ') } }
}

const holds = (containers: readonly Fields[] | undefined, name: string): boolean => containers?.some((c) => c['name'] === name) === true

function mutatingPods({ object }: Fields): Verdict {
  const name = 'webhook-added-init-container'
  if (object?.metadata?.name !== 'webhook-to-be-mutated' || holds(object.spec?.initContainers, name)) return ALLOW
  return patched({ op: 'add', path: '/spec/initContainers', value: [{ image: 'webhook-added-image', name, resources: {} }] })
}

function sidecar({ object }: Fields, image: string): Verdict {
  const name = 'webhook-added-sidecar'
  if (image === '')
    return { allowed: false, status: { status: 'Failure', message: 'No image specified by the sidecar-image parameter', code: 500 } }
  return holds(object?.spec?.containers, name)
    ? ALLOW
    : patched({ op: 'add', path: '/spec/containers/-', value: { image, name, resources: {} } })
}

function attaching({ name, object }: Fields): Verdict {
  if (name !== 'to-be-attached-pod' || object?.stdin !== true || object?.container !== 'container1') return ALLOW
  return { allowed: false, status: { message: "attaching to pod 'to-be-attached-pod' is not allowed" } }
}

function configMaps({ object, oldObject, operation }: Fields): Verdict {
  const deleted = operation === 'DELETE'
  const value = (deleted ? oldObject : object)?.data?.[DENIED_LABEL]
  if (!deleted && value === 'webhook-disallow')
    return { allowed: false, status: { reason: 'the configmap contains unwanted key and value' } }
  if (deleted && value === 'webhook-nondeletable')
    return { allowed: false, status: { reason: 'the configmap cannot be deleted because it contains unwanted key and value' } }
  return ALLOW
}

function mutatingConfigMaps({ object }: Fields): Verdict {
  const { data = {} } = object ?? {}
  if (data['mutation-stage-1'] === 'yes') return patched({ op: 'add', path: '/data/mutation-stage-2', value: 'yes' })
  return data['mutation-start'] === 'yes' ? patched({ op: 'add', path: '/data/mutation-stage-1', value: 'yes' }) : ALLOW
}

const PATHS: Readonly<Record<string, (request: Fields, sidecarImage: string) => Verdict | 'hang'>> = {
  '/always-allow-delay-5s': () => ALLOW,
  '/always-deny': () => ({ allowed: false, status: { message: 'this webhook denies all requests' } }),
  '/add-label': addLabel,
  '/pods': pods,
  '/pods/attach': attaching,
  '/mutating-pods': mutatingPods,
  '/mutating-pods-sidecar': sidecar,
  '/configmaps': configMaps,
  '/mutating-configmaps': mutatingConfigMaps,
}

export interface WebhookServer {
  readonly port: number
  readonly certificate: ServedCertificate
  readonly sidecarImage: string
}

/** Reads the certificate and key; a text says why it cannot begin. */
export function webhookServer(ctx: ProcessContext, flags: Flags): WebhookServer | string {
  const [certificatePath, keyPath] = [flags.text('tls-cert-file'), flags.text('tls-private-key-file')]
  for (const path of [certificatePath, keyPath])
    if (readText(ctx.files, path) === undefined) return `open ${path}: no such file or directory`
  const pem = readText(ctx.files, certificatePath)!
  const certificate = servedCertificate(pem)
  if (certificate === undefined) return 'tls: failed to find any PEM data in certificate input'
  try {
    if (!new X509Certificate(pem).checkPrivateKey(createPrivateKey(readText(ctx.files, keyPath)!)))
      return 'tls: private key does not match public key'
  } catch {
    return 'tls: failed to find any PEM data in key input'
  }
  return { port: flags.number('port'), certificate, sidecarImage: flags.text('sidecar-image') }
}

/** The AdmissionReview that answers one. */
export function review(document: Fields, verdict: Verdict): HttpReply {
  const response = {
    uid: document['request']?.uid ?? '',
    allowed: verdict.allowed,
    ...(verdict.status && { status: { metadata: {}, ...verdict.status } }),
    ...(verdict.patch && { patch: Buffer.from(JSON.stringify(verdict.patch)).toString('base64'), patchType: 'JSONPatch' }),
  }
  const body = JSON.stringify({ kind: document['kind'], apiVersion: document['apiVersion'], response })
  return { status: 200, headers: { 'content-type': 'application/json' }, body }
}

export interface Answered {
  readonly reply: HttpReply
  readonly serviceMs: number
}

/** 'hang': it never answers. */
export function answerWebhook(server: WebhookServer, request: HttpRequest, ctx: ProcessContext): Answered | 'hang' {
  const { certificate, sidecarImage } = server
  const told = (reply: HttpReply, serviceMs = 1): Answered => ({ reply: { ...reply, certificate }, serviceMs })
  if (request.tls === undefined) return { reply: plainText(400, 'Client sent an HTTP request to an HTTPS server.\n'), serviceMs: 1 }
  const path = request.path.split('?')[0]!
  if (path === '/readyz') return told(plainText(200, 'ok'))
  const act = PATHS[path]
  if (act === undefined) return told(plainText(404, '404 page not found\n'))
  if (request.headers['content-type'] !== 'application/json') {
    ctx.log(`contentType=${request.headers['content-type'] ?? ''}, expect application/json`, 'stderr')
    return told({ status: 200, headers: {}, body: '' })
  }
  let document: Fields
  try {
    document = JSON.parse(request.body ?? '')
  } catch (e) {
    return told(plainText(400, `Request could not be decoded: ${(e as Error).message}\n`))
  }
  const verdict = act(document['request'] ?? {}, sidecarImage)
  if (verdict === 'hang') return 'hang'
  return told(review(document, verdict), path === '/always-allow-delay-5s' ? DELAY_MS : 1)
}
