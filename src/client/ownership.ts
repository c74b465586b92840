/**
 * Ownership of dependents: controller references, and claiming children by selector with adoption and release
 * (kubernetes/pkg/controller ControllerRefManager).
 */
import { ApiError } from '../api/errors.ts'
import { type ApiObject, controllerOf, type OwnerReference } from '../api/meta.ts'
import type { IndexedReader, ObjectOf, ResourceName } from '../api/reader.ts'
import { exactPairs, matchesLabels, type Selector } from '../api/selectors.ts'
import type { Writer } from './contract.ts'

/** The reference by which `owner` manages a dependent. */
export const controllerRef = (owner: ApiObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

/** What to do with one candidate. */
export type Claim = 'keep' | 'adopt' | 'release' | 'ignore'

export function judgeClaim(owner: ApiObject, selector: Selector, child: ApiObject): Claim {
  const controller = controllerOf(child)
  const selected = matchesLabels(selector, child.metadata.labels)
  if (controller !== undefined) {
    if (controller.uid !== owner.metadata.uid) return 'ignore'
    if (selected) return 'keep'
    return owner.metadata.deletionTimestamp === undefined ? 'release' : 'ignore'
  }
  if (owner.metadata.deletionTimestamp !== undefined || !selected || child.metadata.deletionTimestamp !== undefined) return 'ignore'
  return 'adopt'
}

/** Everything the owner may own: what it has, and what its selector could adopt. */
function candidates(read: IndexedReader, resource: ResourceName, owner: ApiObject, selector: Selector): ApiObject[] {
  const { uid = '', namespace = '' } = owner.metadata
  const found = new Set<ApiObject>(read.ownedBy(resource, uid) as readonly ApiObject[])
  const pair = exactPairs(selector)[0]
  const near = (
    pair === undefined ? read.list(resource, namespace) : read.labelled(resource, namespace, pair[0], pair[1])
  ) as readonly ApiObject[]
  for (const child of near) if (controllerOf(child) === undefined) found.add(child)
  return [...found].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0))
}

function adopt(write: Writer, resource: ResourceName, owner: ApiObject, child: ApiObject): ApiObject {
  const ownerReferences = [...(child.metadata.ownerReferences ?? []), controllerRef(owner)]
  return write.update(resource, { ...child, metadata: { ...child.metadata, ownerReferences } } as never) as ApiObject
}

function release(write: Writer, resource: ResourceName, owner: ApiObject, child: ApiObject): void {
  const ownerReferences = (child.metadata.ownerReferences ?? []).filter((r) => r.uid !== owner.metadata.uid)
  try {
    write.update(resource, { ...child, metadata: { ...child.metadata, ownerReferences } } as never)
  } catch (e) {
    if (!(e instanceof ApiError) || (e.status.reason !== 'NotFound' && e.status.reason !== 'Invalid')) throw e
  }
}

export interface ClaimContext {
  readonly read: IndexedReader
  readonly write: Writer
}

/**
 * The children of `resource` that belong to `owner` in its namespace, by name: those it controls and its selector matches, and
 * matching orphans, which are adopted. What it controls but no longer selects is released.
 */
export function claimChildren<R extends ResourceName>(
  context: ClaimContext,
  resource: R,
  owner: ApiObject,
  selector: Selector,
): readonly ObjectOf<R>[] {
  const claimed: ApiObject[] = []
  for (const child of candidates(context.read, resource, owner, selector)) {
    const claim = judgeClaim(owner, selector, child)
    if (claim === 'keep') claimed.push(child)
    else if (claim === 'adopt') claimed.push(adopt(context.write, resource, owner, child))
    else if (claim === 'release') release(context.write, resource, owner, child)
  }
  return claimed as readonly unknown[] as readonly ObjectOf<R>[]
}
