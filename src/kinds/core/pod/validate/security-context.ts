/**
 * Validation of security contexts of pods and containers (upstream's ValidatePodSecurityContext and ValidateSecurityContext).
 */
import { type FieldError, invalid, required } from '../../../../api/errors.ts'
import type { PodSpec, SeccompProfile, SecurityContext } from '../../../../api/generated/types/core-v1.ts'
import { userIdErrors } from '../../../../api/names.ts'
import { checked, optionalOneOf, unsupported } from '../../field-checks.ts'

const idErrors = (id: number | undefined, path: string): FieldError[] =>
  id === undefined || id === null ? [] : checked(path, id, userIdErrors(id))

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']

function profileErrors(profile: SeccompProfile | undefined, path: string, name: string): FieldError[] {
  if (!profile) return []
  if (!profile.type) return [required(`${path}.type`, `type is required when ${name}Profile is set`)]
  if (!profileTypes.includes(profile.type)) return [unsupported(`${path}.type`, profile.type, profileTypes)]
  if (profile.type === 'Localhost')
    return profile.localhostProfile ? [] : [required(`${path}.localhostProfile`, `must be set when ${name} type is Localhost`)]
  return profile.localhostProfile === undefined || profile.localhostProfile === null
    ? []
    : [invalid(`${path}.localhostProfile`, profile.localhostProfile, `can only be set when ${name} type is Localhost`)]
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
    ...optionalOneOf(context.fsGroupChangePolicy, `${path}.fsGroupChangePolicy`, ['OnRootMismatch', 'Always']),
    ...profileErrors(context.seccompProfile, `${path}.seccompProfile`, 'seccomp'),
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
    if (context.privileged) found.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'))
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN'))
      found.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'))
  }
  return [...found, ...profileErrors(context.seccompProfile, `${path}.seccompProfile`, 'seccomp')]
}
