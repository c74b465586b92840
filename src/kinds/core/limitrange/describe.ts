/**
 * `kubectl describe limitrange`, and the ranges in the description of their namespace.
 */
import type { LimitRange } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

const HEAD = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio'
const RULE = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------'

function writeItems(w: DescribeWriter, range: LimitRange, prefix: string): void {
  for (const item of range.spec?.limits ?? []) {
    const lists = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio]
    const names = new Set(lists.flatMap((list) => Object.keys(list ?? {})))
    for (const name of [...names].sort()) {
      const cells = lists.map((list) => (list?.[name] === undefined ? '-' : formatQuantity(list[name])))
      w.line(0, `${prefix}${item.type}\t${name}\t${cells.join('\t')}`)
    }
  }
}

export function describeLimitRange(range: LimitRange): string {
  return describeWith((w) => {
    w.field(0, 'Name', range.metadata.name)
    w.field(0, 'Namespace', range.metadata.namespace ?? '')
    w.line(0, HEAD)
    w.line(0, RULE)
    writeItems(w, range, '')
  })
}

export function writeLimitRanges(w: DescribeWriter, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) {
    w.line(0, 'No LimitRange resource.')
    return
  }
  w.line(0, 'Resource Limits')
  w.line(0, ` ${HEAD}`)
  w.line(0, ` ${RULE}`)
  for (const range of ranges) writeItems(w, range, ' ')
}
