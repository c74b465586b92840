/**
 * Validation of `fieldRef` and `resourceFieldRef`, which show a pod its own fields and resources (upstream's
 * validateObjectFieldSelector, validateContainerResourceFieldSelector).
 */
import { type FieldError, invalid, required } from '../../../../api/errors.ts'
import type { ObjectFieldSelector, ResourceFieldSelector } from '../../../../api/generated/types/core-v1.ts'
import { qualifiedNameErrors } from '../../../../api/names.ts'
import { formatQuantity, isZeroQuantity } from '../../../../api/quantity.ts'
import { checked, unsupported } from '../../field-checks.ts'

/** What an environment variable may show. */
export const envFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** What a file of a downwardAPI volume may hold. */
export const volumeFieldPaths = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

const convertible = new Set([...envFieldPaths, ...volumeFieldPaths, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase'])

/** `metadata.labels['app']` → path and subscript. */
export function splitSubscript(path: string): { path: string; subscript: string } | undefined {
  const m = /^([^[]*)\['(.*)'\]$/s.exec(path)
  return m && m[1] !== '' ? { path: m[1]!, subscript: m[2]! } : undefined
}

function conversionError(apiVersion: string, fieldPath: string): string | undefined {
  if (apiVersion !== 'v1') return `unsupported pod version: ${apiVersion}`
  const split = splitSubscript(fieldPath)
  if (split)
    return split.path === 'metadata.annotations' || split.path === 'metadata.labels'
      ? undefined
      : `field label does not support subscript: ${fieldPath}`
  return convertible.has(fieldPath) || fieldPath === 'spec.host' ? undefined : `field label not supported: ${fieldPath}`
}

export function fieldRefErrors(ref: ObjectFieldSelector, allowed: readonly string[], path: string): FieldError[] {
  if (!ref.apiVersion) return [required(`${path}.apiVersion`)]
  if (!ref.fieldPath) return [required(`${path}.fieldPath`)]
  const wrong = conversionError(ref.apiVersion, ref.fieldPath)
  if (wrong !== undefined) return [invalid(`${path}.fieldPath`, ref.fieldPath, `error converting fieldPath: ${wrong}`)]
  const split = splitSubscript(ref.fieldPath)
  if (split) {
    const name = split.path === 'metadata.annotations' ? split.subscript.toLowerCase() : split.subscript
    return checked(path, split.subscript, qualifiedNameErrors(name))
  }
  const internal = ref.fieldPath === 'spec.host' ? 'spec.nodeName' : ref.fieldPath
  return allowed.includes(internal) ? [] : [unsupported(`${path}.fieldPath`, internal, allowed)]
}

const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const sizes = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const divisors: Readonly<Record<string, { allowed: readonly string[]; what: string }>> = {
  cpu: { allowed: ['1m', '1'], what: "divisor's values 1m and 1 are supported with the cpu resource" },
  memory: { allowed: sizes, what: `divisor's values ${sizes.join(', ')} are supported with the memory resource` },
  'ephemeral-storage': {
    allowed: sizes,
    what: `divisor's values ${sizes.join(', ')} are supported with the local ephemeral storage resource`,
  },
}

function divisorErrors(ref: ResourceFieldSelector, path: string): FieldError[] {
  const rule = divisors[ref.resource.slice(ref.resource.indexOf('.') + 1)]
  if (!rule || isZeroQuantity(ref.divisor) || rule.allowed.includes(formatQuantity(ref.divisor))) return []
  return [invalid(`${path}.divisor`, ref.resource, `only ${rule.what}`)]
}

export function resourceFieldRefErrors(ref: ResourceFieldSelector, inVolume: boolean, path: string): FieldError[] {
  const found: FieldError[] = []
  if (inVolume && !ref.containerName) found.push(required(`${path}.containerName`))
  else if (!ref.resource) found.push(required(`${path}.resource`))
  else if (!containerResources.includes(ref.resource) && !/^(limits|requests)\.hugepages-/.test(ref.resource))
    found.push(unsupported(`${path}.resource`, ref.resource, containerResources))
  if (ref.resource) found.push(...divisorErrors(ref, path))
  return found
}
