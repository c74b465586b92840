/** MutatingAdmissionWebhook: programs in the cluster or beside it change what is written (apiserver's webhook/mutating). */
import { errors, isApiError } from '../../../api/errors.ts'
import type { KindDefinition } from '../../../api/kind.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'
import { inVersion } from '../matching/facts.ts'
import { jsonPatched, takeIn } from '../matching/mutation.ts'
import { noteChange, noteInvoked, takesPart } from '../matching/reinvocation.ts'
import { CallFailed, callWebhook } from '../webhooks/call.ts'
import { asked, configurations, type Webhook, webhooksOf } from '../webhooks/hooks.ts'
import { type Response, refusal } from '../webhooks/review.ts'

const CONFIGURATIONS = 'mutatingwebhookconfigurations.admissionregistration.k8s.io'

/** Tells whether the object is another now. Throws InternalError. */
function patch(hook: Webhook, r: AdmissionRequest, matched: KindDefinition, response: Response): boolean {
  if (response.patch === '') return false
  try {
    const operations: unknown = JSON.parse(response.patch)
    if (!Array.isArray(operations)) throw new Error(`json: cannot unmarshal ${typeof operations} into Go value of type jsonpatch.Patch`)
    if (operations.length === 0) return false
    if (r.object === undefined || r.view !== undefined)
      throw new Error(
        `admission webhook ${JSON.stringify(hook.name)} attempted to modify the object, which is not supported for this operation`,
      )
    return takeIn(r, matched, jsonPatched(inVersion(r.object, r, matched), operations))
  } catch (e) {
    throw errors.internalError(isApiError(e) ? (e.status.message ?? '') : (e as Error).message)
  }
}

function run(hook: Webhook, r: AdmissionRequest, matched: KindDefinition): boolean {
  let response: Response
  try {
    response = callWebhook(hook, r, matched, true)
    if (response.patch !== '' && response.patchType !== 'JSONPatch')
      throw new CallFailed(
        `failed calling webhook ${JSON.stringify(hook.name)}: unsupported patch type ${JSON.stringify(response.patchType)}`,
      )
  } catch (e) {
    if (!(e instanceof CallFailed)) throw e
    if (hook.failurePolicy === 'Ignore') return false
    throw errors.internalError(e.message)
  }
  if (!response.allowed) throw refusal(hook.name, response.status)
  return patch(hook, r, matched, response)
}

function mutate(r: AdmissionRequest): void {
  for (const configuration of configurations(r, CONFIGURATIONS)) {
    for (const hook of webhooksOf(configuration)) {
      const key = `webhook ${configuration.metadata.name} ${hook.name}`
      const matched = asked(hook, r)
      if (matched === undefined || !takesPart(r, key)) continue
      if (run(hook, r, matched)) noteChange(r)
      noteInvoked(r, key, hook.reinvocationPolicy)
    }
  }
}

export const mutatingWebhook: AdmissionPlugin = { name: 'MutatingAdmissionWebhook', subresources: ['*'], mutate }
