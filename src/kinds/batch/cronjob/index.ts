/**
 * CronJob, batch/v1.
 */
import { ageSince } from '../../../api/ages.ts'
import { defineKind } from '../../../api/define-kind.ts'
import type { CronJob } from '../../../api/generated/types/batch-v1.ts'
import { selectorCell, templateWarnings } from '../../apps/workload.ts'
import { setPodTemplateDefaults } from '../../core/pod-template.ts'
import { boolText, containerImages, containerNames } from '../../fields/cells.ts'
import { describe } from './describe.ts'
import { validate } from './validate.ts'

function setDefaults(object: CronJob): void {
  object['spec'] ??= { jobTemplate: {}, schedule: '' } as NonNullable<CronJob['spec']>
  const spec = object.spec!
  spec.concurrencyPolicy ||= 'Allow'
  spec.suspend ??= false
  spec.successfulJobsHistoryLimit ??= 3
  spec.failedJobsHistoryLimit ??= 1
  spec.jobTemplate ??= {}
  spec.jobTemplate.metadata ??= {} as NonNullable<typeof spec.jobTemplate.metadata>
  spec.jobTemplate.spec ??= { template: {} }
  spec.jobTemplate.spec.template ??= {}
  setPodTemplateDefaults(spec.jobTemplate.spec.template)
  object.status ??= {}
}

const templateOf = (o: CronJob | undefined) => o?.spec?.jobTemplate.spec?.template

export const cronJob = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  generation: true,
  setDefaults,
  prepareForCreate: (o) => {
    o.status = {}
  },
  validate,
  warnings: (o, previous) => templateWarnings(o, previous, (object) => templateOf(object as CronJob), 'spec.jobTemplate.spec.template'),
  subresources: { status: true },
  cells: {
    Schedule: (o) => o.spec?.schedule ?? '',
    Timezone: (o) => o.spec?.timeZone ?? '<none>',
    Suspend: (o) => boolText(o.spec?.suspend, '<unset>'),
    Active: (o) => o.status?.active?.length ?? 0,
    'Last Schedule': (o, { nowMs }) => (o.status?.lastScheduleTime === undefined ? '<none>' : ageSince(o.status.lastScheduleTime, nowMs)),
    Containers: (o) => containerNames(templateOf(o)),
    Images: (o) => containerImages(templateOf(o)),
    Selector: (o) => selectorCell(o.spec?.jobTemplate.spec?.selector),
  },
  describe,
  capabilities: { podTemplatePath: 'spec.jobTemplate.spec.template' },
})
