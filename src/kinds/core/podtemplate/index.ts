/**
 * PodTemplate (core/v1): a template kept on its own.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { PodTemplate } from '../../../api/generated/types/core-v1.ts'
import { formatLabels } from '../../../api/selectors.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { podTemplateWarnings, setPodTemplateDefaults, validatePodTemplateSpec } from '../pod-template.ts'

export const podTemplate = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  generation: true,
  setDefaults: (t) => {
    t.template ??= {}
    setPodTemplateDefaults(t.template)
  },
  validate: (t) => validatePodTemplateSpec(t.template ?? {}, 'template'),
  warnings: (t, previous) => podTemplateWarnings(t.template, 'template', previous?.template),
  cells: {
    Containers: (t) => containerNames(t.template),
    Images: (t) => containerImages(t.template),
    'Pod Labels': (t) => formatLabels(t.template?.metadata?.labels),
  },
  capabilities: { podTemplatePath: 'template' },
})
