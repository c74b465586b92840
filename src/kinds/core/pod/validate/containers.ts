/**
 * Validation of a pod's containers, init containers included (upstream's validateContainers and validateInitContainers), in the
 * order in which the API server lists the errors.
 */
import { duplicate, type FieldError, forbidden, invalid, notFound, required } from '../../../../api/errors.ts'
import type { Container, EphemeralContainer, PodSpec } from '../../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors } from '../../../../api/names.ts'
import { checked, oneOf, oneOfOrdered, setOnly } from '../../field-checks.ts'
import { resourceRequirementsErrors } from '../../resource-names.ts'
import { envErrors, envFromErrors } from './env.ts'
import { lifecycleErrors } from './lifecycle.ts'
import { hostPortConflicts, portErrors } from './ports.ts'
import { readinessErrors, restartingErrors } from './probes.ts'
import { securityContextErrors } from './security-context.ts'
import { volumeDeviceErrors, volumeMountErrors } from './volume-mounts.ts'
import type { VolumesByName } from './volumes.ts'

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** Of pods themselves: templates have always been let through. */
export const imageSpaceErrors = (containers: readonly Container[] | undefined, path: string): FieldError[] =>
  (containers ?? []).flatMap(({ image = '' }, i) =>
    image.trim() === image ? [] : [invalid(`${path}[${i}].image`, image, 'must not have leading or trailing whitespace')],
  )

const resizeResources = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

/** How each resource may be resized in place (upstream's validateResizePolicy, which names the list, not the entry). */
function resizePolicyErrors(policies: Container['resizePolicy'], podRestartPolicy: string | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, policy] of (policies ?? []).entries()) {
    if (seen.has(policy.resourceName)) found.push(duplicate(`${path}[${i}]`, policy.resourceName))
    seen.add(policy.resourceName)
    found.push(...oneOfOrdered(policy.resourceName, path, resizeResources), ...oneOfOrdered(policy.restartPolicy, path, resizePolicies))
    if (podRestartPolicy === 'Never' && policy.restartPolicy !== 'NotRequired')
      found.push(invalid(path, policy.restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"))
  }
  return found
}

/** The pod's devices a container uses, by the names the pod gives them. */
function claimNameErrors(container: Container, claims: readonly string[], path: string): FieldError[] {
  const detail =
    claims.length === 0
      ? 'must be one of the names in pod.spec.resourceClaims which is empty'
      : `must be one of the names in pod.spec.resourceClaims: ${[...claims].sort().join(', ')}`
  const seen = new Set<string>()
  return (container.resources?.claims ?? []).flatMap(({ name }, i) => {
    const at = `${path}[${i}]`
    if (!name) return [required(at)]
    const found = seen.has(name) ? [duplicate(at, name)] : []
    seen.add(name)
    return claims.includes(name) ? found : [...found, { ...notFound(at, name), detail }]
  })
}

function commonErrors(container: Container, volumes: VolumesByName, spec: PodSpec, path: string): FieldError[] {
  const podRestartPolicy = spec.restartPolicy
  const claims = [...new Set((spec.resourceClaims ?? []).flatMap((c) => (c.name ? [c.name] : [])))]
  return [
    ...(container.name ? checked(`${path}.name`, container.name, dns1123LabelErrors(container.name)) : [required(`${path}.name`)]),
    ...(container.image ? [] : [required(`${path}.image`)]),
    ...oneOfOrdered(container.terminationMessagePolicy, `${path}.terminationMessagePolicy`, ['File', 'FallbackToLogsOnError']),
    ...portErrors(container.ports, `${path}.ports`),
    ...envErrors(container.env, `${path}.env`),
    ...envFromErrors(container.envFrom, `${path}.envFrom`),
    ...volumeMountErrors(container, volumes, `${path}.volumeMounts`),
    ...volumeDeviceErrors(container, volumes, `${path}.volumeDevices`),
    ...oneOf(container.imagePullPolicy, `${path}.imagePullPolicy`, ['Always', 'IfNotPresent', 'Never']),
    ...resourceRequirementsErrors(container.resources, `${path}.resources`),
    ...claimNameErrors(container, claims, `${path}.resources.claims`),
    ...resizePolicyErrors(container.resizePolicy, podRestartPolicy, `${path}.resizePolicy`),
    ...securityContextErrors(container.securityContext, `${path}.securityContext`),
  ]
}

function hookErrors(container: Container, graceSeconds: number, path: string): FieldError[] {
  return [
    ...lifecycleErrors(container.lifecycle, graceSeconds, `${path}.lifecycle`),
    ...restartingErrors(container.livenessProbe, graceSeconds, `${path}.livenessProbe`),
    ...readinessErrors(container.readinessProbe, graceSeconds, `${path}.readinessProbe`),
    ...restartingErrors(container.startupProbe, graceSeconds, `${path}.startupProbe`),
  ]
}

/** The regular containers. */
export function containersErrors(spec: PodSpec, volumes: VolumesByName, path: string): FieldError[] {
  const containers = spec.containers ?? []
  if (containers.length === 0) return [required(path)]
  const found: FieldError[] = []
  const names = new Set<string>()
  for (const [i, container] of containers.entries()) {
    const at = `${path}[${i}]`
    found.push(...commonErrors(container, volumes, spec, at))
    if (names.has(container.name)) found.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    found.push(...hookErrors(container, spec.terminationGracePeriodSeconds ?? 0, at))
    if (container.restartPolicy !== undefined && !['Always', 'OnFailure', 'Never'].includes(container.restartPolicy))
      found.push(...oneOf(container.restartPolicy, `${at}.restartPolicy`, ['Always', 'OnFailure', 'Never']))
  }
  found.push(...hostPortConflicts(containers, path))
  return found
}

const plainInitForbidden = (container: Container, path: string): FieldError[] =>
  (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((field) =>
    setOnly(container[field], `${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
  )

/** The init containers, sidecars among them. */
export function initContainersErrors(spec: PodSpec, volumes: VolumesByName, path: string): FieldError[] {
  const found: FieldError[] = []
  const names = new Set((spec.containers ?? []).map((c) => c.name))
  for (const [i, container] of (spec.initContainers ?? []).entries()) {
    const at = `${path}[${i}]`
    found.push(...commonErrors(container, volumes, spec, at))
    if (container.restartPolicy !== undefined)
      found.push(...oneOfOrdered(container.restartPolicy, `${at}.restartPolicy`, ['Always', 'OnFailure', 'Never']))
    if (container.name) {
      if (names.has(container.name)) found.push(duplicate(`${at}.name`, container.name))
      names.add(container.name)
    }
    found.push(...hostPortConflicts([container], path))
    found.push(
      ...(isSidecar(container) ? hookErrors(container, spec.terminationGracePeriodSeconds ?? 0, at) : plainInitForbidden(container, at)),
    )
    if ((container.resizePolicy?.length ?? 0) > 0 && !isSidecar(container))
      found.push(invalid(`${at}.resizePolicy`, container.resizePolicy, 'must not be set for init containers'))
  }
  return found
}

const ephemeralForbidden = ['ports', 'resources', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy'] as const

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && (typeof value !== 'object' || Object.keys(value).length > 0)

/** Containers added to a running pod: no services, so no ports, probes, hooks or resources. */
export function ephemeralContainersErrors(spec: PodSpec, volumes: VolumesByName, path: string): FieldError[] {
  const found: FieldError[] = []
  const lasting = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.name))
  const names = new Set(lasting)
  for (const [i, container] of (spec.ephemeralContainers ?? []).entries()) {
    const at = `${path}[${i}]`
    found.push(...commonErrors(container as Container, volumes, spec, at))
    if (names.has(container.name)) found.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    const target = container.targetContainerName
    if (target && !lasting.has(target)) found.push(notFound(`${at}.targetContainerName`, target))
    for (const field of ephemeralForbidden)
      if (isSet((container as EphemeralContainer)[field]))
        found.push(forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container'))
    for (const [j, mount] of (container.volumeMounts ?? []).entries())
      for (const field of ['subPath', 'subPathExpr'] as const)
        if (mount[field]) found.push(forbidden(`${at}.volumeMounts[${j}].${field}`, 'cannot be set for an Ephemeral Container'))
  }
  return found
}
