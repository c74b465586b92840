/**
 * Validation of a pod's spec, in a pod or in a template: all errors at once, in upstream's order (ValidatePodSpec).
 */
import type { FieldError } from '../../../../api/errors.ts'
import type { PodSpec } from '../../../../api/generated/types/core-v1.ts'
import { dns1123LabelErrors, dns1123SubdomainErrors, inRangeErrors } from '../../../../api/names.ts'
import { validateLabels } from '../../../../api/names-meta.ts'
import { checked, oneOfOrdered, preemptionPolicyErrors } from '../../field-checks.ts'
import { affinityErrors } from './affinity.ts'
import { containersErrors, ephemeralContainersErrors, initContainersErrors } from './containers.ts'
import { dnsConfigErrors, hostAliasErrors } from './dns.ts'
import { hostUsersErrors, osErrors, resourceClaimErrors } from './platform.ts'
import { hostNetworkPortErrors } from './ports.ts'
import { gateErrors, tolerationErrors, topologySpreadErrors } from './scheduling.ts'
import { podSecurityContextErrors } from './security-context.ts'
import { volumesErrors } from './volumes.ts'

const MAX_INT32 = 2_147_483_647

const optionalName = (name: string | undefined, path: string, check: (name: string) => string[]): FieldError[] =>
  name ? checked(path, name, check(name)) : []

function tailErrors(spec: PodSpec, path: string): FieldError[] {
  const deadline = spec.activeDeadlineSeconds
  return [
    ...optionalName(spec.serviceAccountName, `${path}.serviceAccountName`, dns1123SubdomainErrors),
    ...optionalName(spec.nodeName, `${path}.nodeName`, dns1123SubdomainErrors),
    ...(deadline === undefined || deadline === null
      ? []
      : checked(`${path}.activeDeadlineSeconds`, deadline, inRangeErrors(deadline, 1, MAX_INT32))),
    ...optionalName(spec.hostname, `${path}.hostname`, dns1123LabelErrors),
    ...optionalName(spec.subdomain, `${path}.subdomain`, dns1123LabelErrors),
    ...tolerationErrors(spec.tolerations, `${path}.tolerations`),
    ...hostAliasErrors(spec, `${path}.hostAliases`),
    ...optionalName(spec.priorityClassName, `${path}.priorityClassName`, dns1123SubdomainErrors),
    ...optionalName(spec.runtimeClassName, `${path}.runtimeClassName`, dns1123SubdomainErrors),
    ...preemptionPolicyErrors(spec.preemptionPolicy, `${path}.preemptionPolicy`),
    ...osErrors(spec, path),
  ]
}

/** Everything wrong with `spec`; `path` is where it stands (`spec`, `spec.template.spec`). */
export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const { found, byName } = volumesErrors(spec.volumes, `${path}.volumes`)
  return [
    ...found,
    ...resourceClaimErrors(spec.resourceClaims, `${path}.resourceClaims`),
    ...containersErrors(spec, byName, `${path}.containers`),
    ...initContainersErrors(spec, byName, `${path}.initContainers`),
    ...ephemeralContainersErrors(spec, byName, `${path}.ephemeralContainers`),
    ...(spec.hostNetwork ? hostNetworkPortErrors(spec.containers ?? [], `${path}.containers`) : []),
    ...oneOfOrdered(spec.restartPolicy, `${path}.restartPolicy`, ['Always', 'OnFailure', 'Never']),
    ...oneOfOrdered(spec.dnsPolicy, `${path}.dnsPolicy`, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...podSecurityContextErrors(spec, `${path}.securityContext`),
    ...affinityErrors(spec.affinity, `${path}.affinity`),
    ...dnsConfigErrors(spec, `${path}.dnsConfig`),
    ...gateErrors(spec, path),
    ...topologySpreadErrors(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`),
    ...hostUsersErrors(spec, path),
    ...tailErrors(spec, path),
  ]
}
