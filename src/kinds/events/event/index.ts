/**
 * Event, events.k8s.io/v1: the same stored Event as core/v1's, with other field names.
 */
import { defineKind } from '../../../api/define-kind.ts'
import type { Event } from '../../../api/generated/types/events-v1.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { event as coreEvent } from '../../core/event/index.ts'

/** Fields of this version, each with its name in core/v1. */
const renamed = [
  ['note', 'message'],
  ['regarding', 'involvedObject'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
] as const

function rename(o: ApiObject, apiVersion: string, from: 0 | 1): ApiObject {
  const out: ApiObject = { ...o, apiVersion }
  for (const names of renamed) {
    const value = o[names[from]]
    delete out[names[from]]
    if (value !== undefined) out[names[1 - from]!] = value
  }
  return out
}

export const eventsEvent = defineKind<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  nameRule: () => [],
  storedAs: {
    group: '',
    version: 'v1',
    kind: 'Event',
    toStored: (o) => rename(o, 'v1', 0),
    fromStored: (o) => rename(o, 'events.k8s.io/v1', 1),
  },
  columns: coreEvent.columns.map(({ value, ...column }) => ({ ...column, value: (o, nowMs) => value(rename(o, 'v1', 0) as never, nowMs) })),
})
