/**
 * Job, batch/v1.
 */
import { humanDuration } from '../../../api/ages.ts'
import { defineKind } from '../../../api/define-kind.ts'
import type { Job } from '../../../api/generated/types/batch-v1.ts'
import { parseTime } from '../../../api/rfc3339.ts'
import { selectorCell, templateWarnings } from '../../apps/workload.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { generateSelector, setDefaults } from './defaults.ts'
import { describe } from './describe.ts'
import { validate, validateUpdate } from './validate.ts'

const shown = (o: Job, type: string): boolean => o.status?.conditions?.some((c) => c.type === type && c.status === 'True') === true

function statusCell(o: Job): string {
  if (shown(o, 'Complete')) return 'Complete'
  if (shown(o, 'Failed')) return 'Failed'
  if (o.metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (shown(o, 'Suspended')) return 'Suspended'
  if (shown(o, 'FailureTarget')) return 'FailureTarget'
  return shown(o, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function completionsCell(o: Job): string {
  const succeeded = o.status?.succeeded ?? 0
  const { completions, parallelism = 0 } = o.spec ?? {}
  if (completions !== undefined) return `${succeeded}/${completions}`
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function durationCell(o: Job, nowMs: number): string {
  const start = parseTime(o.status?.startTime ?? '')
  if (start === undefined) return ''
  return humanDuration((parseTime(o.status?.completionTime ?? '') ?? nowMs) - start)
}

export const job = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  generation: true,
  setDefaults,
  prepareForCreate: (o) => {
    o.status = {}
    generateSelector(o)
  },
  validate,
  validateUpdate,
  warnings: (o, previous) => templateWarnings(o, previous, (object) => object['spec']?.template, 'spec.template'),
  fieldSelectors: { 'status.successful': (o) => String(o.status?.succeeded ?? 0) },
  defaultPropagation: 'Orphan',
  subresources: { status: true },
  cells: {
    Status: statusCell,
    Completions: completionsCell,
    Duration: (o, { nowMs }) => durationCell(o, nowMs),
    Containers: (o) => containerNames(o.spec?.template),
    Images: (o) => containerImages(o.spec?.template),
    Selector: (o) => selectorCell(o.spec?.selector),
  },
  describe,
  capabilities: { podTemplatePath: 'spec.template', podSelector: (o) => o.spec?.selector },
})
