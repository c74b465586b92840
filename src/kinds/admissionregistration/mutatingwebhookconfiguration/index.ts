/**
 * MutatingWebhookConfiguration, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { MutatingWebhookConfiguration } from '../../../api/generated/types/admissionregistration-v1.ts'
import { setWebhookDefaults, webhooksErrors } from '../webhooks.ts'

export const mutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  generation: true,
  setDefaults: (o) => {
    for (const webhook of o.webhooks ?? []) {
      setWebhookDefaults(webhook)
      webhook.reinvocationPolicy ??= 'Never'
    }
  },
  validate: (o) => webhooksErrors(o.webhooks),
  cells: { Webhooks: (o) => o.webhooks?.length ?? 0 },
})
