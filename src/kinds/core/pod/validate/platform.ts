/**
 * Validation of what a pod's operating system and its users leave open (upstream's validateOS, validateLinux, validateWindows and
 * validateHostUsers), and of the devices it claims (validatePodResourceClaims).
 */
import { duplicate, type FieldError, forbidden, invalid, required } from '../../../../api/errors.ts'
import type { Container, PodResourceClaim, PodSpec } from '../../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../../api/names.ts'
import { checked, setOnly, unsupported } from '../../field-checks.ts'

const NOT_ON_WINDOWS = 'cannot be set for a windows pod'
const NOT_ON_LINUX = 'windows options cannot be set for a linux pod'

const containerFieldsOfLinux = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const

/** All of a pod's containers, with their places: init first, ephemeral last. */
const eachContainer = (spec: PodSpec, path: string, of: (c: Container, at: string) => FieldError[]): FieldError[] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((list) =>
    ((spec[list] ?? []) as readonly Container[]).flatMap((c, i) => of(c, `${path}.${list}[${i}].securityContext`)),
  )

function windowsErrors(spec: PodSpec, path: string): FieldError[] {
  const context = spec.securityContext ?? {}
  const own = (field: keyof typeof context): FieldError[] => setOnly(context[field], `${path}.securityContext.${field}`, NOT_ON_WINDOWS)
  return [
    ...own('appArmorProfile'),
    ...own('seLinuxOptions'),
    ...setOnly(spec.hostUsers, `${path}.hostUsers`, NOT_ON_WINDOWS),
    ...(spec.hostPID ? [forbidden(`${path}.hostPID`, NOT_ON_WINDOWS)] : []),
    ...(spec.hostIPC ? [forbidden(`${path}.hostIPC`, NOT_ON_WINDOWS)] : []),
    ...own('seccompProfile'),
    ...own('fsGroup'),
    ...own('fsGroupChangePolicy'),
    ...own('sysctls'),
    ...setOnly(spec.shareProcessNamespace, `${path}.shareProcessNamespace`, NOT_ON_WINDOWS),
    ...own('runAsUser'),
    ...own('runAsGroup'),
    ...own('supplementalGroups'),
    ...own('supplementalGroupsPolicy'),
    ...eachContainer(spec, path, (c, at) =>
      containerFieldsOfLinux.flatMap((field) => setOnly(c.securityContext?.[field], `${at}.${field}`, NOT_ON_WINDOWS)),
    ),
  ]
}

const linuxErrors = (spec: PodSpec, path: string): FieldError[] => [
  ...setOnly(spec.securityContext?.windowsOptions, `${path}.securityContext.windowsOptions`, NOT_ON_LINUX),
  ...eachContainer(spec, path, (c, at) => setOnly(c.securityContext?.windowsOptions, `${at}.windowsOptions`, NOT_ON_LINUX)),
]

export function osErrors(spec: PodSpec, path: string): FieldError[] {
  if (!spec.os) return []
  const { name } = spec.os
  if (!name) return [required(`${path}.os.name`, 'cannot be empty')]
  if (name === 'linux') return linuxErrors(spec, path)
  return name === 'windows' ? windowsErrors(spec, path) : [unsupported(`${path}.os`, name, ['linux', 'windows'])]
}

/** Users of its own and the host's namespaces do not go together. */
export function hostUsersErrors(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const detail = 'when `hostUsers` is false'
  return [
    ...(spec.hostNetwork ? [forbidden(`${path}.hostNetwork`, detail)] : []),
    ...(spec.hostPID ? [forbidden(`${path}.hostPID`, detail)] : []),
    ...(spec.hostIPC ? [forbidden(`${path}.hostIPC`, detail)] : []),
  ]
}

function claimErrors(claim: PodResourceClaim, names: Set<string>, path: string): FieldError[] {
  const found: FieldError[] = []
  if (!claim.name) found.push(required(`${path}.name`))
  else if (names.has(claim.name)) found.push(duplicate(`${path}.name`, claim.name))
  else found.push(...checked(`${path}.name`, claim.name, dns1123LabelErrors(claim.name)))
  if (claim.name) names.add(claim.name)
  const { resourceClaimName: direct, resourceClaimTemplateName: template } = claim
  const shown = { Name: claim.name ?? '', ResourceClaimName: direct ?? null, ResourceClaimTemplateName: template ?? null }
  if (direct !== undefined && template !== undefined)
    found.push(invalid(path, shown, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
  if (direct === undefined && template === undefined)
    found.push(invalid(path, shown, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
  if (direct !== undefined) found.push(...checked(`${path}.resourceClaimName`, direct, dns1123SubdomainErrors(direct)))
  if (template !== undefined) found.push(...checked(`${path}.resourceClaimTemplateName`, template, dns1123SubdomainErrors(template)))
  return found
}

export function resourceClaimErrors(claims: readonly PodResourceClaim[] | undefined, path: string): FieldError[] {
  const names = new Set<string>()
  return (claims ?? []).flatMap((claim, i) => claimErrors(claim, names, `${path}[${i}]`))
}
