/** Resources that are answered, never stored: reviews of access and identity, bindings. One line each. */
import type { ApiRequest } from '../contract.ts'
import { accessReviews } from './access-reviews.ts'
import { bindings } from './bindings.ts'
import type { VirtualResource } from './contract.ts'
import { identityReviews } from './identity-reviews.ts'

export const virtualResources: readonly VirtualResource[] = [bindings, ...identityReviews, ...accessReviews]

export const findVirtual = (request: ApiRequest): VirtualResource | undefined =>
  virtualResources.find((v) => v.resource === request.resource && v.group === request.group && v.version === request.version)
