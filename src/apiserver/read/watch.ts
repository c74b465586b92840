/**
 * Watching: a stream that reads the store's log when it is asked. Objects that a selector begins or ceases to select appear as ADDED and
 * DELETED; after a rewind, or once the log has forgotten, the stream ends in an Expired error and clients list again.
 */
import { errors, type Status } from '../../api/errors.ts'
import { type ApiObject, apiVersionOf } from '../../api/meta.ts'
import type { Change } from '../../store/store.ts'
import type { ApiAnswer, ApiStream, WatchFrame } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { checkListOptions } from './history.ts'
import { checkRevision, tableOptions } from './list.ts'
import { type Selection, selectionOf, selectObjects } from './selection.ts'
import { makeTable } from './table.ts'

const BOOKMARK_EVERY_MS = 60_000
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end'

const expired = (message: string): Status => {
  const { status } = errors.gone(message)
  const { details: _none, ...rest } = status
  return rest
}

class WatchStream implements ApiStream {
  readonly #x: Exchange
  readonly #selection: Selection
  readonly #epoch: number
  readonly #endMs: number
  readonly #pending: WatchFrame[] = []
  #position: number
  #bookmarkMs: number
  #headersSent = false
  #done = false

  constructor(x: Exchange, selection: Selection, position: number) {
    this.#x = x
    this.#selection = selection
    this.#position = position
    this.#epoch = x.server.store.epoch
    const { timeoutSeconds } = x.request.query ?? {}
    this.#endMs = timeoutSeconds ? x.nowMs + timeoutSeconds * 1000 : Number.POSITIVE_INFINITY
    this.#bookmarkMs = x.nowMs
  }

  get done(): boolean {
    return this.#done && this.#pending.length === 0
  }

  close(): void {
    this.#done = true
    this.#pending.length = 0
  }

  fail(status: Status): void {
    this.#pending.push({ type: 'ERROR', object: status })
    this.#done = true
  }

  /** What is there when the watch begins, as ADDED. */
  begin(objects: readonly ApiObject[], endMark: boolean): void {
    for (const object of objects) this.#push('ADDED', object)
    if (endMark) this.#bookmark({ [INITIAL_EVENTS_END]: 'true' })
  }

  take(): readonly WatchFrame[] {
    if (!this.#done) this.#read()
    return this.#pending.splice(0)
  }

  #read(): void {
    const { store, clock } = this.#x.server
    const changes = store.epoch === this.#epoch ? store.changesSince(this.#position) : undefined
    if (changes === undefined) {
      this.fail(expired(`too old resource version: the history of ${this.#x.kind.resource} was rewound or compacted (${store.revision})`))
      return
    }
    this.#position += changes.length
    for (const change of changes) if (change.resource === this.#x.resource) this.#see(change)
    if (this.#x.request.query?.allowWatchBookmarks && clock.nowMs - this.#bookmarkMs >= BOOKMARK_EVERY_MS) this.#bookmark()
    if (clock.nowMs >= this.#endMs) this.#done = true
  }

  #see({ before, after, revision }: Change): void {
    const was = before !== undefined && this.#selection.matches(before)
    const is = after !== undefined && this.#selection.matches(after)
    if (is) this.#push(was ? 'MODIFIED' : 'ADDED', after)
    else if (was) {
      const last = after ?? before
      this.#push('DELETED', { ...last, metadata: { ...last.metadata, resourceVersion: String(revision) } })
    }
  }

  #push(type: WatchFrame['type'], stored: ApiObject): void {
    const object = this.#x.fromStored(stored)
    if (this.#x.request.as !== 'table') {
      this.#pending.push({ type, object })
      return
    }
    const metadata = object.metadata.resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion }
    const table = makeTable(this.#x.kind, [object], metadata, { ...tableOptions(this.#x), noHeaders: this.#headersSent })
    this.#headersSent = true
    this.#pending.push({ type, object: table })
  }

  #bookmark(annotations?: Record<string, string>): void {
    const { kind, server } = this.#x
    this.#bookmarkMs = server.clock.nowMs
    const metadata = { resourceVersion: String(server.store.revision), ...(annotations && { annotations }) } as ApiObject['metadata']
    this.#pending.push({ type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: apiVersionOf(kind.group, kind.version), metadata } })
  }
}

/** `resourceVersion` absent or 0: what is there first, then changes; otherwise the changes after that revision. */
export function watchObjects(x: Exchange): ApiAnswer {
  const { store } = x.server
  checkListOptions(x.request.query ?? {}, true)
  checkRevision(x)
  const selection = selectionOf(x)
  const { resourceVersion = '', sendInitialEvents, allowWatchBookmarks } = x.request.query ?? {}
  const fresh = resourceVersion === '' || resourceVersion === '0' || sendInitialEvents === true
  const position = fresh ? store.logPosition : store.positionAfter(Number(resourceVersion))
  const stream = new WatchStream(x, selection, position ?? 0)
  if (position === undefined) stream.fail(expired(`too old resource version: ${resourceVersion} (${store.revision})`))
  else if (fresh && sendInitialEvents !== false) stream.begin(selectObjects(x, selection), allowWatchBookmarks === true)
  return { code: 200, warnings: x.warnings, stream }
}
