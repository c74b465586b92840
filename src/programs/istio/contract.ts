/** What istiod tells a sidecar (its xDS, as one piece of data), and what sidecars say to each other over mutual TLS. */

export interface Workload {
  readonly ip: string
  readonly port: number
  readonly labels: Readonly<Record<string, string>>
  /** Whether a sidecar stands before it: it is spoken to over mutual TLS. */
  readonly sidecar: boolean
}

export interface MeshService {
  /** `reviews.shop.svc.cluster.local`. */
  readonly host: string
  readonly namespace: string
  /** None where it is headless. */
  readonly ip?: string
  readonly ports: readonly { readonly port: number; readonly http: boolean; readonly workloads: readonly Workload[] }[]
}

export interface StringMatch {
  readonly exact?: string
  readonly prefix?: string
}
export interface Destination {
  readonly host: string
  readonly subset?: string
  readonly port?: { readonly number: number }
}
export interface HttpRoute {
  readonly match?: readonly {
    readonly uri?: StringMatch
    readonly method?: StringMatch
    readonly headers?: Readonly<Record<string, StringMatch>>
  }[]
  readonly route?: readonly { readonly destination: Destination; readonly weight?: number }[]
  readonly rewrite?: { readonly uri?: string }
  readonly timeout?: string
  readonly retries?: { readonly attempts: number; readonly perTryTimeout?: string }
  readonly fault?: {
    readonly delay?: { readonly percentage?: { readonly value: number }; readonly fixedDelay?: string }
    readonly abort?: { readonly percentage?: { readonly value: number }; readonly httpStatus?: number }
  }
}
export interface VirtualService {
  readonly name: string
  readonly namespace: string
  /** Full names. */
  readonly hosts: readonly string[]
  readonly http: readonly HttpRoute[]
}
export interface DestinationRule {
  /** Full name. */
  readonly host: string
  readonly tls?: 'DISABLE' | 'ISTIO_MUTUAL' | 'SIMPLE' | 'MUTUAL'
  readonly subsets: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[]
}

/** Everything a sidecar is told. */
export interface MeshConfig {
  readonly version: string
  readonly namespace: string
  /** `cluster.local/ns/shop/sa/default`. */
  readonly identity: string
  readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE'
  readonly portModes: Readonly<Record<string, 'STRICT' | 'PERMISSIVE' | 'DISABLE'>>
  readonly accessLog: boolean
  readonly services: readonly MeshService[]
  readonly virtualServices: readonly VirtualService[]
  readonly destinationRules: readonly DestinationRule[]
}

/** Payload of an `xds` dial: who asks, and what it has. */
export interface XdsRequest {
  readonly namespace: string
  readonly pod: string
  readonly version: string
}
export type XdsReply = { readonly kind: 'config'; readonly config: MeshConfig } | { readonly kind: 'same' }

/** What the kernel's rules hand to a sidecar: where its pod's process dialled to, or the port somebody dialled. */
export interface Outbound {
  readonly host: string
  readonly ip: string
  readonly port: number
  readonly protocol: string
  readonly payload?: unknown
  readonly timeoutMs: number
}
export interface Inbound {
  readonly port: number
  readonly protocol: string
  readonly payload?: unknown
}

/** Payload of an `istio-mtls` dial, which only sidecars make: their certificate's name, and the message within. */
export interface Mutual {
  readonly identity: string
  readonly protocol: string
  readonly payload?: unknown
}

export const OUTBOUND_PORT = 15001
export const INBOUND_PORT = 15006
export const HEALTH_PORT = 15021
export const AGENT_PORT = 15020
export const METRICS_PORT = 15090
export const PROXY_UID = 1337
export const ISTIOD = 'istiod.istio-system.svc'
export const XDS_PORT = 15012
