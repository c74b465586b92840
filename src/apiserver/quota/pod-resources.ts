/**
 * What a pod asks for in all (component-helpers' resource.PodRequests and PodLimits): its containers together with its sidecars, or its
 * greatest init container where that is more, plus overhead.
 */
import type { Container, PodSpec } from '../../api/generated/types/core-v1.ts'
import { addResourceLists, compareQuantities, formatQuantity } from '../../api/quantity.ts'

type Resources = Record<string, string>
type Which = 'requests' | 'limits'

const resourcesOf = (container: Container, which: Which): Readonly<Record<string, string | number>> => container.resources?.[which] ?? {}

function raise(target: Resources, other: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(other)) {
    if (target[name] === undefined || compareQuantities(value, target[name]) > 0) target[name] = formatQuantity(value)
  }
}

/** Resource by resource, canonical quantities. */
export function podTotals(spec: PodSpec, which: Which): Resources {
  let total: Resources = {}
  for (const container of spec.containers) total = addResourceLists(total, resourcesOf(container, which))
  let sidecars: Resources = {}
  const greatest: Resources = {}
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      sidecars = addResourceLists(sidecars, resourcesOf(container, which))
      total = addResourceLists(total, resourcesOf(container, which))
      raise(greatest, sidecars)
    } else raise(greatest, addResourceLists(sidecars, resourcesOf(container, which)))
  }
  raise(total, greatest)
  const own = (spec.resources as { requests?: Resources; limits?: Resources } | undefined)?.[which]
  if (own !== undefined) total = { ...total, ...Object.fromEntries(Object.entries(own).map(([k, v]) => [k, formatQuantity(v)])) }
  if (spec.overhead === undefined) return total
  if (which === 'requests') return addResourceLists(total, spec.overhead)
  const limited = Object.fromEntries(Object.entries(spec.overhead).filter(([name]) => total[name] !== undefined))
  return addResourceLists(total, limited)
}
