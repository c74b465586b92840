/**
 * Ingress, networking.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { Ingress } from '../../../api/generated/types/networking-v1.ts'
import { addressOf } from './address.ts'
import { describe } from './describe.ts'
import { CLASS_ANNOTATION, validate } from './validate.ts'

const SHOWN_HOSTS = 3

function hostsCell(o: Ingress): string {
  const hosts = (o.spec?.rules ?? []).map((r) => r.host ?? '').filter((h) => h !== '')
  if (hosts.length === 0) return '*'
  const shown = hosts.slice(0, SHOWN_HOSTS).join(',')
  return hosts.length > SHOWN_HOSTS ? `${shown} + ${hosts.length - SHOWN_HOSTS} more...` : shown
}

export const ingress = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  generation: true,
  setDefaults: (o) => {
    o.spec ??= {}
    o.status ??= {}
    o.status.loadBalancer ??= {}
  },
  prepareForCreate: (o) => {
    o.status = { loadBalancer: {} }
  },
  validate,
  warnings: (o, previous) =>
    previous === undefined && o.metadata.annotations?.[CLASS_ANNOTATION] !== undefined
      ? [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  subresources: { status: true },
  cells: {
    Class: (o) => o.spec?.ingressClassName ?? o.metadata.annotations?.[CLASS_ANNOTATION] ?? '<none>',
    Hosts: hostsCell,
    Address: addressOf,
    Ports: (o) => ((o.spec?.tls?.length ?? 0) > 0 ? '80, 443' : '80'),
  },
  describe,
})
