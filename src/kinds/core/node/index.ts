/**
 * Node (core/v1): taints, pod addresses, capacity; what may change of its spec.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, forbidden, invalid, required } from '../../../api/errors.ts'
import type { Node, Taint } from '../../../api/generated/types/core-v1.ts'
import { cidrErrors, labelValueErrors, qualifiedNameErrors } from '../../../api/names.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { same } from '../../fields/same.ts'
import { checked, oneOfOrdered } from '../field-checks.ts'
import { describeNode } from './describe.ts'
import { nodeAddress, nodeRoles, nodeStatus } from './roles.ts'

/** A taint as Go's encoding of the internal type prints it. */
const goTaint = (t: Taint): unknown => ({ Key: t.key, Value: t.value ?? '', Effect: t.effect, TimeAdded: t.timeAdded ?? null })

export function taintErrors(taints: readonly Taint[] | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, taint] of (taints ?? []).entries()) {
    const at = `${path}[${i}]`
    found.push(...checked(`${at}.key`, taint.key ?? '', qualifiedNameErrors(taint.key ?? '')))
    const wrong = labelValueErrors(taint.value ?? '')
    if (wrong.length > 0) found.push(invalid(`${at}.value`, taint.value, wrong.join(';')))
    found.push(...oneOfOrdered(taint.effect, `${at}.effect`, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']))
    const key = `${taint.effect} ${taint.key}`
    if (seen.has(key)) found.push({ ...duplicate(at, goTaint(taint)), detail: 'taints must be unique by key and effect pair' })
    seen.add(key)
  }
  return found
}

const validate = (node: Node): FieldError[] => [
  ...taintErrors(node.spec?.taints, 'spec.taints'),
  ...(node.spec?.podCIDRs ?? []).flatMap((cidr, i) => checked(`spec.podCIDRs[${i}]`, cidr, cidrErrors(cidr))),
]

function validateUpdate(next: Node, previous: Node): FieldError[] {
  const found: FieldError[] = []
  const [now, then] = [next.spec ?? {}, previous.spec ?? {}]
  if (then.podCIDR && !same(now.podCIDRs ?? [], then.podCIDRs ?? []))
    found.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  if (then.providerID && now.providerID !== then.providerID)
    found.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  for (const [i, address] of (next.status?.addresses ?? []).entries())
    if (!address.address) found.push(required(`status.addresses[${i}].address`))
  return found
}

export const node = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  subresources: { status: true },
  setDefaults: (n) => {
    n.spec ??= {}
    n.status ??= {}
    for (const list of [n.status.capacity, n.status.allocatable])
      for (const name of Object.keys(list ?? {})) list![name] = formatQuantity(list![name])
    if (n.status.capacity && !n.status.allocatable) n.status.allocatable = { ...n.status.capacity }
    // Where the two differ the older field is the one that is meant.
    if (n.spec.podCIDR && n.spec.podCIDRs?.[0] !== n.spec.podCIDR) n.spec.podCIDRs = [n.spec.podCIDR]
  },
  validate,
  validateUpdate,
  fieldSelectors: { 'spec.unschedulable': (n) => String(n.spec?.unschedulable ?? false) },
  describe: describeNode,
  cells: {
    Status: nodeStatus,
    Roles: (n) => nodeRoles(n).join(',') || '<none>',
    Version: (n) => n.status?.nodeInfo?.kubeletVersion ?? '',
    'Internal-IP': (n) => nodeAddress(n, 'InternalIP'),
    'External-IP': (n) => nodeAddress(n, 'ExternalIP'),
    'OS-Image': (n) => n.status?.nodeInfo?.osImage || '<unknown>',
    'Kernel-Version': (n) => {
      const { kernelVersion, architecture } = n.status?.nodeInfo ?? {}
      return kernelVersion ? (architecture ? `${kernelVersion} (${architecture})` : kernelVersion) : '<unknown>'
    },
    'Container-Runtime': (n) => n.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  },
})
