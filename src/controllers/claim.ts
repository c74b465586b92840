/**
 * Who owns what: adopts matching orphans, releases what no longer matches, and routes orphans' changes to the owners that might adopt them.
 * The judgement is client/ownership's; here orphans are found by an index, so that owners of many pods do not read all that share a label.
 */
import { isApiError } from '../api/errors.ts'
import { type ApiObject, controllerOf, keyOf } from '../api/meta.ts'
import type { IndexedReader, ObjectOf, ResourceName } from '../api/reader.ts'
import { type LabelSelector, labelSelectorMatches, type Selector } from '../api/selectors.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext, Watch } from '../client/contract.ts'
import { controllerRef, judgeClaim } from '../client/ownership.ts'

const ORPHANS = 'orphans'

/** The index that `claim` and `watchOrphans` need on the owned resource. */
export const orphanIndex = (resource: ResourceName): NonNullable<ControllerDefinition['indexes']>[number] => ({
  resource,
  name: ORPHANS,
  of: (object) => (controllerOf(object) === undefined ? [object.metadata.namespace ?? ''] : []),
})

/** Objects that were found to belong to their owner, with its selector as it was: neither ever changes, so that is not judged again. */
const kept = new WeakMap<ApiObject, object>()

/** Objects of `resource` that belong to `owner` after adoption and release. A terminating owner adopts nothing. */
export function claim<R extends ResourceName>(context: ReconcileContext, resource: R, owner: ApiObject, selector: Selector): ObjectOf<R>[] {
  const claimed: ObjectOf<R>[] = []
  const judgedBy = owner['spec']?.selector as object | undefined
  for (const object of context.read.ownedBy(resource, owner.metadata.uid ?? '')) {
    if (judgedBy !== undefined && kept.get(object as ApiObject) === judgedBy) {
      claimed.push(object)
      continue
    }
    const verdict = judgeClaim(owner, selector, object as ApiObject)
    if (verdict === 'keep' && judgedBy !== undefined) kept.set(object as ApiObject, judgedBy)
    if (verdict === 'keep' || (verdict === 'ignore' && controllerOf(object as ApiObject)?.uid === owner.metadata.uid)) claimed.push(object)
    else if (verdict === 'release') release(context, resource, object as ApiObject, owner.metadata.uid ?? '')
  }
  for (const object of context.read.byIndex(resource, ORPHANS, owner.metadata.namespace ?? '')) {
    if (judgeClaim(owner, selector, object as ApiObject) !== 'adopt') continue
    const adopted = adopt(context, resource, object as ApiObject, owner)
    if (adopted !== undefined) claimed.push(adopted as ObjectOf<R>)
  }
  return claimed
}

/** Whether anything without a controller stands in the owner's namespace: it may have to be adopted. */
export const hasOrphans = (context: ReconcileContext, resource: ResourceName, owner: ApiObject): boolean =>
  context.read.byIndex(resource, ORPHANS, owner.metadata.namespace ?? '').length > 0

function adopt(context: ReconcileContext, resource: ResourceName, object: ApiObject, owner: ApiObject): ApiObject | undefined {
  const write = (): ApiObject | undefined =>
    context.write.modify(resource, object.metadata.namespace, object.metadata.name, (draft: ApiObject) => {
      draft.metadata.ownerReferences = [...(draft.metadata.ownerReferences ?? []).map((r) => ({ ...r })), controllerRef(owner)]
    })
  return unlessGone(write)
}

function release(context: ReconcileContext, resource: ResourceName, object: ApiObject, ownerUid: string): void {
  unlessGone(() =>
    context.write.modify(resource, object.metadata.namespace, object.metadata.name, (draft: ApiObject) => {
      const rest = (draft.metadata.ownerReferences ?? []).filter((r) => r.uid !== ownerUid)
      if (rest.length > 0) draft.metadata.ownerReferences = rest
      else delete draft.metadata.ownerReferences
    }),
  )
}

function unlessGone<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

type SelectorOf = (owner: ApiObject) => LabelSelector | undefined

/** Watches for owned objects: changes go to the controlling owner of that kind, orphans' changes to every owner that selects them. */
export function watchOwned(
  resource: ResourceName,
  ownerKind: string,
  ownerResource: ResourceName,
  selectorOf: SelectorOf = (o) => o['spec']?.selector,
): Watch[] {
  const map = (change: ObjectChange, read: IndexedReader): readonly string[] => {
    const object = change.after ?? change.before
    if (object === undefined || controllerOf(object) !== undefined) return releasedFrom(change, ownerKind, ownerResource, read)
    return read
      .list(ownerResource, object.metadata.namespace)
      .filter((owner) => labelSelectorMatches(selectorOf(owner as ApiObject), object.metadata.labels))
      .map((owner) => keyOf(owner as ApiObject))
      .concat(releasedFrom(change, ownerKind, ownerResource, read))
  }
  return [
    { resource, owner: ownerKind },
    { resource, map },
  ]
}

/** The former owner of an object that changed hands. */
function releasedFrom(change: ObjectChange, ownerKind: string, ownerResource: ResourceName, read: IndexedReader): string[] {
  if (change.before === undefined || change.after === undefined) return []
  const old = controllerOf(change.before)
  if (old === undefined || old.kind !== ownerKind || controllerOf(change.after)?.uid === old.uid) return []
  const owner = read.get(ownerResource, change.before.metadata.namespace, old.name) as ApiObject | undefined
  return owner === undefined ? [] : [keyOf(owner)]
}
