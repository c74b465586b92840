/**
 * What the garbage collector does with one object, given which of its owners still exist. Models upstream's attemptToDeleteItem.
 */
import type { ApiObject, OwnerReference } from '../../api/meta.ts'

export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'

/** `absent`: gone for certain; `waiting`: being deleted in the foreground, until its dependents are gone; `unknown`: of a kind nobody knows. */
export type OwnerState = 'solid' | 'absent' | 'waiting' | 'unknown'

export type Verdict =
  | { readonly do: 'nothing' }
  /** Owner references to drop, by uid. */
  | { readonly do: 'release'; readonly uids: readonly string[] }
  | { readonly do: 'delete'; readonly policy: 'Background' | 'Foreground' | 'Orphan' }

export const isDeletingDependents = (object: ApiObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && object.metadata.finalizers?.includes(FOREGROUND) === true

export function judge(object: ApiObject, ownerState: (ref: OwnerReference) => OwnerState, hasDependents: () => boolean): Verdict {
  const refs = object.metadata.ownerReferences ?? []
  if (refs.length === 0 || object.metadata.deletionTimestamp !== undefined) return { do: 'nothing' }
  const states = refs.map((ref) => ({ uid: ref.uid, state: ownerState(ref) }))
  if (states.some((s) => s.state === 'unknown')) return { do: 'nothing' }
  const gone = states.filter((s) => s.state !== 'solid')
  if (gone.length === 0) return { do: 'nothing' }
  if (gone.length < states.length) return { do: 'release', uids: gone.map((s) => s.uid) }
  if (states.some((s) => s.state === 'waiting') && hasDependents()) return { do: 'delete', policy: 'Foreground' }
  if (object.metadata.finalizers?.includes(ORPHAN)) return { do: 'delete', policy: 'Orphan' }
  return { do: 'delete', policy: object.metadata.finalizers?.includes(FOREGROUND) ? 'Foreground' : 'Background' }
}
