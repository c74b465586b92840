/**
 * FlowSchema, flowcontrol.apiserver.k8s.io/v1. Requests are not queued in the simulation; the objects are kept and shown.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { required } from '../../../api/errors.ts'
import { openSchema } from '../../fields/open-schema.ts'

export const flowSchema = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  schema: openSchema(),
  generation: true,
  setDefaults: (o) => {
    o['spec'] ??= {}
    o['spec'].matchingPrecedence ||= 1000
    o['status'] ??= {}
  },
  validate: (o) =>
    o['spec'].priorityLevelConfiguration?.name ? [] : [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')],
  subresources: { status: true },
  cells: {
    PriorityLevel: (o) => o['spec']?.priorityLevelConfiguration?.name ?? '',
    MatchingPrecedence: (o) => o['spec']?.matchingPrecedence ?? 0,
    DistinguisherMethod: (o) => o['spec']?.distinguisherMethod?.type ?? '<none>',
    MissingPL: (o) =>
      ((o['status']?.conditions ?? []) as readonly { type: string; status: string }[]).find((c) => c.type === 'Dangling')?.status ?? '?',
  },
})
