/**
 * DaemonSet, apps/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { DaemonSet } from '../../../api/generated/types/apps-v1.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { podTemplateWarnings } from '../../core/pod-template.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { same } from '../../fields/same.ts'
import { selectorCell } from '../workload.ts'
import { setDefaults } from './defaults.ts'
import { describe } from './describe.ts'
import { rollout } from './rollout.ts'
import { validate, validateUpdate } from './validate.ts'

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'
const setTemplateGeneration = (o: DaemonSet, generation: number): void => {
  o.metadata.annotations = { ...o.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) }
}

export const daemonSet = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  generation: true,
  setDefaults,
  prepareForCreate: (o) => {
    o.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }
    setTemplateGeneration(o, Math.max(1, Number(o.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1) || 1))
  },
  prepareForUpdate: (next, previous) => {
    const before = Number(previous.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1)
    setTemplateGeneration(next, same(next.spec?.template, previous.spec?.template) ? before : before + 1)
  },
  validate,
  validateUpdate,
  warnings: (o, previous) => podTemplateWarnings(o.spec?.template, 'spec.template', previous?.spec?.template),
  subresources: { status: true },
  cells: {
    Desired: (o) => o.status?.desiredNumberScheduled ?? 0,
    Current: (o) => o.status?.currentNumberScheduled ?? 0,
    Ready: (o) => o.status?.numberReady ?? 0,
    'Up-to-date': (o) => o.status?.updatedNumberScheduled ?? 0,
    Available: (o) => o.status?.numberAvailable ?? 0,
    'Node Selector': (o) => formatLabels(o.spec?.template.spec?.nodeSelector),
    Containers: (o) => containerNames(o.spec?.template),
    Images: (o) => containerImages(o.spec?.template),
    Selector: (o) => selectorCell(o.spec?.selector),
  },
  describe,
  capabilities: { podTemplatePath: 'spec.template', podSelector: (o) => o.spec?.selector, rollout },
})
