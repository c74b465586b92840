/**
 * ResourceQuota: refuses what would exceed a namespace's quotas and charges what is let in at once, so that the next request sees it
 * (apiserver/plugin/pkg/admission/resourcequota).
 */
import { errors } from '../../../api/errors.ts'
import type { Pod, ResourceQuota } from '../../../api/generated/types/core-v1.ts'
import { addQuantities, compareQuantities, formatQuantity, quantitySign, subtractQuantities } from '../../../api/quantity.ts'
import { missingCompute, type Usage, usageOf } from '../../quota/evaluators.ts'
import { inScope } from '../../quota/scopes.ts'
import { SERVER_USER } from '../../server.ts'
import { type AdmissionPlugin, type AdmissionRequest, refusalName } from '../contract.ts'

type Amounts = Readonly<Record<string, string>>

/** What the request adds, by quota resource; only what grows on an update. */
function growth(request: AdmissionRequest): Usage {
  const after = usageOf(request.resource, request.object!)
  if (request.old === undefined) return after
  const before = usageOf(request.resource, request.old)
  const delta: Record<string, string> = {}
  for (const [name, value] of Object.entries(after)) {
    const more = subtractQuantities(value, before[name])
    if (quantitySign(more) > 0) delta[name] = formatQuantity(more)
  }
  return delta
}

const listed = (amounts: Amounts, names: readonly string[]): string => names.map((n) => `${n}=${formatQuantity(amounts[n])}`).join(',')

function refuse(request: AdmissionRequest, why: string): never {
  throw errors.forbidden(request.kind.group, request.kind.resource, refusalName(request), why)
}

/** The quota's usage with the request charged; undefined when the quota is not touched. Throws when it would be exceeded. */
function charge(request: AdmissionRequest, quota: ResourceQuota, delta: Usage): Amounts | undefined {
  const hard = (quota.status?.hard ?? {}) as Amounts
  const used = (quota.status?.used ?? {}) as Amounts
  const names = Object.keys(delta)
    .filter((n) => hard[n] !== undefined && (quantitySign(delta[n]) > 0 || n === 'pods'))
    .sort()
  if (request.resource === 'pods' && request.old === undefined) {
    const missing = missingCompute(request.object as Pod, Object.keys(hard))
    if (missing !== undefined) refuse(request, `failed quota: ${quota.metadata.name}: ${missing}`)
  }
  if (names.length === 0) return undefined
  const unknown = names.filter((n) => used[n] === undefined)
  if (unknown.length > 0) refuse(request, `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`)
  const next: Record<string, string> = { ...used }
  for (const n of names) next[n] = formatQuantity(addQuantities(used[n], delta[n]))
  const exceeded = names.filter((n) => compareQuantities(next[n], hard[n]) > 0)
  if (exceeded.length > 0) {
    const figures = `requested: ${listed(delta, exceeded)}, used: ${listed(used, exceeded)}, limited: ${listed(hard, exceeded)}`
    refuse(request, `exceeded quota: ${quota.metadata.name}, ${figures}`)
  }
  return next
}

function write(request: AdmissionRequest, quota: ResourceQuota, used: Amounts): void {
  const { name, namespace } = quota.metadata
  const current = request.server.reader.get('resourcequotas', namespace, name)
  if (current === undefined) return
  request.server.handle({
    verb: 'update',
    group: '',
    version: 'v1',
    resource: 'resourcequotas',
    subresource: 'status',
    namespace: namespace!,
    name,
    user: SERVER_USER,
    internal: true,
    body: { ...current, status: { ...current.status, used } },
  })
}

function validate(request: AdmissionRequest): void {
  if (request.namespace === undefined) return
  const quotas = request.server.reader.list('resourcequotas', request.namespace)
  if (quotas.length === 0) return
  const delta = growth(request)
  for (const quota of quotas) {
    if (!inScope(quota, request.resource, request.object!)) continue
    const used = charge(request, quota, delta)
    if (used !== undefined) request.onCommit(() => write(request, quota, used))
  }
}

export const resourceQuota: AdmissionPlugin = { name: 'ResourceQuota', operations: ['CREATE', 'UPDATE'], validate }
