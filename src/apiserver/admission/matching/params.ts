/** The parameters that a binding names for a policy (apiserver's policy/generic CollectParams). */
import { type ApiObject, apiVersionOf, groupOf, versionOf } from '../../../api/meta.ts'
import { storeResource } from '../../../api/registry.ts'
import { type LabelSelector, labelSelectorMatches } from '../../../api/selectors.ts'
import type { AdmissionRequest } from '../contract.ts'

export interface ParamKind {
  readonly apiVersion: string
  readonly kind: string
}

export interface ParamRef {
  readonly name?: string
  readonly namespace?: string
  readonly selector?: LabelSelector
  readonly parameterNotFoundAction?: string
}

/** Stands for an expression that has no `params` at all. */
export const noParams = Symbol('no params')
export type Param = ApiObject | typeof noParams

/** `failed to configure …`: the policy's own fault, or the binding's. */
export interface ParamFailure {
  readonly of: 'policy' | 'binding'
  readonly why: string
}

const binding = (why: string): ParamFailure => ({ of: 'binding', why })

/** Nothing to judge by is [], where the binding lets that through. */
export function paramsOf(r: AdmissionRequest, kind: ParamKind | undefined, ref: ParamRef | undefined): readonly Param[] | ParamFailure {
  if (kind === undefined) return [noParams]
  if (ref === undefined) return [noParams]
  const found = r.server.registry.byKind(kind.apiVersion, kind.kind)
  if (found === undefined) {
    const version = apiVersionOf(groupOf(kind.apiVersion), versionOf(kind.apiVersion))
    return { of: 'policy', why: `failed to find resource referenced by paramKind: '${version}, Kind=${kind.kind}'` }
  }
  if (!found.namespaced && ref.namespace) return binding('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
  const namespace = found.namespaced ? ref.namespace || r.namespace : undefined
  if (found.namespaced && !namespace)
    return binding('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources')
  const stored = r.server.registry.stored(found)
  const objects = r.server.store.list(storeResource(stored), namespace)
  const params = objects.filter((o) => (ref.name ? o.metadata.name === ref.name : labelSelectorMatches(ref.selector, o.metadata.labels)))
  if (params.length > 0) return found.storedAs === undefined ? params : params.map(found.storedAs.fromStored)
  return ref.parameterNotFoundAction === 'Allow' ? [] : binding('no params found for policy binding with `Deny` parameterNotFoundAction')
}
