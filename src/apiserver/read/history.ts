/** Lists as they were: the objects at an earlier revision, as far back as the store's log remembers (etcd until it is compacted). */
import { ApiError, errors, forbidden, notSupported } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { ApiQuery } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { type Selection, selectObjects } from './selection.ts'

const keyOf = ({ metadata }: ApiObject): string => `${metadata.namespace ?? ''}\u0000${metadata.name}`

/** The selected objects at that revision, in the order of lists; undefined when it is forgotten. */
export function objectsAt(x: Exchange, selection: Selection, revision: number): readonly ApiObject[] | undefined {
  const { store, reader } = x.server
  const position = store.positionAfter(revision)
  const since = position === undefined ? undefined : store.changesSince(position)?.filter((c) => c.resource === x.resource)
  if (since === undefined) return undefined
  if (since.length === 0) return selectObjects(x, selection)
  const were = new Map<string, ApiObject | undefined>()
  for (const { before, after } of since) {
    const key = keyOf((after ?? before)!)
    if (!were.has(key)) were.set(key, before)
  }
  const untouched = reader.list(x.resource, selection.namespace).filter((o) => !were.has(keyOf(o)))
  return [...untouched, ...[...were.values()].filter((o) => o !== undefined)]
    .filter(selection.matches)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** A page's token is of a revision that is forgotten: `again` goes on with what there is now. */
export function continueExpired(again: string): ApiError {
  const { status } = errors.gone(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  return new ApiError({ ...status, metadata: { continue: again } })
}

export const listTooOld = (): ApiError => errors.gone('The resourceVersion for the provided list is too old.')

const MATCH = 'resourceVersionMatch'

/** What may be asked together (apimachinery's ValidateListOptions). Throws Invalid. */
export function checkListOptions(query: ApiQuery, watching: boolean): void {
  const { resourceVersionMatch: match = '', resourceVersion = '', sendInitialEvents, continue: token = '' } = query
  const found = []
  const refuse = (why: string): void => void found.push(forbidden(MATCH, why))
  if (watching && sendInitialEvents !== undefined) {
    if (match !== 'NotOlderThan') refuse('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  } else if (sendInitialEvents !== undefined) found.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  else if (match !== '') {
    if (watching) refuse('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
    else if (resourceVersion === '') refuse('resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (token !== '') refuse('resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan') found.push(notSupported(MATCH, match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && resourceVersion === '0') refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
  }
  if (found.length > 0) throw errors.invalid('meta.k8s.io', 'ListOptions', '', found)
}
