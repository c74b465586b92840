/** A resource that is answered, never stored. */
import type { ApiAnswer, ApiRequest } from '../contract.ts'
import type { ApiServer } from '../server.ts'

export interface VirtualResource {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  /** Verb create only; the body is the object, the answer the same with its status. */
  readonly create: (server: ApiServer, request: ApiRequest) => ApiAnswer
}

export const answerCreated = (body: unknown): ApiAnswer => ({ code: 201, body, warnings: [] })
