/**
 * `kubectl describe serviceaccount`.
 */
import type { ServiceAccount } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { heading } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'

const TITLE = 'Image pull secrets:'

export function describeServiceAccount(account: ServiceAccount, context: DescribeContext): string {
  return describeWith((w) => {
    heading(w, account)
    const names = (account.imagePullSecrets ?? []).map((s) => s.name ?? '')
    if (names.length === 0) w.line(0, `${TITLE}\t<none>`)
    for (const [i, name] of names.entries()) w.line(0, `${i === 0 ? TITLE : ' '.repeat(TITLE.length)}\t${name}`)
    describeEvents(w, account, context)
  })
}
