/** Resources that are answered, never stored: reviews of access and identity, bindings. One line each. */
import type { ApiRequest } from '../contract.ts'
import { accessReviews } from './access-reviews.ts'
import { bindings } from './bindings.ts'
import type { VirtualResource } from './contract.ts'
import { identityReviews } from './identity-reviews.ts'

export const virtualResources: readonly VirtualResource[] = [bindings, ...identityReviews, ...accessReviews]

const names = new Set(virtualResources.map((v) => v.resource))

export const findVirtual = ({ group, version, resource }: ApiRequest): VirtualResource | undefined =>
  names.has(resource) ? virtualResources.find((v) => v.resource === resource && v.group === group && v.version === version) : undefined
