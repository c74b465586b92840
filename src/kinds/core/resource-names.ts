/**
 * Which resource names the API knows, and the checks of resource lists (core validation's ValidateResourceRequirements and kin).
 */
import { type FieldError, forbidden, invalid, required } from '../../api/errors.ts'
import type { ResourceRequirements } from '../../api/generated/types/core-v1.ts'
import { qualifiedNameErrors } from '../../api/names.ts'
import { compareQuantities, formatQuantity, milliValue } from '../../api/quantity.ts'
import { checked, nonNegativeQuantity, sortedKeys } from './field-checks.ts'

const containerNames = new Set(['cpu', 'memory', 'ephemeral-storage'])
const standardNames = new Set([
  ...containerNames,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
])
const integerNames = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-') || name.startsWith('requests.hugepages-')
export const isStandardResource = (name: string): boolean => standardNames.has(name) || isHugePages(name)
export const isContainerResource = (name: string): boolean => containerNames.has(name) || name.startsWith('hugepages-')
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')

/** `nvidia.com/gpu`: a domain that is not Kubernetes' own, and no `requests.` before it. */
export const isExtendedResource = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedNameErrors(`requests.${name}`).length === 0
export const isIntegerResource = (name: string): boolean => integerNames.has(name) || isExtendedResource(name)
/** Whether a limit may be higher than the request. */
export const overcommitAllowed = (name: string): boolean => isNative(name) && !isHugePages(name)

/** A name of any resource: qualified, and well known unless it has a domain. */
export function resourceNameErrors(name: string, path: string): FieldError[] {
  const found = checked(path, name, qualifiedNameErrors(name))
  if (found.length > 0 || name.includes('/') || isStandardResource(name)) return found
  return [invalid(path, name, 'must be a standard resource type or fully qualified')]
}

/** A name of what a container uses. */
export function containerResourceName(name: string, path: string): FieldError[] {
  const found = resourceNameErrors(name, path)
  if (!name.includes('/')) {
    if (!isContainerResource(name)) found.push(invalid(path, name, 'must be a standard resource for containers'))
  } else if (!isNative(name) && !isExtendedResource(name)) found.push(invalid(path, name, "doesn't follow extended resource name standard"))
  return found
}

/** Not negative, and whole where the resource counts things. */
export function resourceValueErrors(name: string, value: string, path: string): FieldError[] {
  const found = nonNegativeQuantity(value, path)
  if (isIntegerResource(name) && milliValue(value) % 1000 !== 0) found.push(invalid(path, value, 'must be an integer'))
  return found
}

function requestErrors(name: string, request: string, resources: ResourceRequirements, path: string): FieldError[] {
  const limit = resources.limits?.[name]
  if (limit === undefined)
    return overcommitAllowed(name) ? [] : [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')]
  const order = compareQuantities(request, limit)
  if (order !== 0 && !overcommitAllowed(name))
    return [invalid(`${path}.requests`, formatQuantity(request), `must be equal to ${name} limit of ${formatQuantity(limit)}`)]
  if (order > 0)
    return [invalid(`${path}.requests`, formatQuantity(request), `must be less than or equal to ${name} limit of ${formatQuantity(limit)}`)]
  return []
}

/** `resources` of a container. */
export function resourceRequirementsErrors(resources: ResourceRequirements | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  if (!resources) return found
  for (const list of ['limits', 'requests'] as const)
    for (const name of sortedKeys(resources[list])) {
      const value = resources[list]![name]!
      const at = `${path}.${list}[${name}]`
      found.push(...containerResourceName(name, at), ...resourceValueErrors(name, value, at))
      if (list === 'requests') found.push(...requestErrors(name, value, resources, path))
    }
  const names = [...sortedKeys(resources.limits), ...sortedKeys(resources.requests)]
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory'))
    found.push(forbidden(path, 'HugePages require cpu or memory'))
  return found
}
