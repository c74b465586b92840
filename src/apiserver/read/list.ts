/**
 * get and list: one object or many, as objects or as a Table, in pages where a limit is given.
 */
import { ApiError, errors } from '../../api/errors.ts'
import { type ApiObject, apiVersionOf } from '../../api/meta.ts'
import type { ApiAnswer, ApiList, ApiQuery } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { existing } from '../write/update.ts'
import { decodeContinue, encodeContinue } from './continue-token.ts'
import { checkListOptions, continueExpired, listTooOld, objectsAt } from './history.ts'
import { type Selection, selectionOf, selectObjects } from './selection.ts'
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

/** Refuses a revision that is none, or has not happened yet, as the watch cache does after its wait. */
export function checkRevision(x: Exchange): void {
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

/** The revision whose objects the request asks for; undefined for those there are now. */
function askedRevision({ resourceVersion = '', resourceVersionMatch, limit = 0 }: ApiQuery): number | undefined {
  if (resourceVersion === '' || resourceVersion === '0') return undefined
  // A limit alone has always asked for exactly that revision.
  const exact = resourceVersionMatch === 'Exact' || (resourceVersionMatch === undefined && limit > 0)
  return exact ? Number(resourceVersion) : undefined
}

/** Goes on with what there is now, whatever was shown before. */
const INCONSISTENT = -1

interface Found {
  readonly objects: readonly ApiObject[]
  readonly revision: number
  /** The key after which a page begins. */
  readonly after?: string
}

/** All that the request selects, at the revision that it or its token names. Throws Expired. */
function find(x: Exchange, selection: Selection): Found {
  const { continue: token, ...query } = x.request.query ?? {}
  const now = x.server.store.revision
  if (token === undefined || token === '') {
    const revision = askedRevision(query)
    if (revision === undefined) return { objects: selectObjects(x, selection), revision: now }
    const objects = objectsAt(x, selection, revision)
    if (objects === undefined) throw listTooOld()
    return { objects, revision }
  }
  const { after, revision } = decodeContinue(token)
  if (query.resourceVersion && query.resourceVersion !== '0')
    throw errors.badRequest('specifying resource version is not allowed when using continue')
  if (revision === INCONSISTENT) return { objects: selectObjects(x, selection), revision: now, after }
  const objects = objectsAt(x, selection, revision)
  if (objects === undefined) throw continueExpired(encodeContinue({ revision: INCONSISTENT, after }))
  return { objects, revision, after }
}

/** The slice that the request's limit and continue token ask for. */
function page(x: Exchange, { objects: found, revision, after }: Found, metadata: ApiList['metadata']): readonly ApiObject[] {
  const { limit } = x.request.query ?? {}
  const wholeCluster = x.namespace === undefined
  let start = 0
  metadata.resourceVersion = String(revision)
  if (after !== undefined) {
    const order = (key: string): string => key.replaceAll('/', '\u0000')
    while (start < found.length && order(pageKey(found[start]!, wholeCluster)) <= order(after)) start++
  }
  if (limit === undefined || limit <= 0 || found.length - start <= limit) return start === 0 ? found : found.slice(start)
  const items = found.slice(start, start + limit)
  metadata.continue = encodeContinue({ revision, after: pageKey(items.at(-1)!, wholeCluster) })
  const { labelSelector, fieldSelector } = x.request.query ?? {}
  if (!labelSelector && !fieldSelector) metadata.remainingItemCount = found.length - start - items.length
  return items
}

export function listObjects(x: Exchange): ApiAnswer {
  checkListOptions(x.request.query ?? {}, false)
  checkRevision(x)
  const metadata: ApiList['metadata'] = {}
  const stored = page(x, find(x, selectionOf(x)), metadata)
  const items = x.kind.storedAs === undefined ? stored : stored.map((o) => x.fromStored(o))
  if (x.request.as === 'table') return x.answer(200, makeTable(x.kind, items, metadata, tableOptions(x)))
  return x.answer(200, { kind: `${x.kind.kind}List`, apiVersion: apiVersionOf(x.kind.group, x.kind.version), metadata, items })
}
