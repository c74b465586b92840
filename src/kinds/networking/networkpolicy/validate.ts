/**
 * What the API refuses in a NetworkPolicy, in the order and words of upstream's ValidateNetworkPolicySpec.
 */
import ipaddr from 'ipaddr.js'
import { type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../api/generated/types/networking-v1.ts'
import { cidrErrors, isCidr, portNameErrors, portNumberErrors } from '../../../api/names.ts'
import { validateLabelSelector } from '../../../api/selectors.ts'
import { unsupported } from '../../core/field-checks.ts'

function numberedPortErrors(port: number, endPort: number | undefined, path: string): FieldError[] {
  const found = portNumberErrors(port).map((m) => invalid(`${path}.port`, port, m))
  if (endPort === undefined) return found
  if (port > endPort) found.push(invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`'))
  return [...found, ...portNumberErrors(endPort).map((m) => invalid(`${path}.endPort`, endPort, m))]
}

function portErrors(entry: NetworkPolicyPort, path: string): FieldError[] {
  const { protocol, port, endPort } = entry
  const found: FieldError[] = []
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol))
    found.push(unsupported(`${path}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']))
  if (typeof port === 'number') return [...found, ...numberedPortErrors(port, endPort, path)]
  if (endPort !== undefined)
    found.push(
      invalid(`${path}.endPort`, endPort, `may not be specified when \`port\` is ${port === undefined ? 'not specified' : 'non-numeric'}`),
    )
  return port === undefined ? found : [...found, ...portNameErrors(port).map((m) => invalid(`${path}.port`, port, m))]
}

/** `inner` lies within `outer` and is smaller. */
function isStrictSubset(inner: string, outer: string): boolean {
  const [a, aBits] = ipaddr.parseCIDR(inner)
  const [b, bBits] = ipaddr.parseCIDR(outer)
  return a.kind() === b.kind() && aBits > bBits && a.match([b, bBits] as never)
}

function blockErrors(block: IPBlock, path: string): FieldError[] {
  if (!block.cidr) return [required(`${path}.cidr`)]
  const wrong = cidrErrors(block.cidr)
  if (wrong.length > 0) return wrong.map((m) => invalid(`${path}.cidr`, block.cidr, m))
  return (block.except ?? []).flatMap((except, i) => {
    const at = `${path}.except[${i}]`
    if (!isCidr(except)) return cidrErrors(except).map((m) => invalid(at, except, m))
    return isStrictSubset(except, block.cidr) ? [] : [invalid(at, except, 'must be a strict subset of `cidr`')]
  })
}

function peerErrors(peer: NetworkPolicyPeer, path: string): FieldError[] {
  const found: FieldError[] = []
  if (peer.podSelector !== undefined) found.push(...validateLabelSelector(peer.podSelector, `${path}.podSelector`))
  if (peer.namespaceSelector !== undefined) found.push(...validateLabelSelector(peer.namespaceSelector, `${path}.namespaceSelector`))
  if (peer.ipBlock !== undefined) found.push(...blockErrors(peer.ipBlock, `${path}.ipBlock`))
  const selectors = peer.podSelector !== undefined || peer.namespaceSelector !== undefined
  if (!selectors && peer.ipBlock === undefined) found.push(required(path, 'must specify a peer'))
  if (selectors && peer.ipBlock !== undefined) found.push(forbidden(path, 'may not specify both ipBlock and another peer'))
  return found
}

const ruleErrors = (
  ports: readonly NetworkPolicyPort[] | undefined,
  peers: readonly NetworkPolicyPeer[] | undefined,
  side: 'from' | 'to',
  path: string,
): FieldError[] => [
  ...(ports ?? []).flatMap((p, i) => portErrors(p, `${path}.ports[${i}]`)),
  ...(peers ?? []).flatMap((p, i) => peerErrors(p, `${path}.${side}[${i}]`)),
]

function typeErrors(types: readonly string[]): FieldError[] {
  if (types.length > 2) return [invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')]
  return types.flatMap((type, i) =>
    type === 'Ingress' || type === 'Egress' ? [] : [unsupported(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress'])],
  )
}

export function validate(o: NetworkPolicy): FieldError[] {
  const spec = o.spec!
  return [
    ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
    ...(spec.ingress ?? []).flatMap((r, i) => ruleErrors(r.ports, r.from, 'from', `spec.ingress[${i}]`)),
    ...(spec.egress ?? []).flatMap((r, i) => ruleErrors(r.ports, r.to, 'to', `spec.egress[${i}]`)),
    ...typeErrors(spec.policyTypes ?? []),
  ]
}
