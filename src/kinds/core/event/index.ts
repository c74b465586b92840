/**
 * Event (core/v1): its involved object must live in its namespace; its table tells when it was last seen, in words.
 */
import { ageSince } from '../../../api/ages.ts'
import { defineKind } from '../../../api/define-kind.ts'
import { type FieldError, invalid, required } from '../../../api/errors.ts'
import type { Event } from '../../../api/generated/types/core-v1.ts'

function firstSeen(event: Event, nowMs: number): string {
  return ageSince(event.firstTimestamp ?? event.eventTime ?? undefined, nowMs)
}

function lastSeen(event: Event, nowMs: number): string {
  if (event.series) return ageSince(event.series.lastObservedTime, nowMs)
  return event.lastTimestamp ? ageSince(event.lastTimestamp, nowMs) : firstSeen(event, nowMs)
}

const objectText = (event: Event): string => {
  const { kind, name } = event.involvedObject
  return name ? `${(kind ?? '').toLowerCase()}/${name}` : (kind ?? '').toLowerCase()
}

/** `kubelet, node-a`. */
function sourceText(event: Event): string {
  const component = event.source?.component || event.reportingComponent || ''
  const host = event.source?.host || event.reportingInstance || ''
  return host === '' ? component : `${component}, ${host}`
}

function validate(event: Event): FieldError[] {
  const home = event.involvedObject?.namespace ?? ''
  const namespace = event.metadata.namespace ?? ''
  if (home === '' && namespace !== 'default' && namespace !== 'kube-system')
    return [invalid('involvedObject.namespace', home, 'does not match event.namespace')]
  if (home !== '' && home !== namespace) return [invalid('involvedObject.namespace', home, 'does not match event.namespace')]
  return event.eventTime && !event.reportingComponent ? [required('reportingController')] : []
}

export const event = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  createOnUpdate: true,
  nameRule: () => [],
  setDefaults: (e) => {
    e.source ??= {}
    e.reportingComponent ??= ''
    e.reportingInstance ??= ''
    // Go writes an absent moment as null.
    for (const field of ['eventTime', 'firstTimestamp', 'lastTimestamp'] as const) e[field] ??= null as unknown as string
  },
  validate,
  fieldSelectors: {
    'involvedObject.kind': (e) => e.involvedObject?.kind ?? '',
    'involvedObject.namespace': (e) => e.involvedObject?.namespace ?? '',
    'involvedObject.name': (e) => e.involvedObject?.name ?? '',
    'involvedObject.uid': (e) => e.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': (e) => e.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': (e) => e.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': (e) => e.involvedObject?.fieldPath ?? '',
    reason: (e) => e.reason ?? '',
    reportingComponent: (e) => e.reportingComponent ?? '',
    source: (e) => e.source?.component || e.reportingComponent || '',
    type: (e) => e.type ?? '',
  },
  cells: {
    'Last Seen': (e, { nowMs }) => lastSeen(e, nowMs),
    Type: (e) => e.type ?? '',
    Reason: (e) => e.reason ?? '',
    Object: objectText,
    Subobject: (e) => e.involvedObject.fieldPath ?? '',
    Source: sourceText,
    Message: (e) => (e.message ?? '').trim(),
    'First Seen': (e, { nowMs }) => firstSeen(e, nowMs),
    Count: (e) => `${e.series?.count ?? (e.count || 1)}`,
    Name: (e) => e.metadata.name,
  },
})
