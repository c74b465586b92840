/**
 * CSINode, storage.k8s.io/v1: which CSI drivers a node has.
 */
import { defineKind } from '../../../api/define-kind.ts'
import { duplicate, type FieldError, required } from '../../../api/errors.ts'
import type { CSINode, CSINodeDriver } from '../../../api/generated/types/storage-v1.ts'
import { immutable } from '../../fields/same.ts'

/** A driver as the API server's own type prints it; how many volumes it can take may change. */
const goDriver = (d: CSINodeDriver): unknown => ({
  Name: d.name,
  NodeID: d.nodeID,
  TopologyKeys: d.topologyKeys ?? null,
  Allocatable: null,
})

function validateUpdate(next: CSINode, previous: CSINode): FieldError[] {
  return (previous.spec.drivers ?? []).flatMap((then) => {
    const now = (next.spec.drivers ?? []).filter((driver) => driver.name === then.name)
    return now.flatMap((driver) => immutable(goDriver(driver), goDriver(then), 'spec.drivers'))
  })
}

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
  validateUpdate,
  cells: { Drivers: (o) => o.spec.drivers?.length ?? 0 },
})
