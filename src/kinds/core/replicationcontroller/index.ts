/**
 * ReplicationController (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { ReplicationController } from '../../../api/generated/types/core-v1.ts'
import { formatLabels, selectorFromSet } from '../../../api/selectors.ts'
import { containerImages, containerNames } from '../../fields/cells.ts'
import { nonNegative } from '../../fields/numbers.ts'
import { templateLabelErrors } from '../../fields/selector.ts'
import { unsupported } from '../field-checks.ts'
import { podTemplateWarnings, setPodTemplateDefaults, validatePodTemplateSpec } from '../pod-template.ts'
import { describeReplicationController } from './describe.ts'

function setDefaults(rc: ReplicationController): void {
  rc.spec ??= {}
  const { spec } = rc
  if (spec.template) setPodTemplateDefaults(spec.template)
  const labels = spec.template?.metadata?.labels
  if (labels) {
    if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
    if (Object.keys(rc.metadata.labels ?? {}).length === 0) rc.metadata.labels = { ...labels }
  }
  spec.replicas ??= 1
  rc.status ??= { replicas: 0 }
}

function validate(rc: ReplicationController): FieldError[] {
  const spec = rc.spec ?? {}
  const found = nonNegative(spec.minReadySeconds, 'spec.minReadySeconds')
  if (Object.keys(spec.selector ?? {}).length === 0) found.push(required('spec.selector'))
  found.push(...nonNegative(spec.replicas, 'spec.replicas'))
  if (!spec.template) return [...found, required('spec.template')]
  found.push(...templateLabelErrors(spec.template, selectorFromSet(spec.selector), 'spec.template'))
  found.push(...validatePodTemplateSpec(spec.template, 'spec.template'))
  const policy = spec.template.spec?.restartPolicy
  if (policy !== 'Always') found.push(unsupported('spec.template.spec.restartPolicy', policy ?? '', ['Always']))
  if (spec.template.spec?.activeDeadlineSeconds !== undefined)
    found.push(invalid('spec.template.spec.activeDeadlineSeconds', spec.template.spec.activeDeadlineSeconds, 'must not be specified'))
  return found
}

export const replicationController = defineKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  generation: true,
  subresources: {
    status: true,
    scale: {
      specReplicas: 'spec.replicas',
      statusReplicas: 'status.replicas',
      selector: (rc) => {
        const text = formatLabels(rc.spec?.selector)
        return text === '<none>' ? '' : text
      },
    },
  },
  setDefaults,
  prepareForCreate: (rc) => {
    rc.status = { replicas: 0 }
  },
  validate,
  warnings: (rc, previous) => podTemplateWarnings(rc.spec?.template, 'spec.template', previous?.spec?.template),
  fieldSelectors: { 'status.replicas': (rc) => String(rc.status?.replicas ?? 0) },
  describe: describeReplicationController,
  cells: {
    Desired: (rc) => rc.spec?.replicas ?? 0,
    Current: (rc) => rc.status?.replicas ?? 0,
    Ready: (rc) => rc.status?.readyReplicas ?? 0,
    Containers: (rc) => containerNames(rc.spec?.template),
    Images: (rc) => containerImages(rc.spec?.template),
    Selector: (rc) => formatLabels(rc.spec?.selector),
  },
  capabilities: {
    podTemplatePath: 'spec.template',
    exposable: true,
    autoscalable: true,
    podSelector: (rc) => (Object.keys(rc.spec?.selector ?? {}).length > 0 ? { matchLabels: rc.spec!.selector! } : undefined),
  },
})
