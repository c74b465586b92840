/**
 * Certificate signing requests: kubelets' own client certificates are approved, and requests nobody needs any more are cleaned away
 * (issued after an hour, approved or denied after one, pending after a day). Signing itself is not done here.
 */
import type { CertificateSigningRequest } from '../../api/generated/types/certificates-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
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

function reconcile(name: string, context: ReconcileContext): void {
  const csr = context.read.get(RESOURCE, undefined, name)
  if (csr === undefined) return
  const leftMs = expiry(csr) - context.nowMs
  if (leftMs <= 0) {
    context.write.delete(RESOURCE, undefined, name)
    return
  }
  context.again(leftMs)
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
