/**
 * The ordered admission plugins, filtered once per resource, subresource and operation.
 */
import { getOrMake } from '../../lib/get-or-make.ts'
import type { AdmissionPlugin, AdmissionRequest, Operation } from './contract.ts'

type Phase = 'mutate' | 'validate'

function concerns(plugin: AdmissionPlugin, resource: string, subresource: string, operation: Operation): boolean {
  if (plugin.resources !== undefined && !plugin.resources.includes(resource)) return false
  if (plugin.operations !== undefined && !plugin.operations.includes(operation)) return false
  const subresources = plugin.subresources ?? ['']
  return subresources.includes(subresource) || subresources.includes('*')
}

export class AdmissionChain {
  readonly plugins: readonly AdmissionPlugin[]
  readonly #cache = new Map<string, readonly ((request: AdmissionRequest) => void)[]>()

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins
  }

  /** Lets every plugin that is concerned act in this phase, a second time where one asks for that; the first ApiError ends it. */
  run(phase: Phase, request: AdmissionRequest): void {
    const { resource, subresource = '', operation } = request
    const steps = getOrMake(this.#cache, `${phase} ${operation} ${resource} ${subresource}`, () =>
      this.plugins.filter((p) => p[phase] !== undefined && concerns(p, resource, subresource, operation)).map((p) => p[phase]!),
    )
    for (const step of steps) step(request)
    const { reinvocation } = request
    if (phase !== 'mutate' || !reinvocation.wanted || reinvocation.again) return
    reinvocation.again = true
    for (const step of steps) step(request)
  }
}
