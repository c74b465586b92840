/**
 * The pods of a node and what they have been promised, in the node's description.
 */
import type { Node, Pod } from '../../../api/generated/types/core-v1.ts'
import { addQuantities, formatQuantity, milliValue, type QuantityLike, quantityValue } from '../../../api/quantity.ts'
import { since } from '../../describe/fields.ts'
import type { DescribeWriter } from '../../describe/writer.ts'
import { podResourceSums, type ResourceSums } from '../pod/resources.ts'
import { isContainerResource, isHugePages } from '../resource-names.ts'

type List = Readonly<Record<string, string>>

function percent(name: string, value: QuantityLike, of: QuantityLike): number {
  const read = name === 'cpu' ? milliValue : quantityValue
  const whole = of === undefined ? 0 : read(of)
  return whole === 0 ? 0 : Math.trunc((read(value) / whole) * 100)
}

const share = (name: string, value: QuantityLike, allocatable: List): string =>
  `${formatQuantity(value ?? '0')} (${percent(name, value ?? '0', allocatable[name])}%)`

function writePods(w: DescribeWriter, pods: readonly Pod[], allocatable: List, nowMs: number): void {
  w.field(0, 'Non-terminated Pods', `(${pods.length} in total)`)
  w.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge')
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---')
  for (const pod of pods) {
    const spec = pod.spec ?? { containers: [] }
    const requests = podResourceSums(spec, 'requests')
    const limits = podResourceSums(spec, 'limits')
    const cells = ['cpu', 'memory'].flatMap((name) => [
      share(name, requests.get(name), allocatable),
      share(name, limits.get(name), allocatable),
    ])
    w.line(1, `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cells.join('\t')}\t${since(pod.metadata.creationTimestamp, nowMs)}`)
  }
}

function totals(pods: readonly Pod[], field: 'requests' | 'limits'): ResourceSums {
  const sums: ResourceSums = new Map()
  for (const pod of pods)
    for (const [name, value] of podResourceSums(pod.spec ?? { containers: [] }, field)) sums.set(name, addQuantities(sums.get(name), value))
  return sums
}

export function writeAllocation(w: DescribeWriter, node: Node, pods: readonly Pod[], nowMs: number): void {
  const allocatable = Object.keys(node.status?.allocatable ?? {}).length > 0 ? node.status!.allocatable! : (node.status?.capacity ?? {})
  writePods(w, pods, allocatable, nowMs)
  w.line(0, 'Allocated resources:')
  w.line(1, '(Total limits may be over 100 percent, i.e., overcommitted.)')
  w.line(1, 'Resource\tRequests\tLimits')
  w.line(1, '--------\t--------\t------')
  const requests = totals(pods, 'requests')
  const limits = totals(pods, 'limits')
  const names = Object.keys(allocatable).sort()
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...names.filter(isHugePages)])
    w.line(1, `${name}\t${share(name, requests.get(name), allocatable)}\t${share(name, limits.get(name), allocatable)}`)
  for (const name of names.filter((n) => !isContainerResource(n) && n !== 'pods'))
    w.line(1, `${name}\t${formatQuantity(requests.get(name) ?? '0')}\t${formatQuantity(limits.get(name) ?? '0')}`)
}
