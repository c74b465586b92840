/**
 * Validation of security contexts of pods and containers (upstream's ValidatePodSecurityContext and ValidateSecurityContext).
 */
import { duplicate, type FieldError, invalid, required } from '../../../../api/errors.ts'
import type { AppArmorProfile, PodSpec, SeccompProfile, SecurityContext } from '../../../../api/generated/types/core-v1.ts'
import { userIdErrors } from '../../../../api/names.ts'
import { checked, descendingPath, optionalOneOf, unsupported } from '../../field-checks.ts'
import { goForm } from '../../go-form/print.ts'

const idErrors = (id: number | undefined, path: string): FieldError[] =>
  id === undefined || id === null ? [] : checked(path, id, userIdErrors(id))

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

function seccompErrors(profile: SeccompProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const found: FieldError[] = []
  if (!profile.type) found.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!profileTypes.includes(profile.type)) found.push(unsupported(`${path}.type`, profile.type, profileTypes))
  const file = profile.localhostProfile
  const given = file !== undefined && file !== null
  if (profile.type === 'Localhost')
    found.push(
      ...(given
        ? descendingPath(file, `${path}.localhostProfile`)
        : [required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')]),
    )
  else if (given)
    found.push(
      invalid(`${path}.localhostProfile`, { Type: profile.type, LocalhostProfile: file }, 'can only be set when seccomp type is Localhost'),
    )
  return found
}

function localAppArmorErrors(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path, 'must be set when AppArmor type is Localhost')]
  if (name.trim() === '') return [invalid(path, name, 'must not be padded with whitespace')]
  return name.trim() === name ? [] : [invalid(path, name, 'must not be padded with whitespace')]
}

function appArmorErrors(profile: AppArmorProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  if (!profile.type) return [required(`${path}.type`, 'type is required when appArmorProfile is set')]
  if (!profileTypes.includes(profile.type)) return [unsupported(`${path}.type`, profile.type, profileTypes)]
  const name = profile.localhostProfile
  if (profile.type === 'Localhost') return localAppArmorErrors(name, `${path}.localhostProfile`)
  return name === undefined || name === null
    ? []
    : [invalid(`${path}.localhostProfile`, name, 'can only be set when AppArmor type is Localhost')]
}

const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlPattern = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`
const SYSCTL_MAX = 253
const NET_PREFIXES = ['net.']
const IPC_PREFIXES = ['kernel.shm', 'kernel.msg', 'kernel.sem', 'fs.mqueue.']

/** Kernel settings: a namespace that is the host's takes none (upstream's ValidateHostSysctl). */
function sysctlErrors(spec: PodSpec, path: string): FieldError[] {
  const found: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, { name }] of (spec.securityContext?.sysctls ?? []).entries()) {
    const at = `${path}[${i}].name`
    if (!name) found.push(required(at))
    else if (name.length > SYSCTL_MAX || !new RegExp(sysctlPattern).test(name))
      found.push(invalid(at, name, `must have at most ${SYSCTL_MAX} characters and match regex ${sysctlPattern}`))
    else if (seen.has(name)) found.push(duplicate(at, name))
    const plain = (name ?? '').replaceAll('/', '.')
    if (spec.hostNetwork && NET_PREFIXES.some((p) => plain.startsWith(p)))
      found.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"))
    else if (spec.hostIPC && IPC_PREFIXES.some((p) => plain.startsWith(p)))
      found.push(invalid(at, name, "may not be specified when 'hostIPC' is true"))
    seen.add(name)
  }
  return found
}

export function podSecurityContextErrors(spec: PodSpec, path: string): FieldError[] {
  const context = spec.securityContext
  if (!context) return []
  const found = [
    ...idErrors(context.fsGroup, `${path}.fsGroup`),
    ...idErrors(context.runAsUser, `${path}.runAsUser`),
    ...idErrors(context.runAsGroup, `${path}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, i) => idErrors(id, `${path}.supplementalGroups[${i}]`)),
  ]
  if (spec.shareProcessNamespace && spec.hostPID)
    found.push(invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'))
  return [
    ...found,
    ...sysctlErrors(spec, `${path}.sysctls`),
    ...optionalOneOf(context.fsGroupChangePolicy, `${path}.fsGroupChangePolicy`, ['OnRootMismatch', 'Always']),
    ...seccompErrors(context.seccompProfile, `${path}.seccompProfile`),
    ...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`),
    ...optionalOneOf(context.supplementalGroupsPolicy, `${path}.supplementalGroupsPolicy`, ['Merge', 'Strict']),
    ...optionalOneOf(context.seLinuxChangePolicy, `${path}.seLinuxChangePolicy`, ['MountOption', 'Recursive']),
  ]
}

export function securityContextErrors(context: SecurityContext | undefined, path: string): FieldError[] {
  if (!context) return []
  const found = [
    ...idErrors(context.runAsUser, `${path}.runAsUser`),
    ...idErrors(context.runAsGroup, `${path}.runAsGroup`),
    ...optionalOneOf(context.procMount, `${path}.procMount`, ['Default', 'Unmasked']),
  ]
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged)
      found.push(
        invalid(path, goForm({ ...context }, 'SecurityContext'), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'),
      )
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
      found.push(
        invalid(
          path,
          goForm({ ...context }, 'SecurityContext'),
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        ),
      )
  }
  return [
    ...found,
    ...seccompErrors(context.seccompProfile, `${path}.seccompProfile`),
    ...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`),
  ]
}
