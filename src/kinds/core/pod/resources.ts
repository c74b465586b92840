/**
 * What a pod asks for and may use in all: its containers together, or its most demanding moment of initialization, and its
 * overhead (component-helpers' PodRequests and PodLimits).
 */
import type { Container, PodSpec } from '../../../api/generated/types/core-v1.ts'
import { addQuantities, maxQuantity, type Quantity } from '../../../api/quantity.ts'

export type ResourceSums = Map<string, Quantity>

const add = (to: ResourceSums, list: Readonly<Record<string, string>> | ResourceSums | undefined): void => {
  const entries = list instanceof Map ? list.entries() : Object.entries(list ?? {})
  for (const [name, value] of entries) to.set(name, addQuantities(to.get(name), value))
}

const raise = (to: ResourceSums, list: ResourceSums): void => {
  for (const [name, value] of list) to.set(name, maxQuantity(to.get(name), value))
}

type Field = 'requests' | 'limits'

/** The sums of one field over a pod's spec, by resource. */
export function podResourceSums(spec: PodSpec, field: Field): ResourceSums {
  const of = (container: Container): Readonly<Record<string, string>> | undefined => container.resources?.[field]
  const total: ResourceSums = new Map()
  for (const container of spec.containers ?? []) add(total, of(container))
  const sidecars: ResourceSums = new Map()
  const peak: ResourceSums = new Map()
  for (const container of spec.initContainers ?? []) {
    const moment: ResourceSums = new Map(sidecars)
    add(moment, of(container))
    if (container.restartPolicy === 'Always') {
      add(total, of(container))
      add(sidecars, of(container))
    }
    raise(peak, moment)
  }
  raise(total, peak)
  for (const [name, value] of Object.entries(spec.resources?.[field] ?? {})) total.set(name, maxQuantity(value, '0'))
  for (const [name, value] of Object.entries(spec.overhead ?? {}))
    if (field === 'requests' || total.has(name)) total.set(name, addQuantities(total.get(name), value))
  return total
}
