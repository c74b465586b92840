/** What changed, as queueing hints ask it: cheap looks at a change, mostly by identity of frozen parts. */
import type { Node, Pod } from '../api/generated/types/core-v1.ts'
import type { ObjectChange } from '../client/contract.ts'
import { same } from '../controllers/same.ts'

const node = (change: ObjectChange): { before: Node | undefined; after: Node | undefined } => ({
  before: change.before as Node | undefined,
  after: change.after as Node | undefined,
})

const differs = (a: unknown, b: unknown): boolean => a !== b && !same(a, b)

export const nodeAdded = (change: ObjectChange): boolean => change.before === undefined && change.after !== undefined
/** A new node changes all of these. */
export const labelsChanged = (change: ObjectChange): boolean => {
  const { before, after } = node(change)
  return after !== undefined && (before === undefined || differs(before.metadata.labels, after.metadata.labels))
}
export const taintsChanged = (change: ObjectChange): boolean => {
  const { before, after } = node(change)
  return (
    after !== undefined &&
    (before === undefined || differs(before.spec?.taints, after.spec?.taints) || before.spec?.unschedulable !== after.spec?.unschedulable)
  )
}
/** The node will do now and would not before, or was not there. */
export const fitsNow = (change: ObjectChange, fits: (node: Node) => boolean): boolean => {
  const { before, after } = node(change)
  return after !== undefined && fits(after) && (before === undefined || !fits(before))
}
export const allocatableChanged = (change: ObjectChange): boolean => {
  const { before, after } = node(change)
  return after !== undefined && (before === undefined || differs(before.status?.allocatable, after.status?.allocatable))
}

const finished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

/** An assigned pod left its node: deleted or finished. */
export const podFreed = (change: ObjectChange): boolean => {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (before?.spec?.nodeName === undefined || finished(before)) return false
  return after === undefined || finished(after)
}
/** A pod arrived on a node, or an assigned pod's labels changed. */
export const podPlacedOrRelabelled = (change: ObjectChange): boolean => {
  const before = change.before as Pod | undefined
  const after = change.after as Pod | undefined
  if (after?.spec?.nodeName === undefined) return false
  return before?.spec?.nodeName !== after.spec.nodeName || differs(before.metadata.labels, after.metadata.labels)
}
export const anything = (): boolean => true
