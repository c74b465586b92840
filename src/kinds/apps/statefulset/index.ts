/**
 * StatefulSet, apps/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { StatefulSet } from '../../../api/generated/types/apps-v1.ts'
import { nameIsDns1123Label } from '../../../api/names.ts'
import { claimSpecWarnings } from '../../core/persistentvolumeclaim/warnings.ts'
import { podTemplateWarnings } from '../../core/pod-template.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { scaleSelector } from '../workload.ts'
import { setDefaults } from './defaults.ts'
import { describe } from './describe.ts'
import { rollout } from './rollout.ts'
import { validate, validateUpdate } from './validate.ts'

export const statefulSet = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  generation: true,
  nameRule: (name) => nameIsDns1123Label(name),
  setDefaults,
  prepareForCreate: (o) => {
    o.status = { availableReplicas: 0, replicas: 0 }
  },
  validate,
  validateUpdate,
  warnings: (o, previous) => [
    ...podTemplateWarnings(o.spec?.template, 'spec.template', previous?.spec?.template),
    ...(o.spec?.volumeClaimTemplates ?? []).flatMap((claim, i) => claimSpecWarnings(claim.spec, `spec.volumeClaimTemplates[${i}]`)),
    ...((o.spec?.revisionHistoryLimit ?? 0) < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: (o) => scaleSelector(o.spec?.selector) },
  },
  cells: {
    Ready: (o) => `${o.status?.readyReplicas ?? 0}/${o.spec?.replicas ?? 0}`,
    Containers: (o) => containerNames(o.spec?.template),
    Images: (o) => containerImages(o.spec?.template),
  },
  describe,
  capabilities: { podTemplatePath: 'spec.template', podSelector: (o) => o.spec?.selector, rollout, autoscalable: true },
})
