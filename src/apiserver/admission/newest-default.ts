/** Which of several objects marked as default is taken: the newest, and of those made at once the first by name. */
import type { ApiObject } from '../../api/meta.ts'

export function newestDefault<O extends ApiObject>(objects: readonly O[], annotation: string): O | undefined {
  let found: O | undefined
  for (const one of objects) {
    if (one.metadata.annotations?.[annotation] !== 'true') continue
    if (found === undefined || (one.metadata.creationTimestamp ?? '') > (found.metadata.creationTimestamp ?? '')) found = one
  }
  return found
}
