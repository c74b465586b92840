/**
 * The ordered admission plugins, filtered once per resource, subresource and operation.
 */
import { getOrMake } from '../../lib/get-or-make.ts'
import type { AdmissionPlugin, AdmissionRequest, Operation } from './contract.ts'

type Phase = 'mutate' | 'validate'
type Steps = readonly ((request: AdmissionRequest) => void)[]

const when = {
  mutate: { CREATE: 'mutate CREATE', UPDATE: 'mutate UPDATE', DELETE: 'mutate DELETE', CONNECT: 'mutate CONNECT' },
  validate: { CREATE: 'validate CREATE', UPDATE: 'validate UPDATE', DELETE: 'validate DELETE', CONNECT: 'validate CONNECT' },
} as const

function concerns(plugin: AdmissionPlugin, resource: string, subresource: string, operation: Operation): boolean {
  if (plugin.resources !== undefined && !plugin.resources.includes(resource)) return false
  if (plugin.operations !== undefined && !plugin.operations.includes(operation)) return false
  const subresources = plugin.subresources ?? ['']
  return subresources.includes(subresource) || subresources.includes('*')
}

export class AdmissionChain {
  readonly plugins: readonly AdmissionPlugin[]
  /** By resource, subresource, then phase and operation. */
  readonly #cache = new Map<string, Map<string, Map<string, Steps>>>()

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.plugins = plugins
  }

  /** Lets every plugin that is concerned act in this phase, a second time where one asks for that; the first ApiError ends it. */
  run(phase: Phase, request: AdmissionRequest): void {
    const { resource, subresource = '', operation } = request
    const ofResource = getOrMake(this.#cache, resource, () => new Map<string, Map<string, Steps>>())
    const ofSubresource = getOrMake(ofResource, subresource, () => new Map<string, Steps>())
    const steps = getOrMake(ofSubresource, when[phase][operation], () =>
      this.plugins.filter((p) => p[phase] !== undefined && concerns(p, resource, subresource, operation)).map((p) => p[phase]!),
    )
    for (const step of steps) step(request)
    const { reinvocation } = request
    if (phase !== 'mutate' || !reinvocation.wanted || reinvocation.again) return
    reinvocation.again = true
    for (const step of steps) step(request)
  }
}
