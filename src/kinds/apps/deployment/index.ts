/**
 * Deployment, apps/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { Deployment } from '../../../api/generated/types/apps-v1.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { same } from '../../fields/same.ts'
import { scaleSelector, selectorCell, templateWarnings } from '../workload.ts'
import { setDefaults } from './defaults.ts'
import { describe } from './describe.ts'
import { rollout } from './rollout.ts'
import { validate, validateUpdate } from './validate.ts'

export const deployment = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  generation: true,
  setDefaults,
  prepareForCreate: (o) => {
    o.status = {}
  },
  prepareForUpdate: (next, previous) => {
    // Upstream counts a change of annotations as a new generation, too: the controller copies them to ReplicaSets.
    if (!same(next.metadata.annotations, previous.metadata.annotations)) next.metadata.generation = (previous.metadata.generation ?? 0) + 1
  },
  validate,
  validateUpdate,
  warnings: (o, previous) => templateWarnings(o, previous, (object) => object['spec']?.template, 'spec.template'),
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: (o) => scaleSelector(o.spec?.selector) },
  },
  cells: {
    Ready: (o) => `${o.status?.readyReplicas ?? 0}/${o.spec?.replicas ?? 0}`,
    'Up-to-date': (o) => o.status?.updatedReplicas ?? 0,
    Available: (o) => o.status?.availableReplicas ?? 0,
    Containers: (o) => containerNames(o.spec?.template),
    Images: (o) => containerImages(o.spec?.template),
    Selector: (o) => selectorCell(o.spec?.selector),
  },
  describe,
  capabilities: {
    podTemplatePath: 'spec.template',
    podSelector: (o) => o.spec?.selector,
    rollout,
    exposable: true,
    autoscalable: true,
  },
})
