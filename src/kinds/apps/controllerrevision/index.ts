/**
 * ControllerRevision, apps/v1: one past state of a StatefulSet or DaemonSet. Its data never changes.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import type { ControllerRevision } from '../../../api/generated/types/apps-v1.ts'
import { controllerOf, groupOf } from '../../../api/meta.ts'
import { nonNegative } from '../../fields/numbers.ts'
import { immutable } from '../../fields/same.ts'

const controllerName = (o: ControllerRevision): string => {
  const owner = controllerOf(o)
  if (owner === undefined) return '<none>'
  const group = groupOf(owner.apiVersion)
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`
}

export const controllerRevision = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  setDefaults: (o) => {
    o.revision ??= 0
  },
  validate: (o) => [...(o.data === undefined ? [required('data', 'data is mandatory')] : []), ...nonNegative(o.revision, 'revision')],
  validateUpdate: (next, previous) => immutable(next.data, previous.data, 'data'),
  cells: { Controller: controllerName, Revision: (o) => o.revision },
})
