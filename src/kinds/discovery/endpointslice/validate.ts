/**
 * What the API refuses in an EndpointSlice (upstream's ValidateEndpointSlice).
 */
import { duplicate, type FieldError, invalid, required, tooMany } from '../../../api/errors.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../../api/generated/types/discovery-v1.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, ipErrors, portNumberErrors } from '../../../api/names.ts'
import { unsupported } from '../../core/field-checks.ts'
import { immutable } from '../../fields/same.ts'

const MAX_ADDRESSES = 100
const MAX_PORTS = 20_000
const MAX_ENDPOINTS = 1000

function addressErrors(address: string, type: string, path: string): FieldError[] {
  const at = (messages: readonly string[]): FieldError[] => messages.map((m) => invalid(path, address, m))
  if (type === 'FQDN') return at(dns1123SubdomainErrors(address))
  const wrong = ipErrors(address)
  if (wrong.length > 0) return at(wrong)
  const six = address.includes(':')
  if (type === 'IPv4' && six) return at(['must be an IPv4 address'])
  return type === 'IPv6' && !six ? at(['must be an IPv6 address']) : []
}

function endpointErrors(endpoint: Endpoint, type: string, path: string): FieldError[] {
  const addresses = endpoint.addresses ?? []
  if (addresses.length === 0) return [required(`${path}.addresses`, 'must contain at least 1 address')]
  const found: FieldError[] = []
  if (addresses.length > MAX_ADDRESSES) found.push(tooMany(`${path}.addresses`, addresses.length, MAX_ADDRESSES))
  for (const [i, address] of addresses.entries()) found.push(...addressErrors(address, type, `${path}.addresses[${i}]`))
  if (endpoint.hostname !== undefined)
    found.push(...dns1123LabelErrors(endpoint.hostname).map((m) => invalid(`${path}.hostname`, endpoint.hostname, m)))
  if (endpoint.nodeName !== undefined)
    found.push(...dns1123SubdomainErrors(endpoint.nodeName).map((m) => invalid(`${path}.nodeName`, endpoint.nodeName, m)))
  return found
}

function portErrors(ports: readonly EndpointPort[]): FieldError[] {
  const found: FieldError[] = []
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)]
  const names = new Set<string>()
  for (const [i, port] of ports.entries()) {
    const path = `ports[${i}]`
    const name = port.name ?? ''
    if (name !== '') found.push(...dns1123LabelErrors(name).map((m) => invalid(`${path}.name`, name, m)))
    if (names.has(name)) found.push(duplicate(`${path}.name`, name))
    names.add(name)
    if (!port.protocol) found.push(required(`${path}.protocol`))
    else if (!['TCP', 'UDP', 'SCTP'].includes(port.protocol))
      found.push(unsupported(`${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']))
    if (port.port !== undefined) found.push(...portNumberErrors(port.port).map((m) => invalid(`${path}.port`, port.port, m)))
  }
  return found
}

export function validate(o: EndpointSlice): FieldError[] {
  const found: FieldError[] = []
  const types = ['FQDN', 'IPv4', 'IPv6']
  if (!o.addressType) found.push(required('addressType', 'must be one of FQDN, IPv4, IPv6'))
  else if (!types.includes(o.addressType)) found.push(unsupported('addressType', o.addressType, types))
  const endpoints = o.endpoints ?? []
  if (endpoints.length > MAX_ENDPOINTS) found.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS))
  else for (const [i, endpoint] of endpoints.entries()) found.push(...endpointErrors(endpoint, o.addressType, `endpoints[${i}]`))
  return [...found, ...portErrors(o.ports ?? [])]
}

export const validateUpdate = (next: EndpointSlice, previous: EndpointSlice): FieldError[] =>
  immutable(next.addressType, previous.addressType, 'addressType')
