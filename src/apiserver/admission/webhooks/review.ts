/** The AdmissionReview that a webhook is sent, and what it may answer (admission.k8s.io v1 and v1beta1; webhook/request upstream). */
import { ApiError, errors, type Status } from '../../../api/errors.ts'
import type { KindDefinition } from '../../../api/kind.ts'
import { isRecord } from '../../../api/walk.ts'
import type { AdmissionRequest } from '../contract.ts'
import { requestFacts } from '../matching/facts.ts'
import type { Webhook } from './hooks.ts'

export interface Review {
  readonly apiVersion: string
  readonly uid: string
  readonly body: string
}

export interface Response {
  readonly allowed: boolean
  readonly status: Partial<Status> | undefined
  /** The operations of a JSON patch, as text. */
  readonly patch: string
  readonly patchType: string | undefined
  readonly warnings: readonly string[]
}

const GROUP = 'admission.k8s.io'
const KNOWN = ['v1', 'v1beta1']

/** Throws Error when the webhook knows no version that the server knows. */
export function reviewFor(hook: Webhook, r: AdmissionRequest, matched: KindDefinition): Review {
  const version = hook.admissionReviewVersions?.find((v) => KNOWN.includes(v))
  if (version === undefined) throw new Error('webhook does not accept known AdmissionReview versions (v1, v1beta1)')
  const apiVersion = `${GROUP}/${version}`
  const uid = r.server.random.uuid('admission-review', `${hook.name} ${r.operation} ${r.drawKey} ${r.server.clock.nowMs}`, 0)
  const request = { uid, ...requestFacts(r, matched) }
  return { apiVersion, uid, body: JSON.stringify({ kind: 'AdmissionReview', apiVersion, request }) }
}

const gvk = (version: string): string => `${GROUP}/${version}, Kind=AdmissionReview`

function parsed(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const first = text.trim()[0]
    const why = first === undefined ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`
    throw new Error(`couldn't get version/kind; json parse error: ${why}`)
  }
  if (isRecord(value)) return value
  const found = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value
  throw new Error(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:"apiVersion,omitempty""; Kind string "json:"kind,omitempty"" }`,
  )
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The document that a webhook sent. Throws Error where the client cannot decode it. */
export const decodeReview = (body: string): Record<string, unknown> => parsed(body)

/** Throws Error when the answer is none that a webhook may give. */
export function responseOf(document: Record<string, unknown>, review: Review, mutating: boolean): Response {
  const { response } = document
  if (!isRecord(response)) throw new Error('webhook response was absent')
  const patch = text(response['patch'])
  const patchType = response['patchType'] === undefined || response['patchType'] === null ? undefined : text(response['patchType'])
  // v1beta1 was never held to say whom it answers.
  if (review.apiVersion === `${GROUP}/v1`) {
    const uid = text(response['uid'])
    if (uid !== review.uid) throw new Error(`expected response.uid=${JSON.stringify(review.uid)}, got ${JSON.stringify(uid)}`)
    const version = text(document['apiVersion'])
    const kind = text(document['kind'])
    const [group = '', v = ''] = version.includes('/') ? version.split('/') : ['', version]
    if (version !== review.apiVersion || kind !== 'AdmissionReview')
      throw new Error(`expected webhook response of ${gvk('v1')}, got ${group}/${v}, Kind=${kind}`)
    checkPatch(patch, patchType, mutating)
  }
  return {
    allowed: response['allowed'] === true,
    status: isRecord(response['status']) ? (response['status'] as Partial<Status>) : undefined,
    patch: patch === '' ? '' : Buffer.from(patch, 'base64').toString('utf8'),
    patchType: patchType ?? (patch === '' ? undefined : 'JSONPatch'),
    warnings: Array.isArray(response['warnings']) ? response['warnings'].filter((w) => typeof w === 'string') : [],
  }
}

function checkPatch(patch: string, patchType: string | undefined, mutating: boolean): void {
  if (!mutating) {
    if (patch !== '') throw new Error('validating webhook may not return response.patch')
    if (patchType !== undefined) throw new Error('validating webhook may not return response.patchType')
    return
  }
  if (patch !== '' && patchType === undefined) throw new Error('webhook returned response.patch but not response.patchType')
  if (patch === '' && patchType !== undefined) throw new Error('webhook returned response.patchType but not response.patch')
}

/** The refusal of a webhook, never with a code or status that would say success. */
export function refusal(name: string, given: Partial<Status> | undefined): ApiError {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`
  const told = given?.message || given?.reason
  const { status } = errors.badRequest(told ? `${by}: ${told}` : `${by} without explanation`)
  const code = typeof given?.code === 'number' && given.code >= 400 ? given.code : 400
  const { reason: _, ...rest } = status
  return new ApiError({
    ...rest,
    ...(typeof given?.reason === 'string' && given.reason !== '' && { reason: given.reason }),
    ...(isRecord(given?.details) && { details: given.details as NonNullable<Status['details']> }),
    code,
  })
}
