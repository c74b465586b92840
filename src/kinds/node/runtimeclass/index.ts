/**
 * RuntimeClass, node.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, invalid, required } from '../../../api/errors.ts'
import type { Toleration } from '../../../api/generated/types/core-v1.ts'
import type { RuntimeClass } from '../../../api/generated/types/node-v1.ts'
import { dns1123LabelErrors } from '../../../api/names.ts'
import { validateLabels } from '../../../api/names-meta.ts'
import { tolerationErrors } from '../../core/pod/validate/scheduling.ts'
import { resourceRequirementsErrors } from '../../core/resource-names.ts'
import { immutable, same } from '../../fields/same.ts'

/** A toleration as the API server's own type prints it. */
const goToleration = (t: Toleration): unknown => ({
  Key: t.key ?? '',
  Operator: t.operator ?? '',
  Value: t.value ?? '',
  Effect: t.effect ?? '',
  TolerationSeconds: t.tolerationSeconds ?? null,
})

function validate(o: RuntimeClass): FieldError[] {
  const { nodeSelector, tolerations = [] } = o.scheduling ?? {}
  return [
    ...(o.handler === '' ? [required('handler')] : dns1123LabelErrors(o.handler).map((m) => invalid('handler', o.handler, m))),
    ...(o.overhead?.podFixed ? resourceRequirementsErrors({ limits: o.overhead.podFixed }, 'overhead') : []),
    ...validateLabels(nodeSelector, 'scheduling.nodeSelector'),
    ...tolerationErrors(tolerations, 'scheduling.tolerations'),
    ...tolerations.flatMap((toleration, i) =>
      tolerations.findIndex((earlier) => same(earlier, toleration)) < i
        ? [duplicate(`scheduling.tolerations[${i}]`, goToleration(toleration))]
        : [],
    ),
  ]
}

export const runtimeClass = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  setDefaults: (o) => {
    o.handler ??= ''
  },
  validate,
  validateUpdate: (next, previous) => immutable(next.handler, previous.handler, 'handler'),
  cells: { Handler: (o) => o.handler },
})
