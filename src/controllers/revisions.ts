/**
 * ControllerRevisions: the past templates of StatefulSets and DaemonSets. Finds or makes the one for a template, raises an old one when a
 * template comes back, and forgets those beyond the history limit. Models upstream's controller/history.
 */
import { isApiError } from '../api/errors.ts'
import type { ControllerRevision } from '../api/generated/types/apps-v1.ts'
import type { PodTemplateSpec } from '../api/generated/types/core-v1.ts'
import type { ApiObject } from '../api/meta.ts'
import type { ReconcileContext } from '../client/contract.ts'
import { controllerRef } from '../client/ownership.ts'
import { same } from './same.ts'

export const REVISION_HASH = 'controller.kubernetes.io/hash'
export const POD_REVISION = 'controller-revision-hash'
const RESOURCE = 'controllerrevisions.apps'

/** What a revision keeps: a strategic merge patch that brings the template back. */
const patchFor = (template: PodTemplateSpec): Record<string, unknown> => ({ spec: { template: { ...template, $patch: 'replace' } } })

export const templateOf = (revision: ControllerRevision): PodTemplateSpec => {
  const { $patch: _patch, ...template } = (revision.data as { spec: { template: PodTemplateSpec & { $patch?: string } } }).spec.template
  return template
}

const oldestFirst = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0)

export const sortedRevisions = (revisions: readonly ControllerRevision[]): ControllerRevision[] => [...revisions].sort(oldestFirst)

export interface Settled {
  readonly current: ControllerRevision
  readonly revisions: readonly ControllerRevision[]
  readonly collisions: number
}

/** What a new revision's name ends in; asked again with a higher count when the name is taken. */
export type Suffix = (template: PodTemplateSpec, data: unknown, collisions: number) => string

/** The revision of the owner's present template, made or raised if need be. `revisions` are those it owns. */
export function settleRevision(
  owner: ApiObject,
  template: PodTemplateSpec,
  revisions: readonly ControllerRevision[],
  collisions: number,
  suffix: Suffix,
  context: ReconcileContext,
): Settled {
  const sorted = sortedRevisions(revisions)
  const data = patchFor(template)
  const last = sorted.at(-1)
  const equal = sorted.filter((r) => same(r.data, data)).at(-1)
  if (equal !== undefined && equal === last) return { current: equal, revisions: sorted, collisions }
  const number = (last?.revision ?? 0) + 1
  if (equal !== undefined) {
    const raised = context.write.modify(RESOURCE, owner.metadata.namespace, equal.metadata.name, (draft) => {
      draft.revision = number
    })!
    return { current: raised, revisions: [...sorted.filter((r) => r !== equal), raised], collisions }
  }
  const made = create(owner, template, data, number, collisions, suffix, context)
  return { current: made.revision, revisions: [...sorted, made.revision], collisions: made.collisions }
}

function create(
  owner: ApiObject,
  template: PodTemplateSpec,
  data: Record<string, unknown>,
  revision: number,
  collisions: number,
  suffix: Suffix,
  context: ReconcileContext,
) {
  for (let count = collisions; ; count++) {
    const hash = suffix(template, data, count)
    const { annotations } = owner.metadata
    const object: ControllerRevision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${owner.metadata.name}-${hash}`,
        namespace: owner.metadata.namespace!,
        labels: { ...template.metadata?.labels, [REVISION_HASH]: hash },
        ...(annotations && { annotations: { ...annotations } }),
        ownerReferences: [controllerRef(owner)],
      },
      data,
      revision,
    }
    try {
      return { revision: context.write.create(RESOURCE, object), collisions: count }
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists') || count > collisions + 20) throw error
    }
  }
}

/** Deletes the oldest revisions that nobody uses, beyond `limit`. */
export function forgetRevisions(
  revisions: readonly ControllerRevision[],
  live: ReadonlySet<string>,
  limit: number,
  context: ReconcileContext,
): void {
  const history = sortedRevisions(revisions).filter((r) => !live.has(r.metadata.name))
  for (const r of history.slice(0, Math.max(0, history.length - limit)))
    context.write.delete(RESOURCE, r.metadata.namespace, r.metadata.name)
}
