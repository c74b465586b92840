/** What a resize of a running pod may change (upstream's ValidatePodResize): CPU and memory of its containers, within its quality of service. */
import { type FieldError, forbidden, invalid } from '../../../../api/errors.ts'
import type { Container, Pod } from '../../../../api/generated/types/core-v1.ts'
import { qosOfSpec } from '../qos.ts'

const MUTABLE = ['cpu', 'memory']

function containerErrors(next: readonly Container[], previous: readonly Container[], path: string): FieldError[] {
  const found: FieldError[] = []
  for (const [i, container] of next.entries())
    for (const field of ['limits', 'requests'] as const) {
      const now = container.resources?.[field] ?? {}
      const then = previous[i]?.resources?.[field] ?? {}
      const at = `${path}[${i}].resources.${field}`
      const changed = [...new Set([...Object.keys(now), ...Object.keys(then)])].filter((name) => now[name] !== then[name])
      if (changed.some((name) => !MUTABLE.includes(name))) found.push(forbidden('spec', 'only cpu and memory resources are mutable'))
      else if (changed.some((name) => now[name] === undefined)) found.push(forbidden(at, `resource ${field} cannot be removed`))
    }
  return found
}

export function podResizeErrors(next: Pod, previous: Pod): FieldError[] {
  if (previous.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return [forbidden('spec', 'static pods cannot be resized')]
  const found = [
    ...containerErrors(next.spec!.containers, previous.spec!.containers, 'spec.containers'),
    ...containerErrors(next.spec!.initContainers ?? [], previous.spec!.initContainers ?? [], 'spec.initContainers'),
  ]
  const qos = qosOfSpec(next.spec!)
  if (qos !== qosOfSpec(previous.spec!)) found.push(invalid('spec', qos, 'Pod QOS Class may not change as a result of resizing'))
  return found
}
