/** The sentences of FailedScheduling: reasons counted over nodes, sorted as text, then what preemption has to say. Worded as upstream's FitError. */
import type { Rejection } from './contract.ts'

/** `1 node(s) had untolerated taint(s), 3 Insufficient cpu`. */
export function histogram(rejections: Iterable<Rejection>): string {
  const counts = new Map<string, number>()
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts]
    .map(([reason, n]) => `${n} ${reason}`)
    .sort()
    .join(', ')
}

/** `preFilter` takes the place of the counts when the pod was refused before any node was looked at. */
export function fitError(allNodes: number, rejections: Iterable<Rejection>, preFilter: string, postFilter: string): string {
  const counted = preFilter === '' ? histogram(rejections) : preFilter
  const head = `0/${allNodes} nodes are available:${counted === '' ? '' : ` ${counted}.`}`
  return postFilter === '' ? head : `${head} ${postFilter}`
}
