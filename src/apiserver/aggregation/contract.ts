/** How the API server reaches an extension API server: through the network, at the address of the Service that an APIService names. */
import type { ApiQuery, Verb } from '../contract.ts'

/** A Service and its port, as an APIService names them. */
export interface ServiceReference {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/** The protocol of requests passed on; the first check of availability is plain HTTPS. */
export const EXTENSION_API = 'extension-api'

/** A request as it is passed on, its sender authenticated and authorized. */
export interface ExtensionRequest {
  readonly verb: Verb
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly user: string
  readonly query: ApiQuery
}

export interface ExtensionReply {
  readonly code: number
  readonly body: unknown
}

/** What comes of dialling the Service's address; `message` is the network's own. */
export type ServiceDial = { readonly ok: true; readonly reply: unknown } | { readonly ok: false; readonly message: string }

/** Dials from the API server's own machine. */
export type ServiceDialer = (address: string, port: number, protocol: string, payload: unknown) => ServiceDial
