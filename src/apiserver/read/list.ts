/**
 * get and list: one object or many, as objects or as a Table, in pages where a limit is given.
 */
import { ApiError, errors } from '../../api/errors.ts'
import { type ApiObject, apiVersionOf } from '../../api/meta.ts'
import type { ApiAnswer, ApiList } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { existing } from '../write/update.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import { selectionOf, selectObjects } from './selection.ts'
import { makeTable } from './table.ts'

export const tableOptions = (x: Exchange): { nowMs: number; includeObject: unknown } => ({
  nowMs: x.nowMs,
  includeObject: x.request.query?.options?.['includeObject'],
})

/** One object as the request asked to see it. */
export function show(x: Exchange, code: number, stored: ApiObject): ApiAnswer {
  const object = x.fromStored(stored)
  if (x.request.as !== 'table') return x.answer(code, object)
  const { resourceVersion } = object.metadata
  return x.answer(code, makeTable(x.kind, [object], resourceVersion === undefined ? {} : { resourceVersion }, tableOptions(x)))
}

export const getObject = (x: Exchange): ApiAnswer => show(x, 200, existing(x))

/** Refuses a revision that has not happened yet, as the watch cache does after its wait. */
function checkRevision(x: Exchange): void {
  const asked = x.request.query?.resourceVersion
  if (asked === undefined || asked === '' || asked === '0') return
  const current = x.server.store.revision
  if (!/^\d+$/.test(asked))
    throw errors.badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(asked)}: strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`,
    )
  if (Number(asked) <= current) return
  throw new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    reason: 'Timeout',
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    code: 504,
  })
}

const pageKey = (object: ApiObject, wholeCluster: boolean): string =>
  wholeCluster && object.metadata.namespace !== undefined
    ? `/${object.metadata.namespace}/${object.metadata.name}`
    : `/${object.metadata.name}`

/** The slice of `found` that the request's limit and continue token ask for. */
function page(x: Exchange, found: readonly ApiObject[], metadata: ApiList['metadata']): readonly ApiObject[] {
  const { limit, continue: token } = x.request.query ?? {}
  const wholeCluster = x.namespace === undefined
  let start = 0
  let revision = x.server.store.revision
  if (token !== undefined && token !== '') {
    const { after, revision: at } = decodeContinue(token)
    revision = at
    const order = (key: string): string => key.replaceAll('/', '\u0000')
    while (start < found.length && order(pageKey(found[start]!, wholeCluster)) <= order(after)) start++
    metadata.resourceVersion = String(at)
  }
  if (limit === undefined || limit <= 0 || found.length - start <= limit) return start === 0 ? found : found.slice(start)
  const items = found.slice(start, start + limit)
  metadata.continue = encodeContinue({ revision, after: pageKey(items.at(-1)!, wholeCluster) })
  const { labelSelector, fieldSelector } = x.request.query ?? {}
  if (!labelSelector && !fieldSelector) metadata.remainingItemCount = found.length - start - items.length
  return items
}

export function listObjects(x: Exchange): ApiAnswer {
  checkRevision(x)
  const metadata: ApiList['metadata'] = { resourceVersion: String(x.server.store.revision) }
  const stored = page(x, selectObjects(x, selectionOf(x)), metadata)
  const items = x.kind.storedAs === undefined ? stored : stored.map((o) => x.fromStored(o))
  if (x.request.as === 'table') return x.answer(200, makeTable(x.kind, items, metadata, tableOptions(x)))
  return x.answer(200, { kind: `${x.kind.kind}List`, apiVersion: apiVersionOf(x.kind.group, x.kind.version), metadata, items })
}
