/**
 * ValidatingWebhookConfiguration, admissionregistration.k8s.io/v1.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { ValidatingWebhookConfiguration } from '../../../api/generated/types/admissionregistration-v1.ts'
import { setWebhookDefaults, webhooksErrors } from '../webhooks.ts'

export const validatingWebhookConfiguration = defineKind<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  generation: true,
  setDefaults: (o) => {
    for (const webhook of o.webhooks ?? []) setWebhookDefaults(webhook)
  },
  validate: (o) => webhooksErrors(o.webhooks),
  cells: { Webhooks: (o) => o.webhooks?.length ?? 0 },
})
