/**
 * CSINode, storage.k8s.io/v1: which CSI drivers a node has.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, required } from '../../../api/errors.ts'
import type { CSINode } from '../../../api/generated/types/storage-v1.ts'

export const csiNode = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  setDefaults: (o) => {
    o.spec ??= { drivers: [] }
    o.spec.drivers ??= null as never
  },
  validate: (o) =>
    (o.spec.drivers ?? []).flatMap((driver, i, all) => [
      ...(driver.name ? [] : [required(`spec.drivers[${i}].name`)]),
      ...(driver.nodeID ? [] : [required(`spec.drivers[${i}].nodeID`)]),
      ...(all.findIndex((d) => d.name === driver.name) < i ? [duplicate(`spec.drivers[${i}].name`, driver.name)] : []),
    ]),
  cells: { Drivers: (o) => o.spec.drivers?.length ?? 0 },
})
