/**
 * PriorityLevelConfiguration, flowcontrol.apiserver.k8s.io/v1. Requests are not queued in the simulation; the objects are kept and shown.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { unsupported } from '../../core/field-checks.ts'
import { openSchema } from '../../fields/open-schema.ts'

const types = ['Exempt', 'Limited']

export const priorityLevelConfiguration = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  schema: openSchema(),
  generation: true,
  setDefaults: (o) => {
    o['spec'] ??= {}
    o['status'] ??= {}
  },
  validate: (o) => (types.includes(o['spec'].type) ? [] : [unsupported('spec.type', o['spec'].type ?? '', types)]),
  subresources: { status: true },
  cells: {
    Type: (o) => o['spec']?.type ?? '',
    NominalConcurrencyShares: (o) => (o['spec']?.limited ?? o['spec']?.exempt)?.nominalConcurrencyShares ?? '<none>',
    Queues: (o) => o['spec']?.limited?.limitResponse?.queuing?.queues ?? '<none>',
    HandSize: (o) => o['spec']?.limited?.limitResponse?.queuing?.handSize ?? '<none>',
    QueueLengthLimit: (o) => o['spec']?.limited?.limitResponse?.queuing?.queueLengthLimit ?? '<none>',
  },
})
