/**
 * What was asked of the API, request by request, as compact data that rewinds with the store. Grading reads it.
 */
import type { CellMap } from '../store/cells.ts'
import type { ApiRequest } from './contract.ts'

export interface AuditRecord {
  readonly seq: number
  readonly timeMs: number
  readonly user: string
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly code: number
  readonly dryRun?: true
  /** Asked by a part of the cluster itself. */
  readonly internal?: true
}

const FAMILY = 'audit'
/** How many requests are remembered, of callers and of the cluster's own parts. */
const CALLERS = 50_000
const OWN_PARTS = 2_000
/** Names of the places for these. */
const OWN_SLOTS = Array.from({ length: OWN_PARTS }, (_, i) => `i${i}`)

export class AuditLog {
  readonly #cells: CellMap

  constructor(cells: CellMap) {
    this.#cells = cells
  }

  record(request: ApiRequest, timeMs: number, code: number, name: string | undefined): void {
    const internal = request.internal === true
    const seq = this.#cells.next('audit')
    const slot = internal ? OWN_SLOTS[this.#cells.next('audit-internal') % OWN_PARTS]! : `c${this.#cells.next('audit-callers') % CALLERS}`
    const { verb, group, resource, subresource, namespace } = request
    const record: { -readonly [K in keyof AuditRecord]: AuditRecord[K] } = {
      seq,
      timeMs,
      user: request.user.name,
      verb,
      group,
      resource,
      code,
    }
    if (subresource !== undefined) record.subresource = subresource
    if (namespace !== undefined) record.namespace = namespace
    if (name !== undefined) record.name = name
    if (request.query?.dryRun) record.dryRun = true
    if (internal) record.internal = true
    this.#cells.put(FAMILY, slot, record)
  }

  /** All that is remembered, oldest first; `since` leaves out records up to that seq. */
  records(since = 0): readonly AuditRecord[] {
    const found: AuditRecord[] = []
    for (const key of this.#cells.keys(FAMILY)) {
      const record = this.#cells.get<AuditRecord>(FAMILY, key)!
      if (record.seq > since) found.push(record)
    }
    return found.sort((a, b) => a.seq - b.seq)
  }

  /** Called with each new record. */
  onRecord(listener: (record: AuditRecord) => void): void {
    this.#cells.onChange(FAMILY, (_key, before, after) => {
      const fresh = after as AuditRecord | undefined
      if (fresh !== undefined && fresh.seq > ((before as AuditRecord | undefined)?.seq ?? 0)) listener(fresh)
    })
  }
}
