/** The quota controller: recounts what a namespace uses, which admission only ever adds to. */
import type { Pod, ResourceQuota } from '../../api/generated/types/core-v1.ts'
import { type ApiObject, keyOf, splitKey } from '../../api/meta.ts'
import { addQuantities, formatQuantity } from '../../api/quantity.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { resourceCountedBy, usageOf } from '../../apiserver/quota/evaluators.ts'
import { inScope } from '../../apiserver/quota/scopes.ts'
import type { ControllerDefinition, ObjectChange } from '../../client/contract.ts'
import { isFinished } from '../pod-state.ts'
import { same } from '../same.ts'

/** What of a quota's hard limits is used now, in the limits' own names. */
export function recount(quota: ResourceQuota, read: IndexedReader): Record<string, string> {
  const hard = Object.keys(quota.spec?.hard ?? {}).sort()
  const resources = new Set(hard.map(resourceCountedBy).filter((r) => r !== undefined))
  const used: Record<string, string> = Object.fromEntries(hard.map((name) => [name, '0']))
  for (const resource of resources)
    for (const object of read.list(resource, quota.metadata.namespace) as readonly ApiObject[]) {
      if (!inScope(quota, resource, object)) continue
      const usage = usageOf(resource, object)
      for (const name of hard)
        if (resourceCountedBy(name) === resource && usage[name] !== undefined)
          used[name] = formatQuantity(addQuantities(used[name], usage[name]))
    }
  return used
}

/** Deletions, endings and changed Services or claims may free something. */
function affected({ resource, before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  const object = after ?? before
  const { namespace } = object!.metadata
  if (namespace === undefined || resource === 'events' || resource === 'resourcequotas') return []
  const quotas = read.list('resourcequotas', namespace)
  if (quotas.length === 0) return []
  const freed =
    after === undefined || (resource === 'pods' && before !== undefined && isFinished(after as Pod) !== isFinished(before as Pod))
  const changed = before !== undefined && (resource === 'services' || resource === 'persistentvolumeclaims')
  return freed || changed ? quotas.map(keyOf) : []
}

export const resourceQuotaController: ControllerDefinition = {
  name: 'resourcequota',
  watches: [
    { resource: 'resourcequotas', own: true },
    { resource: '*', map: affected },
  ],
  reconcile: (key, { read, write }) => {
    const { namespace, name } = splitKey(key)
    const quota = read.get('resourcequotas', namespace, name)
    if (quota === undefined) return
    const status = { hard: quota.spec?.hard ?? {}, used: recount(quota, read) }
    if (same(quota.status, status)) return
    const change = (draft: ResourceQuota): void => {
      draft.status = status
    }
    write.modify('resourcequotas', namespace, name, change, 'status')
  },
}
