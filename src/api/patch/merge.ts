/**
 * JSON merge patches (RFC 7386): null removes a field, objects merge, all else replaces. Both directions, and kubectl's three-way form
 * for kinds that have no strategic merge (custom resources).
 */
import { cloneJson, deepEqual, isRecord, ownValue, setOwn } from '../walk.ts'

/** A new value; neither argument is changed. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return cloneJson(patch)
  const out: Record<string, unknown> = isRecord(target) ? { ...target } : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === undefined) continue
    if (value === null) delete out[key]
    else setOwn(out, key, applyMergePatch(Object.hasOwn(out, key) ? out[key] : undefined, value))
  }
  return out
}

/** The patch that turns `from` into `to`; `{}` if they agree. Fields that are null in `to` count as absent. */
export function createMergePatch(from: unknown, to: unknown): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  const before = isRecord(from) ? from : {}
  const after = isRecord(to) ? to : {}
  for (const key of Object.keys(after).sort()) {
    const a = ownValue(before, key)
    const b = after[key]
    if (b === undefined || b === null || deepEqual(a, b)) continue
    if (isRecord(a) && isRecord(b)) {
      const nested = createMergePatch(a, b)
      if (Object.keys(nested).length > 0) setOwn(patch, key, nested)
    } else setOwn(patch, key, isRecord(b) ? createMergePatch({}, b) : cloneJson(b))
  }
  for (const key of Object.keys(before).sort()) {
    if (before[key] !== undefined && before[key] !== null && (ownValue(after, key) === undefined || ownValue(after, key) === null))
      setOwn(patch, key, null)
  }
  return patch
}

/** Only what is added or changed (`keep: 'additions'`) or only what is removed: the halves a three-way merge is made of. */
function keepHalf(patch: Record<string, unknown>, keep: 'additions' | 'deletions'): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null) {
      if (keep === 'deletions') setOwn(out, key, null)
    } else if (isRecord(value)) {
      const nested = keepHalf(value, keep)
      if (Object.keys(nested).length > 0 || (keep === 'additions' && Object.keys(value).length === 0)) setOwn(out, key, nested)
    } else if (keep === 'additions') setOwn(out, key, value)
  }
  return out
}

/** What `kubectl apply` sends for a custom resource: additions of modified over current, deletions of modified against original. */
export function createThreeWayJsonMergePatch(original: unknown, modified: unknown, current: unknown): Record<string, unknown> {
  const additions = keepHalf(createMergePatch(current, modified), 'additions')
  const deletions = keepHalf(createMergePatch(original ?? {}, modified), 'deletions')
  return mergeHalves(additions, deletions)
}

function mergeHalves(a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> {
  const out = { ...a }
  for (const key of Object.keys(b)) {
    const left = ownValue(out, key)
    const right = b[key]
    setOwn(out, key, isRecord(left) && isRecord(right) ? mergeHalves(left, right) : right)
  }
  return out
}
