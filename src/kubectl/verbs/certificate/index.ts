/**
 * `kubectl certificate approve|deny`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { formatTime } from '../../../api/rfc3339.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { teller } from '../../options.ts'
import { build } from '../../resources/builder.ts'
import { plainVerb, type VerbDefinition } from '../../verb.ts'

interface Condition {
  type: string
  status?: string
  reason?: string
  message?: string
  lastUpdateTime?: string
}

function decide(path: string, type: 'Approved' | 'Denied', reason: string, message: string, word: string): VerbDefinition {
  const other = type === 'Approved' ? 'Denied' : 'Approved'
  return plainVerb(path, (context) => {
    const filed = context.flags.list('filename').length > 0
    if (context.args.length === 0 && !filed) throw new CommandError('one or more CSRs must be specified as <name> or -f <filename>')
    const built = build(context, { args: filed ? context.args : ['csr', ...context.args], fetch: 'object', latest: true })
    const tell = teller(context)
    const failures: unknown[] = [...built.failures]
    for (const info of built.infos) {
      const csr = info.object!
      const conditions = (csr.status?.conditions ?? []) as Condition[]
      if (conditions.some((c) => c.type === other)) {
        failures.push(new CommandError(`certificate signing request ${JSON.stringify(info.name)} is already ${other}`))
        continue
      }
      if (conditions.some((c) => c.type === type) && !context.flags.bool('force')) {
        tell(info.kind, csr, word)
        continue
      }
      const added: Condition = { type, status: 'True', reason, message, lastUpdateTime: formatTime(context.host.now()) }
      const next = { ...csr, status: { ...csr.status, conditions: [...conditions, added] } } as ApiObject
      tell(info.kind, context.kube.update(info.kind, undefined, info.name, next, { subresource: 'approval' }), word)
    }
    throwAll(failures)
    return 0
  })
}

export const certificateVerbs: readonly VerbDefinition[] = [
  decide('kubectl certificate approve', 'Approved', 'KubectlApprove', 'This CSR was approved by kubectl certificate approve.', 'approved'),
  decide('kubectl certificate deny', 'Denied', 'KubectlDeny', 'This CSR was denied by kubectl certificate deny.', 'denied'),
]
