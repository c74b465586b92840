/**
 * `kubectl describe node`.
 */
import type { Node, Pod } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { formatRfc1123, parseTime } from '../../../api/rfc3339.ts'
import { eventsAbout, subjectOf, writeEvents } from '../../describe/events.ts'
import { annotations, labels, moment, taints } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'
import { writeAllocation } from './describe-allocated.ts'
import { nodeRoles } from './roles.ts'

function microMoment(text: string | undefined | null): string {
  const ms = text ? parseTime(text) : undefined
  return ms === undefined ? '<unset>' : formatRfc1123(ms)
}

function writeLease(w: DescribeWriter, node: Node, context: DescribeContext): void {
  const lease = context.reader.get('leases.coordination.k8s.io', 'kube-node-lease', node.metadata.name)
  if (!lease) {
    w.field(0, 'Lease', `Failed to get lease: leases.coordination.k8s.io "${node.metadata.name}" not found`)
    return
  }
  w.line(0, 'Lease:')
  w.field(1, 'HolderIdentity', lease.spec?.holderIdentity ?? '<unset>')
  w.field(1, 'AcquireTime', microMoment(lease.spec?.acquireTime))
  w.field(1, 'RenewTime', microMoment(lease.spec?.renewTime))
}

function writeConditions(w: DescribeWriter, node: Node): void {
  const conditions = node.status?.conditions ?? []
  if (conditions.length === 0) return
  w.line(0, 'Conditions:')
  w.line(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage')
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
  for (const c of conditions)
    w.line(
      1,
      `${c.type} \t${c.status} \t${moment(c.lastHeartbeatTime)} \t${moment(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}`,
    )
}

function writeList(w: DescribeWriter, title: string, list: Readonly<Record<string, string>> | undefined): void {
  const names = Object.keys(list ?? {}).sort()
  if (names.length === 0) return
  w.line(0, `${title}:`)
  for (const name of names) w.field(1, name, formatQuantity(list![name]))
}

function writeSystem(w: DescribeWriter, node: Node): void {
  const info = node.status?.nodeInfo
  w.line(0, 'System Info:')
  const facts: [string, string | undefined][] = [
    ['Machine ID', info?.machineID],
    ['System UUID', info?.systemUUID],
    ['Boot ID', info?.bootID],
    ['Kernel Version', info?.kernelVersion],
    ['OS Image', info?.osImage],
    ['Operating System', info?.operatingSystem],
    ['Architecture', info?.architecture],
    ['Container Runtime Version', info?.containerRuntimeVersion],
    ['Kubelet Version', info?.kubeletVersion],
  ]
  for (const [name, value] of facts) w.field(1, name, value ?? '')
  if (node.spec?.podCIDR) w.field(0, 'PodCIDR', node.spec.podCIDR)
  if (node.spec?.podCIDRs?.length) w.field(0, 'PodCIDRs', node.spec.podCIDRs.join(','))
  if (node.spec?.providerID) w.field(0, 'ProviderID', node.spec.providerID)
}

const running = (pod: Pod): boolean => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'

export function describeNode(node: Node, context: DescribeContext): string {
  const pods = context.reader.list('pods').filter((p) => p.spec?.nodeName === node.metadata.name && running(p))
  return describeWith((w) => {
    w.field(0, 'Name', node.metadata.name)
    w.field(0, 'Roles', nodeRoles(node).join(',') || '<none>')
    labels(w, 'Labels', node.metadata.labels)
    annotations(w, 'Annotations', node.metadata.annotations)
    w.field(0, 'CreationTimestamp', moment(node.metadata.creationTimestamp))
    taints(w, 'Taints', node.spec?.taints)
    w.field(0, 'Unschedulable', node.spec?.unschedulable ?? false)
    writeLease(w, node, context)
    writeConditions(w, node)
    w.line(0, 'Addresses:')
    for (const { type, address } of node.status?.addresses ?? []) w.field(1, type, address)
    writeList(w, 'Capacity', node.status?.capacity)
    writeList(w, 'Allocatable', node.status?.allocatable)
    writeSystem(w, node)
    writeAllocation(w, node, pods, context.nowMs)
    if (!context.showEvents) return
    // Controllers name a node by its uid, kubelets by its name.
    const byUid = subjectOf(node)
    writeEvents(w, eventsAbout(context, byUid, { ...byUid, uid: node.metadata.name }), context.nowMs)
  })
}
