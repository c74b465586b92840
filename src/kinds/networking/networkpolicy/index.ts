/**
 * NetworkPolicy, networking.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { NetworkPolicy } from '../../../api/generated/types/networking-v1.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { describe } from './describe.ts'
import { validate } from './validate.ts'

function setDefaults(o: NetworkPolicy): void {
  o.spec ??= {}
  o.spec.podSelector ??= {}
  if ((o.spec.policyTypes?.length ?? 0) === 0) o.spec.policyTypes = (o.spec.egress?.length ?? 0) > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  for (const rule of [...(o.spec.ingress ?? []), ...(o.spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP'
}

export const networkPolicy = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  generation: true,
  setDefaults,
  validate,
  cells: { 'Pod-Selector': (o) => formatLabelSelector(o.spec?.podSelector) },
  describe,
})
