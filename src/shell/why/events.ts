/** The warnings that the cluster reported about an object, newest first. */
import type { Event } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { parseTime } from '../../api/rfc3339.ts'
import { type Finding, note, type WhyContext } from './contract.ts'

const whenMs = (e: Event): number =>
  parseTime(e.series?.lastObservedTime ?? e.lastTimestamp ?? e.eventTime ?? e.metadata.creationTimestamp ?? '') ?? 0

export function warningsOf(object: ApiObject, { read }: WhyContext): Event[] {
  return (read.list('events', object.metadata.namespace ?? 'default') as readonly Event[])
    .filter((e) => e.type === 'Warning' && e.involvedObject.uid === object.metadata.uid)
    .sort((a, b) => whenMs(b) - whenMs(a))
}

/** The newest warning of one of these reasons. */
export const lastWarning = (object: ApiObject, context: WhyContext, ...reasons: string[]): Event | undefined =>
  warningsOf(object, context).find((e) => reasons.length === 0 || reasons.includes(e.reason ?? ''))

/** Warnings as findings, for kinds of which nothing better is known. */
export const warningNotes = (object: ApiObject, context: WhyContext): Finding[] =>
  warningsOf(object, context)
    .slice(0, 3)
    .map((e) => {
      const times = (e.count ?? 1) > 1 ? ` (${e.count}×)` : ''
      return note(`event ${e.reason}${times}: ${e.message}`, `evento ${e.reason}${times}: ${e.message}`)
    })
