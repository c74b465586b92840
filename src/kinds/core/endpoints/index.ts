/**
 * Endpoints (core/v1), deprecated in favour of EndpointSlices: every answer about them carries a warning.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { EndpointSubset, Endpoints } from '../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors, ipErrors, portNumberErrors } from '../../../api/names.ts'
import { checked, oneOf } from '../field-checks.ts'
import { describeEndpoints } from './describe.ts'

export const ENDPOINTS_WARNING = 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'
const SHOWN = 3

/** `10.244.1.2:80,10.244.2.3:80 + 4 more...`. */
export function endpointsText(subsets: readonly EndpointSubset[] | undefined): string {
  if (!subsets || subsets.length === 0) return '<none>'
  const all = subsets.flatMap((subset) => {
    const ips = (subset.addresses ?? []).map((a) => a.ip)
    if ((subset.ports?.length ?? 0) === 0) return ips
    return subset.ports!.flatMap((port) => ips.map((ip) => (ip.includes(':') ? `[${ip}]:${port.port}` : `${ip}:${port.port}`)))
  })
  const text = all.slice(0, SHOWN).join(',')
  return all.length > SHOWN ? `${text} + ${all.length - SHOWN} more...` : text
}

function subsetErrors(subset: EndpointSubset, path: string): FieldError[] {
  const found: FieldError[] = []
  if ((subset.addresses?.length ?? 0) === 0 && (subset.notReadyAddresses?.length ?? 0) === 0)
    found.push(required(path, 'must specify `addresses` or `notReadyAddresses`'))
  for (const list of ['addresses', 'notReadyAddresses'] as const)
    for (const [i, address] of (subset[list] ?? []).entries()) {
      found.push(...checked(`${path}.${list}[${i}].ip`, address.ip ?? '', ipErrors(address.ip ?? '')))
      if (address.ip?.startsWith('127.'))
        found.push(invalid(`${path}.${list}[${i}].ip`, address.ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
    }
  const ports = subset.ports ?? []
  for (const [i, port] of ports.entries()) {
    const at = `${path}.ports[${i}]`
    if (!port.name) found.push(...(ports.length > 1 ? [required(`${at}.name`)] : []))
    else found.push(...checked(`${at}.name`, port.name, dns1123LabelErrors(port.name)))
    found.push(...checked(`${at}.port`, port.port ?? 0, portNumberErrors(port.port ?? 0)))
    found.push(...oneOf(port.protocol, `${at}.protocol`, ['TCP', 'UDP', 'SCTP']))
  }
  return found
}

export const endpoints = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  createOnUpdate: true,
  deprecation: ENDPOINTS_WARNING,
  setDefaults: (e) => {
    for (const subset of e.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP'
  },
  validate: (e) => (e.subsets ?? []).flatMap((subset, i) => subsetErrors(subset, `subsets[${i}]`)),
  describe: describeEndpoints,
  cells: { Endpoints: (e) => endpointsText(e.subsets) },
})
