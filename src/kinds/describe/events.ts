/**
 * The table of events at the end of a description: those about the object, the ones seen last at the end.
 */
import type { Event } from '../../api/generated/types/core-v1.ts'
import type { DescribeContext } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { parseTime } from '../../api/rfc3339.ts'
import { since } from './fields.ts'
import type { DescribeWriter } from './writer.ts'

/** What `involvedObject` says of the object. */
export interface EventSubject {
  readonly namespace: string | undefined
  readonly name: string
  /** Any kind when left out. */
  readonly kind?: string | undefined
  readonly uid?: string | undefined
}

export const subjectOf = (object: ApiObject): EventSubject => ({
  namespace: object.metadata.namespace,
  name: object.metadata.name,
  kind: object.kind,
  uid: object.metadata.uid,
})

const concerns = (event: Event, subject: EventSubject): boolean => {
  const about = event.involvedObject
  return (
    about.name === subject.name &&
    (about.namespace ?? '') === (subject.namespace ?? '') &&
    (subject.kind === undefined || about.kind === subject.kind) &&
    (!subject.uid || about.uid === subject.uid)
  )
}

/** Events about any of the subjects. */
export function eventsAbout(context: DescribeContext, ...subjects: EventSubject[]): Event[] {
  return subjects.flatMap((subject) => context.reader.list('events', subject.namespace).filter((e) => concerns(e, subject)))
}

function ageText(event: Event, nowMs: number): string {
  const first = since(event.eventTime ?? event.firstTimestamp, nowMs)
  if (event.series) return `${since(event.series.lastObservedTime, nowMs)} (x${event.series.count} over ${first})`
  return (event.count ?? 0) > 1 ? `${since(event.lastTimestamp, nowMs)} (x${event.count} over ${first})` : first
}

function messageOf(event: Event): string {
  const path = event.involvedObject.fieldPath
  const text = (event.message ?? '').trim()
  return path ? `${path}: ${text}` : text
}

const lastMs = (event: Event): number => (event.lastTimestamp ? (parseTime(event.lastTimestamp) ?? 0) : Number.NEGATIVE_INFINITY)

/** The table; `Events: <none>` when there is nothing to tell. */
export function writeEvents(w: DescribeWriter, events: readonly Event[], nowMs: number): void {
  if (events.length === 0) {
    w.field(0, 'Events', '<none>')
    return
  }
  w.line(0, 'Events:')
  w.line(1, 'Type\tReason\tAge\tFrom\tMessage')
  w.line(1, '----\t------\t----\t----\t-------')
  const sorted = [...events].sort((a, b) => (lastMs(a) === lastMs(b) ? 0 : lastMs(a) - lastMs(b)))
  for (const e of sorted)
    w.line(
      1,
      `${e.type ?? ''}\t${e.reason ?? ''}\t${ageText(e, nowMs)}\t${e.source?.component || e.reportingComponent || ''}\t${messageOf(e)}`,
    )
}

/** The events about `object`, when they are asked for. */
export function describeEvents(w: DescribeWriter, object: ApiObject, context: DescribeContext): void {
  if (context.showEvents) writeEvents(w, eventsAbout(context, subjectOf(object)), context.nowMs)
}
