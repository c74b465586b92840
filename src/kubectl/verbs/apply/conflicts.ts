/**
 * `apply --overwrite=false`: what the file changes and others have changed too is a conflict (strategicpatch's MergingMapsHaveConflicts).
 */
import { isRecord } from '../../../api/walk.ts'

/** Whether both patches say something of one field, and not the same. Directives are no fields. */
export function conflicting(a: unknown, b: unknown): boolean {
  if (isRecord(a) && isRecord(b)) return Object.keys(a).some((key) => !key.startsWith('$') && key in b && conflicting(a[key], b[key]))
  if (Array.isArray(a) && Array.isArray(b)) return a.length !== b.length || a.some((item, i) => conflicting(item, b[i]))
  return a !== b
}
