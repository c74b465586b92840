/**
 * EndpointSlice, discovery.k8s.io/v1: the addresses behind a Service.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { EndpointSlice } from '../../../api/generated/types/discovery-v1.ts'
import { describe } from './describe.ts'
import { validate, validateUpdate } from './validate.ts'

const SHOWN = 3

function setDefaults(o: EndpointSlice): void {
  for (const port of o.ports ?? []) {
    port.name ??= ''
    port.protocol ??= 'TCP'
  }
  o.endpoints ??= null as never
  o.ports ??= null as never
}

function portsCell(o: EndpointSlice): string {
  const ports = o.ports ?? []
  if (ports.length === 0) return '<unset>'
  const shown = ports.slice(0, SHOWN).map((p) => (p.port === undefined ? '*' : `${p.port}`))
  return ports.length > SHOWN ? `${shown.join(',')} + ${ports.length - SHOWN} more...` : shown.join(',')
}

function endpointsCell(o: EndpointSlice): string {
  const addresses = (o.endpoints ?? []).flatMap((e) => e.addresses ?? [])
  if (addresses.length === 0) return '<unset>'
  const shown = addresses.slice(0, SHOWN).join(',')
  return addresses.length > SHOWN ? `${shown} + ${addresses.length - SHOWN} more...` : shown
}

export const endpointSlice = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  generation: true,
  setDefaults,
  validate,
  validateUpdate,
  cells: { AddressType: (o) => o.addressType ?? '', Ports: portsCell, Endpoints: endpointsCell },
  describe,
})
