/**
 * Who owns which field: keeps `metadata.managedFields` as server-side apply needs it. Writes of the cluster's own parts are not
 * tracked, which keeps them cheap; an apply therefore conflicts only with what people and their tools have set.
 */
import { errors } from '../api/errors.ts'
import type { ApiObject } from '../api/meta.ts'
import type { Exchange } from './exchange.ts'

/** Sets `managedFields` of a new object (mutable). */
export function trackCreate(x: Exchange, object: ApiObject): void {
  if (x.applied !== undefined) object.metadata.managedFields = [...x.applied]
  else delete object.metadata.managedFields
}

/** Sets `managedFields` of a changed object (mutable). */
export function trackUpdate(x: Exchange, previous: ApiObject, next: ApiObject, _how: 'main' | 'status'): void {
  if (x.applied !== undefined) next.metadata.managedFields = [...x.applied]
  else if (previous.metadata.managedFields === undefined) delete next.metadata.managedFields
  else next.metadata.managedFields = previous.metadata.managedFields
}

/** The live object with a configuration applied; ownership is left on the exchange. */
export function applyConfiguration(_x: Exchange, _live: ApiObject | undefined, _configuration: ApiObject): ApiObject {
  throw errors.internalError('server-side apply is not connected yet')
}
