/**
 * A request as policies and webhooks are told of it (admission.k8s.io/v1 AdmissionRequest): objects in the version that was matched, and
 * the request's own facts, as plain JSON.
 */
import type { KindDefinition } from '../../../api/kind.ts'
import { type ApiObject, apiVersionOf } from '../../../api/meta.ts'
import type { AdmissionRequest } from '../contract.ts'

/** An object of the store in another version. */
export function inVersion(object: ApiObject | undefined, r: AdmissionRequest, kind: KindDefinition): ApiObject | undefined {
  if (object === undefined || r.operation === 'CONNECT') return object
  const shown = r.view === undefined ? object : r.view.show(object)
  return kind === r.kind || kind.storedAs === undefined || r.view !== undefined ? shown : kind.storedAs.fromStored(shown)
}

const OPTIONS: Readonly<Record<string, string>> = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }

function optionsOf(r: AdmissionRequest): object | null {
  if (r.operation === 'CONNECT') return null
  const kind = r.patching ? 'PatchOptions' : OPTIONS[r.operation]!
  return {
    apiVersion: 'meta.k8s.io/v1',
    kind,
    ...(r.dryRun && { dryRun: ['All'] }),
    ...(r.fieldManager !== undefined && r.operation !== 'DELETE' && { fieldManager: r.fieldManager }),
  }
}

/** All but uid and the objects. */
export function requestFacts(r: AdmissionRequest, matched: KindDefinition): Record<string, unknown> {
  const kindOf = (kind: KindDefinition): object => r.view?.kind ?? { group: kind.group, version: kind.version, kind: kind.kind }
  const resourceOf = ({ group, version, resource }: KindDefinition): object => ({ group, version, resource })
  const sub = r.subresource
  return {
    kind: kindOf(matched),
    resource: resourceOf(matched),
    ...(sub && { subResource: sub }),
    requestKind: kindOf(r.requested),
    requestResource: resourceOf(r.requested),
    ...(sub && { requestSubResource: sub }),
    ...(r.name && { name: r.name }),
    ...(r.namespace && { namespace: r.namespace }),
    operation: r.operation,
    userInfo: {
      username: r.user.name,
      ...(r.user.uid && { uid: r.user.uid }),
      groups: [...r.user.groups],
      ...(r.user.extra && { extra: r.user.extra }),
    },
    object: inVersion(r.object, r, matched) ?? null,
    oldObject: inVersion(r.old, r, matched) ?? null,
    dryRun: r.dryRun,
    options: optionsOf(r),
  }
}

export const apiVersionOfKind = (kind: KindDefinition): string => apiVersionOf(kind.group, kind.version)
