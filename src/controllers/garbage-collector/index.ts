/**
 * The garbage collector: what nobody owns any more goes; foreground deletion waits for dependents, orphaning lets go of them.
 * Keys name one object as `resource|namespace|name|uid`; dependents are found by the owners' index.
 */
import { isApiError } from '../../api/errors.ts'
import type { ApiObject, OwnerReference } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { knownResources, resourceOfKind } from '../known-resources.ts'
import { FOREGROUND, isDeletingDependents, judge, ORPHAN, type OwnerState } from './plan.ts'

const keyFor = (resource: string, object: ApiObject): string =>
  [resource, object.metadata.namespace ?? '', object.metadata.name, object.metadata.uid].join('|')

interface Dependent {
  readonly resource: string
  readonly object: ApiObject
}

function dependentsOf(uid: string, read: IndexedReader): Dependent[] {
  return knownResources(read).flatMap(({ name }) =>
    read.ownedBy(name, uid).map((object) => ({ resource: name, object: object as ApiObject })),
  )
}

const ownerKeys = (object: ApiObject, read: IndexedReader): string[] =>
  (object.metadata.ownerReferences ?? []).flatMap((ref) => {
    const owner = ownerOf(ref, object.metadata.namespace, read)
    return owner !== undefined && isDeletingDependents(owner.object) ? [keyFor(owner.resource, owner.object)] : []
  })

function ownerOf(ref: OwnerReference, namespace: string | undefined, read: IndexedReader): Dependent | undefined {
  const known = resourceOfKind(ref.apiVersion, ref.kind, read)
  if (known === undefined) return undefined
  const object = read.get(known.name, known.namespaced ? namespace : undefined, ref.name) as ApiObject | undefined
  return object?.metadata.uid === ref.uid ? { resource: known.name, object } : undefined
}

const views = (resource: string): boolean => resource === 'events.events.k8s.io'

/** Which objects a change makes worth a look. */
function affected(change: ObjectChange, read: IndexedReader): readonly string[] {
  const { before, after, resource } = change
  if (views(resource)) return []
  if (after === undefined) {
    const dependents = dependentsOf(before!.metadata.uid ?? '', read).map((d) => keyFor(d.resource, d.object))
    return [...dependents, ...ownerKeys(before!, read)]
  }
  const { metadata } = after
  if (before !== undefined && before.metadata === metadata) return []
  const ending = metadata.deletionTimestamp !== undefined && metadata.finalizers !== before?.metadata.finalizers
  const owned = metadata.ownerReferences !== undefined && metadata.ownerReferences !== before?.metadata.ownerReferences
  const released = before?.metadata.ownerReferences !== undefined && metadata.ownerReferences !== before.metadata.ownerReferences
  return [...(ending || owned ? [keyFor(resource, after)] : []), ...(released ? ownerKeys(before!, read) : [])]
}

function reconcile(key: string, context: ReconcileContext): void {
  const [resource, namespace, name, uid] = key.split('|') as [string, string, string, string]
  const object = context.read.get(resource, namespace === '' ? undefined : namespace, name) as ApiObject | undefined
  if (object === undefined || object.metadata.uid !== uid) return
  if (object.metadata.deletionTimestamp !== undefined) finalize(resource, object, context)
  else attemptToDelete(resource, object, context)
}

function attemptToDelete(resource: string, object: ApiObject, context: ReconcileContext): void {
  const state = (ref: OwnerReference): OwnerState => {
    if (resourceOfKind(ref.apiVersion, ref.kind, context.read) === undefined) return 'unknown'
    const owner = ownerOf(ref, object.metadata.namespace, context.read)
    if (owner === undefined) return 'absent'
    return isDeletingDependents(owner.object) && ref.blockOwnerDeletion !== false ? 'waiting' : 'solid'
  }
  const verdict = judge(object, state, () => dependentsOf(object.metadata.uid ?? '', context.read).length > 0)
  if (verdict.do === 'nothing') return
  quietly(() => {
    const { namespace, name } = object.metadata
    if (verdict.do === 'delete')
      context.write.delete(resource, namespace, name, {
        propagationPolicy: verdict.policy,
        ...(object.metadata.uid && { uid: object.metadata.uid }),
      })
    else dropOwners(resource, object, verdict.uids, context)
  })
}

/** Two parts of the collector's work are finalizers of an object that is being deleted. */
function finalize(resource: string, object: ApiObject, context: ReconcileContext): void {
  const finalizers = object.metadata.finalizers ?? []
  const uid = object.metadata.uid ?? ''
  if (finalizers.includes(ORPHAN)) {
    for (const d of dependentsOf(uid, context.read)) quietly(() => dropOwners(d.resource, d.object, [uid], context))
    dropFinalizer(resource, object, ORPHAN, context)
  } else if (finalizers.includes(FOREGROUND)) {
    const dependents = dependentsOf(uid, context.read)
    const blocking = dependents.filter((d) =>
      d.object.metadata.ownerReferences?.some((r) => r.uid === uid && r.blockOwnerDeletion === true),
    )
    if (blocking.length === 0) dropFinalizer(resource, object, FOREGROUND, context)
    else for (const d of dependents) if (d.object.metadata.deletionTimestamp === undefined) attemptToDelete(d.resource, d.object, context)
  }
}

function dropOwners(resource: string, object: ApiObject, uids: readonly string[], context: ReconcileContext): void {
  context.write.modify(resource, object.metadata.namespace, object.metadata.name, (draft: ApiObject) => {
    const rest = (draft.metadata.ownerReferences ?? []).filter((r) => !uids.includes(r.uid))
    if (rest.length > 0) draft.metadata.ownerReferences = rest
    else delete draft.metadata.ownerReferences
  })
}

function dropFinalizer(resource: string, object: ApiObject, finalizer: string, context: ReconcileContext): void {
  quietly(() =>
    context.write.modify(resource, object.metadata.namespace, object.metadata.name, (draft: ApiObject) => {
      const rest = (draft.metadata.finalizers ?? []).filter((f) => f !== finalizer)
      if (rest.length > 0) draft.metadata.finalizers = rest
      else delete draft.metadata.finalizers
    }),
  )
}

/** Somebody else was faster: the change that made will be judged in its own turn. */
function quietly(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
  }
}

export const garbageCollector: ControllerDefinition = {
  name: 'generic-garbage-collector',
  watches: [{ resource: '*', map: affected }],
  reconcile,
}
