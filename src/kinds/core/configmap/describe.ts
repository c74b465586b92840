/**
 * `kubectl describe configmap`.
 */
import type { ConfigMap } from '../../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../../api/kind.ts'
import { describeEvents } from '../../describe/events.ts'
import { heading } from '../../describe/fields.ts'
import { describeWith } from '../../describe/writer.ts'
import { base64Length } from '../base64.ts'

export function describeConfigMap(config: ConfigMap, context: DescribeContext): string {
  return describeWith((w) => {
    heading(w, config)
    w.raw('\nData\n====\n')
    for (const key of Object.keys(config.data ?? {}).sort()) w.raw(`${key}:\n----\n${config.data![key]}\n\n`)
    w.raw('\nBinaryData\n====\n')
    for (const key of Object.keys(config.binaryData ?? {}).sort()) w.line(0, `${key}: ${base64Length(config.binaryData![key]!)} bytes`)
    w.raw('\n')
    describeEvents(w, config, context)
  })
}
