/**
 * Certificate signing requests: kubelets' own client certificates are approved, and requests nobody needs any more are cleaned away
 * (issued after an hour, approved or denied after one, pending after a day). What was approved for one of the API server's own signers is signed.
 */
import type { CertificateSigningRequest } from '../../api/generated/types/certificates-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { issueCertificate } from '../../apiserver/authentication/authority.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { requestParts } from '../../kinds/certificates/certificatesigningrequest/pkcs10.ts'
import { timeOf } from '../pod-state.ts'

const RESOURCE = 'certificatesigningrequests.certificates.k8s.io'
const HOUR_MS = 3_600_000
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet'

/** When a request is to be removed, ms. */
export function expiry(csr: CertificateSigningRequest): number {
  const made = timeOf(csr.metadata.creationTimestamp)
  const decided = (csr.status?.conditions ?? []).map((c) => timeOf(c.lastUpdateTime) || made)
  if (csr.status?.certificate === undefined && decided.length === 0) return made + 24 * HOUR_MS
  return Math.min(...(decided.length > 0 ? decided : [made])) + HOUR_MS
}

const selfNode = (csr: CertificateSigningRequest): boolean =>
  csr.spec.signerName === KUBELET_CLIENT &&
  csr.spec.username?.startsWith('system:node:') === true &&
  csr.spec.groups?.includes('system:nodes') === true

const SERVER_USAGES = ['digital signature', 'key encipherment', 'server auth']
/** What each signer of the cluster allows, and which usage it needs. Others (`example.com/…`) are signed by whoever runs them. */
const signers: Readonly<Record<string, { allowed: readonly string[]; needed?: string }>> = {
  'kubernetes.io/kube-apiserver-client': { allowed: ['digital signature', 'key encipherment', 'client auth'], needed: 'client auth' },
  [KUBELET_CLIENT]: { allowed: ['digital signature', 'key encipherment', 'client auth'], needed: 'client auth' },
  'kubernetes.io/kubelet-serving': { allowed: SERVER_USAGES, needed: 'server auth' },
  'kubernetes.io/legacy-unknown': { allowed: [] },
}
const YEAR_MS = 365 * 24 * HOUR_MS
/** Certificates are valid a little before they are made, so that clocks may differ. */
const BACKDATE_MS = 5 * 60_000

const signable = (csr: CertificateSigningRequest): boolean => {
  const types = new Set((csr.status?.conditions ?? []).map((c) => c.type))
  return types.has('Approved') && !types.has('Denied') && !types.has('Failed') && !csr.status?.certificate && csr.spec.signerName in signers
}

/** What is wrong with the usages, in the signing controller's words. */
export function usageProblem(csr: CertificateSigningRequest): string | undefined {
  const { allowed, needed } = signers[csr.spec.signerName]!
  const usages: readonly string[] = csr.spec.usages ?? []
  if (needed === undefined) return undefined
  const what = needed === 'client auth' ? 'client' : 'serving'
  const odd = usages.find((u) => !allowed.includes(u))
  if (odd !== undefined) return `invalid usage for ${what} certificate: ${odd}`
  return usages.includes(needed) ? undefined : `missing required usage for ${what} certificate: ${needed}`
}

function signRequest(csr: CertificateSigningRequest, context: ReconcileContext): void {
  const name = csr.metadata.name!
  const problem = usageProblem(csr)
  if (problem !== undefined) {
    const now = formatTime(context.nowMs)
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: problem,
      lastUpdateTime: now,
      lastTransitionTime: now,
    }
    context.write.patch(
      RESOURCE,
      undefined,
      name,
      { status: { conditions: [...(csr.status?.conditions ?? []), failed] } },
      'merge',
      'status',
    )
    return
  }
  const parts = requestParts(csr.spec.request)
  if (parts === undefined) return
  const lifeMs = Math.min((csr.spec.expirationSeconds ?? YEAR_MS / 1000) * 1000, YEAR_MS)
  const [from, until] = [context.nowMs - BACKDATE_MS, context.nowMs - (lifeMs < YEAR_MS ? 0 : BACKDATE_MS) + lifeMs]
  const certificate = issueCertificate(
    context.random,
    parts,
    csr.metadata.uid!,
    csr.spec.usages ?? [],
    Math.floor(from / 1000),
    Math.floor(until / 1000),
  )
  context.write.patch(RESOURCE, undefined, name, { status: { certificate: btoa(certificate) } }, 'merge', 'status')
}

function reconcile(name: string, context: ReconcileContext): void {
  const csr = context.read.get(RESOURCE, undefined, name)
  if (csr === undefined) return
  const leftMs = expiry(csr) - context.nowMs
  if (leftMs <= 0) {
    context.write.delete(RESOURCE, undefined, name)
    return
  }
  context.again(leftMs)
  if (signable(csr)) {
    signRequest(csr, context)
    return
  }
  if ((csr.status?.conditions ?? []).length > 0 || !selfNode(csr)) return
  const now = formatTime(context.nowMs)
  const approved = {
    type: 'Approved',
    status: 'True',
    reason: 'AutoApproved',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    lastUpdateTime: now,
    lastTransitionTime: now,
  }
  context.write.patch(RESOURCE, undefined, name, { status: { conditions: [approved] } }, 'merge', 'approval')
}

export const csrController: ControllerDefinition = {
  name: 'certificate',
  watches: [{ resource: RESOURCE, own: true }],
  reconcile,
}
