/**
 * The API keeps hostNetwork and kin in a pod's spec; the server's internal form keeps them in its security context.
 */
import type { PodSpec } from '../../../api/generated/types/core-v1.ts'
import { goForm } from '../go-form/print.ts'

/** A pod's spec in Go's form. */
export function podSpecForm(spec: PodSpec): unknown {
  const { hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace, securityContext } = spec
  const context = securityContext && { ...securityContext, hostNetwork, hostPID, hostIPC, hostUsers, shareProcessNamespace }
  return goForm({ ...spec, securityContext: context }, 'PodSpec')
}
