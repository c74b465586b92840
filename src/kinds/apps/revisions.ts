/**
 * The past of StatefulSets and DaemonSets, kept in ControllerRevisions whose data is the strategic patch that leads back.
 */
import type { ControllerRevision } from '../../api/generated/types/apps-v1.ts'
import type { RolloutRevision } from '../../api/kind.ts'
import { type ApiObject, controllerOf } from '../../api/meta.ts'
import type { Reader } from '../../api/reader.ts'
import { type LabelSelector, labelSelectorMatches } from '../../api/selectors.ts'
import { CHANGE_CAUSE } from './annotations.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function templateOf(revision: ControllerRevision): unknown {
  const spec = revision.data?.['spec']
  const template = isRecord(spec) ? spec['template'] : undefined
  if (!isRecord(template)) return undefined
  const { $patch: _directive, ...rest } = template
  return rest
}

/** Revisions that belong to the object, oldest first. */
export const controllerRevisionsOf = (
  object: ApiObject,
  selector: LabelSelector | undefined,
  reader: Reader,
): readonly ControllerRevision[] =>
  reader
    .list('controllerrevisions.apps', object.metadata.namespace)
    .filter((r) => controllerOf(r)?.uid === object.metadata.uid && labelSelectorMatches(selector, r.metadata.labels))
    .toSorted((a, b) => a.revision - b.revision)

export const revisionHistory = (object: ApiObject, selector: LabelSelector | undefined, reader: Reader): readonly RolloutRevision[] =>
  controllerRevisionsOf(object, selector, reader).map((r) => ({
    revision: r.revision,
    changeCause: r.metadata.annotations?.[CHANGE_CAUSE] ?? '',
    template: templateOf(r),
    rollbackPatch: () => r.data ?? {},
  }))

export const onlyRollingUpdate = (type: string | undefined): void => {
  if (type !== 'RollingUpdate') throw new Error('rollout status is only available for RollingUpdate strategy type')
}
