/** The second run of mutating policies and webhooks: who takes part in it (policyReinvokeContext and webhookReinvokeContext upstream). */
import type { AdmissionRequest } from '../contract.ts'

const set = (r: AdmissionRequest, which: 'invoked' | 'due'): Set<string> => {
  r.reinvocation[which] ??= new Set()
  return r.reinvocation[which]
}

/** Whether this one runs now: everybody in the first run, in the second only who is due. */
export const takesPart = (r: AdmissionRequest, key: string): boolean => !r.reinvocation.again || r.reinvocation.due?.has(key) === true

/** Somebody changed the object: the chain runs again, and those who ran and asked for it are due. */
export function noteChange(r: AdmissionRequest): void {
  r.reinvocation.wanted = true
  for (const key of r.reinvocation.invoked ?? []) set(r, 'due').add(key)
  r.reinvocation.invoked?.clear()
}

export function noteInvoked(r: AdmissionRequest, key: string, policy: string | undefined): void {
  if (policy === 'IfNeeded') set(r, 'invoked').add(key)
}
