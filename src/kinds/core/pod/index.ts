/**
 * Pod (core/v1).
 */
import { defineKind } from '../../../api/define-kind.ts'
import { forbidden } from '../../../api/errors.ts'
import type { Pod } from '../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors } from '../../../api/names.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import { podCells } from './columns.ts'
import { mirrorServiceAccount, setPodDefaults } from './defaults.ts'
import { podGracePeriod } from './deletion.ts'
import { describePod } from './describe/index.ts'
import { qosOfSpec } from './qos.ts'
import { imageSpaceErrors } from './validate/containers.ts'
import { validatePodSpec } from './validate/spec.ts'
import { podUpdateErrors } from './validate/update.ts'
import { podSpecWarnings } from './warnings.ts'

function podErrors(pod: Pod): ReturnType<typeof validatePodSpec> {
  const found = [
    ...validatePodSpec(pod.spec ?? { containers: [] }, 'spec'),
    ...imageSpaceErrors(pod.spec?.containers, 'spec.containers'),
    ...imageSpaceErrors(pod.spec?.initContainers, 'spec.initContainers'),
  ]
  // An object without a revision is being created.
  if (pod.metadata.resourceVersion !== undefined) return found
  if ((pod.spec?.ephemeralContainers?.length ?? 0) > 0) found.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  if (pod.spec?.nodeName && (pod.spec.schedulingGates?.length ?? 0) > 0)
    found.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  return found
}

/** A name that makes a poor host name is allowed, with a warning. */
function hostnameWarnings({ metadata }: Pod): string[] {
  const wrong = dns1123LabelErrors(metadata.name ?? '')
  const advice = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended"
  return wrong.length === 0 ? [] : [`${advice}: [${wrong.join(' ')}]`]
}

/** Gated pods say so from their first moment. */
function firstStatus(pod: Pod, nowMs: number): NonNullable<Pod['status']> {
  const status: NonNullable<Pod['status']> = { phase: 'Pending', qosClass: qosOfSpec(pod.spec ?? { containers: [] }) }
  if ((pod.spec?.schedulingGates?.length ?? 0) > 0)
    status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
        lastProbeTime: null as unknown as string,
        lastTransitionTime: formatTime(nowMs),
      },
    ]
  return status
}

export const pod = defineKind<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  subresources: { status: true },
  generation: true,
  setDefaults: setPodDefaults,
  prepareForCreate: (p, { nowMs }) => {
    // Admission has just named the account.
    if (p.spec) mirrorServiceAccount(p.spec)
    p.status = firstStatus(p, nowMs)
  },
  prepareForStatusUpdate: (next, previous) => {
    if (next.status && previous.status?.qosClass) next.status.qosClass = previous.status.qosClass
  },
  validate: podErrors,
  validateUpdate: podUpdateErrors,
  // As upstream: updates of pods are frequent and rarely a person's, so only creation warns.
  warnings: (p, previous) =>
    previous === undefined
      ? [...hostnameWarnings(p), ...podSpecWarnings(p.spec ?? { containers: [] }, p.metadata.annotations, 'spec', 'metadata.annotations')]
      : [],
  fieldSelectors: {
    'spec.nodeName': (p) => p.spec?.nodeName ?? '',
    'spec.restartPolicy': (p) => p.spec?.restartPolicy ?? '',
    'spec.schedulerName': (p) => p.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (p) => p.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (p) => String(p.spec?.hostNetwork ?? false),
    'status.phase': (p) => p.status?.phase ?? '',
    'status.podIP': (p) => p.status?.podIPs?.[0]?.ip ?? '',
    'status.podIPs': (p) => (p.status?.podIPs ?? []).map((ip) => ip.ip).join(','),
    'status.nominatedNodeName': (p) => p.status?.nominatedNodeName ?? '',
  },
  describe: describePod,
  cells: podCells,
  capabilities: { podTemplatePath: '', exposable: true },
  gracefulDeletion: podGracePeriod,
})
