/** Resources that are answered, never stored: reviews of access and identity. One line each. */
import type { ApiAnswer, ApiRequest } from '../contract.ts'
import type { ApiServer } from '../server.ts'

export interface VirtualResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespaced: boolean
  /** Everybody may ask. */
  readonly open?: boolean
  readonly create: (server: ApiServer, request: ApiRequest) => ApiAnswer
}

export const virtualResources: readonly VirtualResource[] = []

export const findVirtual = (request: ApiRequest): VirtualResource | undefined =>
  virtualResources.find((v) => v.group === request.group && v.version === request.version && v.resource === request.resource)
