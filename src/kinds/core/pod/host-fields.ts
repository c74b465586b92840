/**
 * The API keeps hostNetwork and kin in a pod's spec; the server's internal form keeps them in its security context.
 */
import type { PodSpec, PodTemplateSpec } from '../../../api/generated/types/core-v1.ts'
import { goForm } from '../go-form/print.ts'

/** A pod's spec in Go's form. */
export function podSpecForm(spec: PodSpec): unknown {
  const { hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace, securityContext } = spec
  const context = securityContext && { ...securityContext, hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace }
  return goForm({ ...spec, securityContext: context }, 'PodSpec')
}

/** A template in Go's form: metadata keeps its API names (its fields are embedded), the spec does not. */
export function podTemplateForm(template: PodTemplateSpec | undefined): unknown {
  const { name, labels, annotations } = template?.metadata ?? {}
  return {
    ...(name && { name }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    Spec: podSpecForm(template?.spec ?? { containers: [] }),
  }
}
