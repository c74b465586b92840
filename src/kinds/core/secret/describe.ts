/**
 * `kubectl describe secret`: sizes of the data, never the data (a service account's token excepted).
 */
import type { Secret } from '../../../api/generated/types/core-v1.ts'
import { heading } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'
import { base64Length, decodeText } from '../base64.ts'

export function describeSecret(secret: Secret): string {
  return describeWith((w) => {
    heading(w, secret)
    w.raw(`\nType:\t${secret.type ?? ''}\n`)
    w.raw('\nData\n====\n')
    for (const key of Object.keys(secret.data ?? {}).sort()) {
      const value = secret.data![key]!
      const shown = key === 'token' && secret.type === 'kubernetes.io/service-account-token'
      w.field(0, key, shown ? decodeText(value) : `${base64Length(value)} bytes`)
    }
  })
}
