/** The events pane: what the cluster reported, oldest first. */
import type { Event } from '../../api/generated/types/core-v1.ts'
import type { Reader } from '../../api/reader.ts'
import { parseTime } from '../../api/rfc3339.ts'
import type { EventView } from '../contract.ts'

const MAX_EVENTS = 300

const views = new WeakMap<object, EventView>()

export const lastSeenMs = (event: Event): number =>
  parseTime(event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp ?? '') ?? 0

export function eventView(event: Event, enteredMs: number): EventView {
  const known = views.get(event)
  if (known !== undefined) return known
  const about = event.involvedObject
  const view: EventView = {
    atMs: lastSeenMs(event) - enteredMs,
    type: event.type === 'Warning' ? 'Warning' : 'Normal',
    reason: event.reason ?? '',
    object: `${(about.kind ?? '').toLowerCase()}/${about.name ?? ''}`,
    message: event.message ?? '',
    count: event.count ?? event.series?.count ?? 1,
  }
  views.set(event, view)
  return view
}

export function eventsView(read: Reader, enteredMs: number): EventView[] {
  const all = read.list('events').map((e) => eventView(e as Event, enteredMs))
  // Stable: of one instant, in byte order of their names.
  return all.sort((a, b) => a.atMs - b.atMs).slice(-MAX_EVENTS)
}
