/**
 * RuntimeClass, node.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { invalid, required } from '../../../api/errors.ts'
import type { RuntimeClass } from '../../../api/generated/types/node-v1.ts'
import { dns1123LabelErrors } from '../../../api/names.ts'
import { immutable } from '../../fields/same.ts'

export const runtimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  setDefaults: (o) => {
    o.handler ??= ''
  },
  validate: (o) => (o.handler === '' ? [required('handler')] : dns1123LabelErrors(o.handler).map((m) => invalid('handler', o.handler, m))),
  validateUpdate: (next, previous) => immutable(next.handler, previous.handler, 'handler'),
  cells: { Handler: (o) => o.handler },
})
