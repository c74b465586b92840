/**
 * The order of merged lists: items of the patch in the patch's order, items of the server in the server's, as upstream's
 * normalizeElementOrder and mergeSortedSlice interleave them.
 */
import { deepEqual, isRecord } from '../walk.ts'

/** Where an item stands in a list, by its merge key or, without one, by its value. */
export function indexIn(list: readonly unknown[], item: unknown, mergeKey: string | undefined): number {
  if (mergeKey === undefined || !isRecord(item)) return list.findIndex((x) => deepEqual(x, item))
  const key = item[mergeKey]
  return list.findIndex((x) => isRecord(x) && x[mergeKey] === key)
}

/** Sorts by the place in `order`; items not in it keep their order, after the others. */
export function sortLike(list: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): unknown[] {
  const placed = list.map((item) => ({ item, at: indexIn(order, item, mergeKey) }))
  const known = placed.filter((p) => p.at >= 0).sort((a, b) => a.at - b.at)
  return [...known, ...placed.filter((p) => p.at < 0)].map((p) => p.item)
}

function interleave(
  server: readonly unknown[],
  patch: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const out: unknown[] = []
  let i = 0
  let j = 0
  while (i < server.length && j < patch.length) {
    const left = indexIn(serverOrder, server[i], mergeKey)
    const right = indexIn(serverOrder, patch[j], mergeKey)
    out.push(left >= 0 && right >= 0 && left < right ? server[i++] : patch[j++])
  }
  return [...out, ...server.slice(i), ...patch.slice(j)]
}

/** Puts a merged list in order: `patchOrder` rules its own items, `serverOrder` the rest; a new item goes in front. */
export function enforceOrder(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const ofPatch: unknown[] = []
  const ofServer: unknown[] = []
  for (const item of merged) (indexIn(patchOrder, item, mergeKey) >= 0 ? ofPatch : ofServer).push(item)
  return interleave(sortLike(ofServer, serverOrder, mergeKey), sortLike(ofPatch, patchOrder, mergeKey), serverOrder, mergeKey)
}
