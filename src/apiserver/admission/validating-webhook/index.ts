/** ValidatingAdmissionWebhook: programs in the cluster or beside it have their say on a request (apiserver's webhook/validating). */
import { errors } from '../../../api/errors.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'
import { CallFailed, callWebhook } from '../webhooks/call.ts'
import { asked, configurations, webhooksOf } from '../webhooks/hooks.ts'
import { refusal } from '../webhooks/review.ts'

const CONFIGURATIONS = 'validatingwebhookconfigurations.admissionregistration.k8s.io'

function validate(r: AdmissionRequest): void {
  const called = configurations(r, CONFIGURATIONS).flatMap((c) =>
    webhooksOf(c).flatMap((hook) => {
      const matched = asked(hook, r)
      return matched === undefined ? [] : [{ hook, matched }]
    }),
  )
  let first: Error | undefined
  // All are asked, whatever the others say; the first refusal is told.
  for (const { hook, matched } of called) {
    try {
      const response = callWebhook(hook, r, matched, false)
      if (!response.allowed) first ??= refusal(hook.name, response.status)
    } catch (e) {
      if (!(e instanceof CallFailed)) throw e
      if (hook.failurePolicy !== 'Ignore') first ??= errors.internalError(e.message)
    }
  }
  if (first !== undefined) throw first
}

export const validatingWebhook: AdmissionPlugin = { name: 'ValidatingAdmissionWebhook', subresources: ['*'], validate }
