/**
 * The quality-of-service class of a pod, from the CPU and memory its containers ask for (upstream's ComputePodQOS).
 */
import type { Pod, PodSpec } from '../../../api/generated/types/core-v1.ts'
import { addQuantities, compareQuantities, type Quantity, quantitySign } from '../../../api/quantity.ts'

type Qos = 'BestEffort' | 'Burstable' | 'Guaranteed'
type Sums = Map<string, Quantity>

const computed = ['cpu', 'memory']

function add(sums: Sums, list: Readonly<Record<string, string>> | undefined): string[] {
  const given: string[] = []
  for (const name of computed) {
    const value = list?.[name]
    if (value === undefined || quantitySign(value) <= 0) continue
    given.push(name)
    sums.set(name, addQuantities(sums.get(name), value))
  }
  return given
}

export function qosOfSpec(spec: PodSpec): Qos {
  const requests: Sums = new Map()
  const limits: Sums = new Map()
  let guaranteed = true
  const sources =
    spec.resources?.requests || spec.resources?.limits
      ? [{ resources: spec.resources }]
      : [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  for (const { resources } of sources) {
    add(requests, resources?.requests)
    if (add(limits, resources?.limits).length !== computed.length) guaranteed = false
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  const equal = requests.size === limits.size && [...requests].every(([name, value]) => compareQuantities(value, limits.get(name)) === 0)
  return guaranteed && equal ? 'Guaranteed' : 'Burstable'
}

export const podQos = (pod: Pod): Qos => (pod.status?.qosClass as Qos | undefined) ?? qosOfSpec(pod.spec ?? { containers: [] })
