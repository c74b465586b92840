/**
 * The last step of every write: the object gets the revision of its write, is frozen and kept; then what waited for it runs.
 */
import type { ApiObject } from '../../api/meta.ts'
import { deepFreeze } from '../../api/walk.ts'
import type { Exchange } from '../exchange.ts'
import { noteRemoval } from './identity.ts'

export function persist(x: Exchange, object: ApiObject): ApiObject {
  const { namespace, name } = object.metadata
  const written = x.server.store.write(x.resource, namespace, name, (revision) => {
    object.metadata.resourceVersion = String(revision)
    return deepFreeze(object)
  })
  runCommits(x)
  return written
}

export function runCommits(x: Exchange): void {
  for (const commit of x.commits.splice(0)) commit()
}

/** Takes the object out of the store. */
export function removeObject(x: Exchange, object: ApiObject): void {
  noteRemoval(x, object)
  x.server.store.remove(x.resource, object.metadata.namespace, object.metadata.name)
  runCommits(x)
}
