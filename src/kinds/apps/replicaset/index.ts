/**
 * ReplicaSet, apps/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { ReplicaSet, ReplicaSetSpec } from '../../../api/generated/types/apps-v1.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { nonNegative } from '../../fields/numbers.ts'
import { immutable } from '../../fields/same.ts'
import { workloadSelectorErrors } from '../../fields/selector.ts'
import { dropZero, runForeverTemplateErrors, scaleSelector, selectorCell, specWithTemplate, templateWarnings } from '../workload.ts'
import { describe } from './describe.ts'

export const replicaSet = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  generation: true,
  setDefaults: (o) => {
    const spec = specWithTemplate<ReplicaSetSpec>(o)
    spec.replicas ??= 1
    dropZero(spec, 'minReadySeconds')
    o.status ??= { replicas: 0 }
  },
  prepareForCreate: (o) => {
    o.status = { replicas: 0 }
  },
  validate: (o, context) => {
    const spec = o.spec!
    return [
      ...nonNegative(spec.replicas, 'spec.replicas'),
      ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
      ...workloadSelectorErrors(spec.selector, 'spec.selector', 'replicaset'),
      ...runForeverTemplateErrors(spec.template, spec.selector, 'spec.template', 'ReplicaSet', context),
    ]
  },
  validateUpdate: (next, previous) => immutable(next.spec?.selector, previous.spec?.selector, 'spec.selector'),
  warnings: (o, previous) => templateWarnings(o, previous, (object) => object['spec']?.template, 'spec.template'),
  fieldSelectors: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: (o) => scaleSelector(o.spec?.selector) },
  },
  cells: {
    Desired: (o) => o.spec?.replicas ?? 0,
    Current: (o) => o.status?.replicas ?? 0,
    Ready: (o) => o.status?.readyReplicas ?? 0,
    Containers: (o) => containerNames(o.spec?.template),
    Images: (o) => containerImages(o.spec?.template),
    Selector: (o) => selectorCell(o.spec?.selector),
  },
  describe,
  capabilities: { podTemplatePath: 'spec.template', podSelector: (o) => o.spec?.selector, exposable: true, autoscalable: true },
})
