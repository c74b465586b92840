/**
 * The pure rules of deletion: what a delete does to an object's metadata, and when an object that is being deleted may go
 * (apiserver's rest.BeforeDelete and Store.deletionFinalizersForGarbageCollection).
 */
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatTime, parseTime } from '../../api/rfc3339.ts'

export type Propagation = 'Background' | 'Foreground' | 'Orphan'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/** Finalizers after a delete asked for this propagation; the same list when nothing changes. */
export function finalizersFor(current: readonly string[], propagation: Propagation | undefined): readonly string[] {
  if (propagation === undefined) return current
  const wanted = propagation === 'Orphan' ? ORPHAN : propagation === 'Foreground' ? FOREGROUND : undefined
  const kept = current.filter((f) => (f !== ORPHAN && f !== FOREGROUND) || f === wanted)
  if (wanted !== undefined && !kept.includes(wanted)) kept.push(wanted)
  return kept.length === current.length && kept.every((f, i) => f === current[i]) ? current : kept
}

/** What deletion makes of an object: gone at once, left as it is (it is going already), or changed and kept for now. */
export type DeletionVerdict =
  | { readonly kind: 'remove' }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'keep'; readonly object: ApiObject }

export interface DeletionRequest {
  readonly gracePeriodSeconds: number | undefined
  readonly propagation: Propagation | undefined
  readonly nowMs: number
}

const pendingFinalizers = (kind: KindDefinition, object: ApiObject): boolean =>
  (object.metadata.finalizers?.length ?? 0) > 0 || kind.hasPendingFinalizers?.(object) === true

/** `copy` gives a mutable copy of the object. */
export function judgeDeletion(kind: KindDefinition, object: ApiObject, request: DeletionRequest, copy: () => ApiObject): DeletionVerdict {
  const { metadata } = object
  const finalizers = finalizersFor(metadata.finalizers ?? [], request.propagation ?? kind.defaultPropagation)
  const grace = kind.gracefulDeletion?.(object, request.gracePeriodSeconds)
  const waits = finalizers.length > 0 || kind.hasPendingFinalizers?.(object) === true
  const marked = metadata.deletionTimestamp !== undefined
  const shortened = marked && grace !== undefined && grace < (metadata.deletionGracePeriodSeconds ?? 0)
  if (!waits && (grace ?? 0) === 0 && (!marked || shortened || grace === undefined || request.gracePeriodSeconds === 0))
    return { kind: 'remove' }
  if (marked && !shortened && finalizers === (metadata.finalizers ?? finalizers)) return { kind: 'unchanged' }
  const next = copy()
  setFinalizers(next, finalizers)
  if (!marked) mark(kind, next, request.nowMs, grace)
  else if (shortened) shorten(next, grace)
  return { kind: 'keep', object: next }
}

function setFinalizers(object: ApiObject, finalizers: readonly string[]): void {
  if (finalizers.length > 0) object.metadata.finalizers = [...finalizers]
  else delete object.metadata.finalizers
}

function mark(kind: KindDefinition, object: ApiObject, nowMs: number, grace: number | undefined): void {
  const { metadata } = object
  metadata.deletionTimestamp = formatTime(nowMs + (grace ?? 0) * 1000)
  if (kind.hasPendingFinalizers === undefined) metadata.deletionGracePeriodSeconds = grace ?? 0
  if ((metadata.generation ?? 0) > 0) metadata.generation = metadata.generation! + 1
  kind.markDeleted?.(object)
}

function shorten(object: ApiObject, grace: number): void {
  const { metadata } = object
  const was = metadata.deletionGracePeriodSeconds ?? 0
  const due = parseTime(metadata.deletionTimestamp!) ?? 0
  metadata.deletionTimestamp = formatTime(due - (was - grace) * 1000)
  metadata.deletionGracePeriodSeconds = grace
}

/** Whether an object that was just written is only kept by a deletion that has nothing left to wait for. */
export const mayBeRemoved = (kind: KindDefinition, object: ApiObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  (object.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
  !pendingFinalizers(kind, object)
