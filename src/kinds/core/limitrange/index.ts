/**
 * LimitRange (core/v1): bounds and defaults of containers, pods and claims.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { LimitRange, LimitRangeItem } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { describeLimitRange } from './describe.ts'
import { limitRangeErrors } from './validate.ts'

type List = Record<string, string>

const canonical = (list: List | undefined): void => {
  for (const name of Object.keys(list ?? {})) list![name] = formatQuantity(list![name])
}

/** Containers: what has a maximum has it as default limit, what has a default limit or a minimum as default request. */
function setItemDefaults(item: LimitRangeItem): void {
  for (const list of [item.default, item.defaultRequest, item.max, item.min, item.maxLimitRequestRatio]) canonical(list)
  if (item.type !== 'Container') return
  item.default ??= {}
  item.defaultRequest ??= {}
  for (const [name, value] of Object.entries(item.max ?? {})) item.default[name] ??= value
  for (const [name, value] of Object.entries(item.default)) item.defaultRequest[name] ??= value
  for (const [name, value] of Object.entries(item.min ?? {})) item.defaultRequest[name] ??= value
  if (Object.keys(item.default).length === 0) delete item.default
  if (Object.keys(item.defaultRequest).length === 0) delete item.defaultRequest
}

export const limitRange = defineKind<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  createOnUpdate: true,
  describe: describeLimitRange,
  setDefaults: (range) => {
    range.spec ??= { limits: [] }
    for (const item of range.spec.limits ?? []) setItemDefaults(item)
  },
  validate: limitRangeErrors,
})
