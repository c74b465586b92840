/**
 * Builds what admission plugins see of a write.
 */
import type { ApiObject } from '../../api/meta.ts'
import { type AdmissionRequest, noReinvocation, type Operation, type SubresourceView } from '../admission/contract.ts'
import type { Exchange } from '../exchange.ts'

export interface AdmissionSubject {
  readonly name: string
  readonly object?: ApiObject | undefined
  readonly old?: ApiObject | undefined
  readonly subresource?: string | undefined
  readonly drawKey?: string
  readonly view?: SubresourceView | undefined
}

export function admissionRequest(x: Exchange, operation: Operation, subject: AdmissionSubject): AdmissionRequest {
  const { object, old } = subject
  return {
    server: x.server,
    operation,
    kind: x.stored,
    requested: x.kind,
    resource: x.resource,
    subresource: 'subresource' in subject ? subject.subresource : x.request.subresource,
    namespace: (object ?? old)?.metadata?.namespace ?? x.namespace,
    name: subject.name,
    object,
    old,
    user: x.user,
    dryRun: x.dryRun,
    internal: x.internal,
    patching: x.request.verb === 'patch',
    fieldManager: x.request.query?.fieldManager,
    view: subject.view,
    reinvocation: noReinvocation(),
    drawKey: subject.drawKey ?? `${x.resource}/${(object ?? old)?.metadata?.uid ?? ''}`,
    warn: (text) => x.warn(text),
    onCommit: (run) => {
      x.commits.push(run)
    },
  }
}
