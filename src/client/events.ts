/**
 * Records Events as client-go's recorder and correlator do: the same event again counts up, many similar ones are combined, and a
 * source that talks too much about one object is cut short. What was recorded before is read from the events themselves.
 */
import { ApiError } from '../api/errors.ts'
import type { ApiObject } from '../api/meta.ts'
import type { IndexedReader } from '../api/reader.ts'
import { formatMicroTime, formatTime, parseTime } from '../api/rfc3339.ts'
import type { Random } from '../sim/random.ts'
import type { Cells } from '../sim/state.ts'
import type { EventRecorder, Writer } from './contract.ts'

/** After so many different messages of one reason within the interval, further ones are combined. */
const MAX_SIMILAR = 10
const SIMILAR_WITHIN_MS = 600_000
/** Token bucket per source and object. */
const BURST = 25
const REFILL_MS = 300_000
const COMBINED = '(combined from similar events): '
/** A series is over once nothing was added for so long. */
const SERIES_WITHIN_MS = 360_000
const SERIES_TOLD_MS = 1_800_000
const SERIES = 'event-series'
const SPAM = 'event-spam'
const CLOCK = 'event-clock'

export const INVOLVED_INDEX = 'involved'
export const involved = (event: ApiObject): readonly string[] => {
  const about = event['involvedObject']
  return about === undefined ? [] : [about.uid || `${about.kind}/${about.namespace ?? ''}/${about.name}`]
}

export interface EventSource {
  readonly component: string
  readonly host?: string | undefined
  /** Reported through events.k8s.io (the scheduler): the older `source`, times and count stay empty. */
  readonly modern?: boolean | undefined
}

interface Parts {
  readonly read: IndexedReader
  readonly write: Writer
  readonly clock: { readonly nowMs: number }
  readonly random: Random
  readonly cells: Cells
}

interface Wanted {
  readonly about: ApiObject
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly fieldPath: string | undefined
  readonly action: string | undefined
}

export class Recorder implements EventRecorder {
  readonly #parts: Parts
  readonly #source: EventSource

  constructor(parts: Parts, source: EventSource) {
    this.#parts = parts
    this.#source = source
  }

  event(
    about: ApiObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    options: { fieldPath?: string; action?: string } = {},
  ): void {
    const { nowMs } = this.#parts.clock
    const before = this.#before(about)
    const wanted: Wanted = { about, type, reason, message, fieldPath: options.fieldPath, action: options.action }
    try {
      if (this.#source.modern) return this.#inSeries(before, wanted, nowMs)
      if (this.#spams(about, before, nowMs)) return
      const told = this.#combine(before, wanted, nowMs)
      const combined = told.startsWith(COMBINED)
      const same = before.find((e) => this.#same(e, wanted) && (combined ? e['message'].startsWith(COMBINED) : e['message'] === told))
      if (same === undefined) this.#create({ ...wanted, message: told }, nowMs)
      else this.#count(same, told, nowMs)
    } catch (e) {
      // An event that cannot be written (its namespace is going) is lost, and nobody is told: client-go only logs it.
      if (!(e instanceof ApiError)) throw e
    }
  }

  /** Events of this source about the object. */
  #before(about: ApiObject): readonly ApiObject[] {
    const { component, host = '' } = this.#source
    const { uid, namespace, name } = about.metadata
    const key = uid || `${about.kind}/${namespace ?? ''}/${name}`
    const all = this.#parts.read.byIndex('events', INVOLVED_INDEX, key) as readonly ApiObject[]
    return all.filter((e) => e['reportingComponent'] === component && (e['reportingInstance'] ?? '') === host)
  }

  #same(event: ApiObject, wanted: Wanted): boolean {
    return event['type'] === wanted.type && event['reason'] === wanted.reason && event['involvedObject'].fieldPath === wanted.fieldPath
  }

  #combine(before: readonly ApiObject[], wanted: Wanted, nowMs: number): string {
    if (before.length < MAX_SIMILAR - 1) return wanted.message
    const messages = new Set([wanted.message])
    for (const e of before) {
      if (e['type'] !== wanted.type || e['reason'] !== wanted.reason || e['message'].startsWith(COMBINED)) continue
      if (nowMs - (parseTime(e['lastTimestamp']) ?? 0) <= SIMILAR_WITHIN_MS) messages.add(e['message'])
    }
    return messages.size < MAX_SIMILAR ? wanted.message : COMBINED + wanted.message
  }

  /**
   * events.k8s.io's recorder: what is said again of the same version of an object within six minutes is a series of the first, whose
   * note stays. The second makes it known; of further ones it tells each half hour.
   */
  #inSeries(before: readonly ApiObject[], wanted: Wanted, nowMs: number): void {
    const { resourceVersion } = wanted.about.metadata
    const key = (e: ApiObject): string => e.metadata.uid ?? e.metadata.name
    const { cells, write } = this.#parts
    const seen = (e: ApiObject): { count: number; ms: number } =>
      cells.get<{ count: number; ms: number }>(SERIES, key(e)) ?? { count: 1, ms: parseTime(e['eventTime'] ?? '') ?? 0 }
    const first = before.find(
      (e) =>
        this.#same(e, wanted) &&
        e['action'] === wanted.action &&
        e['involvedObject'].resourceVersion === resourceVersion &&
        nowMs - seen(e).ms <= SERIES_WITHIN_MS,
    )
    if (first === undefined) return this.#create(wanted, nowMs)
    const count = seen(first).count + 1
    cells.put(SERIES, key(first), { count, ms: nowMs })
    const told = parseTime(first['series']?.lastObservedTime ?? '')
    if (told !== undefined && nowMs - told < SERIES_TOLD_MS) return
    write.update('events', { ...first, series: { count, lastObservedTime: formatMicroTime(nowMs) } } as never)
  }

  /** A bucket is only kept once the object's events could have emptied it. */
  #spams(about: ApiObject, before: readonly ApiObject[], nowMs: number): boolean {
    const said = before.reduce((sum, e) => sum + (e['count'] ?? 1), 0)
    if (said < BURST) return false
    const { cells } = this.#parts
    const key = `${this.#source.component}|${this.#source.host ?? ''}|${about.metadata.uid ?? about.metadata.name}`
    const kept = cells.get<{ tokens: number; atMs: number }>(SPAM, key)
    const bucket = kept ?? { tokens: BURST - said, atMs: Math.min(...before.map((e) => parseTime(e['firstTimestamp']) ?? nowMs)) }
    const tokens = Math.min(BURST, bucket.tokens + (nowMs - bucket.atMs) / REFILL_MS)
    const allowed = tokens >= 1
    cells.put(SPAM, key, { tokens: allowed ? tokens - 1 : Math.max(0, tokens), atMs: nowMs })
    return !allowed
  }

  /** Combined events are one with the latest's message. */
  #count(event: ApiObject, message: string, nowMs: number): void {
    const next: ApiObject = { ...event, message, count: (event['count'] ?? 1) + 1, lastTimestamp: formatTime(nowMs) }
    this.#parts.write.update('events', next as never)
  }

  /** The time an event's name carries: within one millisecond later events get later nanoseconds, for lists sort by name. */
  #nanos(nowMs: number, subject: string): bigint {
    const { cells, random } = this.#parts
    const ms = Math.floor(nowMs)
    const last = cells.get<{ ms: number; count: number }>(CLOCK, '')
    const count = last?.ms === ms ? last.count + 1 : 0
    cells.put(CLOCK, '', { ms, count })
    return BigInt(ms) * 1_000_000n + BigInt(count * 100 + random.below(100, 'event', subject))
  }

  #create(wanted: Wanted, nowMs: number): void {
    const { about, fieldPath, action } = wanted
    const { component, host, modern } = this.#source
    const { name, namespace, uid, resourceVersion } = about.metadata
    const time = formatTime(nowMs)
    const nanos = this.#nanos(nowMs, `${uid ?? name}/${component}/${wanted.reason}/${wanted.message}`)
    const involvedObject: Record<string, unknown> = { kind: about.kind }
    if (namespace !== undefined) involvedObject['namespace'] = namespace
    involvedObject['name'] = name
    if (uid !== undefined) involvedObject['uid'] = uid
    if (about.apiVersion !== undefined) involvedObject['apiVersion'] = about.apiVersion
    if (resourceVersion !== undefined) involvedObject['resourceVersion'] = resourceVersion
    if (fieldPath !== undefined) involvedObject['fieldPath'] = fieldPath
    const event: ApiObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${nanos.toString(16)}`, namespace: namespace ?? 'default' },
      involvedObject,
      reason: wanted.reason,
      message: wanted.message,
      source: modern ? {} : host === undefined ? { component } : { component, host },
      firstTimestamp: modern ? null : time,
      lastTimestamp: modern ? null : time,
    }
    if (!modern) event['count'] = 1
    event['eventTime'] = modern ? formatMicroTime(nowMs) : null
    event['type'] = wanted.type
    if (action !== undefined) event['action'] = action
    event['reportingComponent'] = component
    event['reportingInstance'] = host ?? ''
    this.#parts.write.give('events', event as never)
  }
}
