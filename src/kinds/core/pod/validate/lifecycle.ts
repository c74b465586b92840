/**
 * Validation of postStart and preStop hooks (upstream's validateLifecycle).
 */
import type { FieldError } from '../../../../api/errors.ts'
import type { Lifecycle } from '../../../../api/generated/types/core-v1.ts'
import { handlerErrors } from './probes.ts'

export const lifecycleErrors = (lifecycle: Lifecycle | undefined, graceSeconds: number, path: string): FieldError[] => [
  ...(lifecycle?.postStart ? handlerErrors(lifecycle.postStart, graceSeconds, `${path}.postStart`) : []),
  ...(lifecycle?.preStop ? handlerErrors(lifecycle.preStop, graceSeconds, `${path}.preStop`) : []),
]
