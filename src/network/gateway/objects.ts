/** The Gateway API's objects as this cluster reads them (gateway.networking.k8s.io/v1; https://gateway-api.sigs.k8s.io/reference/spec/). */
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader, Reader } from '../../api/reader.ts'

export const GROUP = 'gateway.networking.k8s.io'
export const CLASSES = `gatewayclasses.${GROUP}`
export const GATEWAYS = `gateways.${GROUP}`
export const ROUTES = `httproutes.${GROUP}`
export const GRANTS = `referencegrants.${GROUP}`
/** What GatewayClasses of this implementation name. */
export const CONTROLLER = 'gateway.nginx.org/nginx-gateway-controller'
/** On everything made for a Gateway. */
export const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name'

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

export interface GatewayClass extends ApiObject {
  readonly spec?: { readonly controllerName: string }
  readonly status?: { readonly conditions?: readonly Condition[] }
}

export interface Listener {
  readonly name: string
  readonly port: number
  readonly protocol: string
  readonly hostname?: string
  readonly tls?: { readonly mode?: string; readonly certificateRefs?: readonly Reference[] }
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } }
    readonly kinds?: readonly { readonly group?: string; readonly kind: string }[]
  }
}

export interface Gateway extends ApiObject {
  readonly spec?: { readonly gatewayClassName: string; readonly listeners: readonly Listener[] }
}

export interface Reference {
  readonly group?: string
  readonly kind?: string
  readonly namespace?: string
  readonly name: string
}
export interface ParentRef extends Reference {
  readonly sectionName?: string
  readonly port?: number
}
export interface BackendRef extends Reference {
  readonly port?: number
  readonly weight?: number
}

/** `Exact` or `RegularExpression`; a value is compared or matched. */
export interface ValueMatch {
  readonly type?: string
  readonly name: string
  readonly value: string
}
export interface RouteMatch {
  readonly path?: { readonly type?: string; readonly value?: string }
  readonly headers?: readonly ValueMatch[]
  readonly queryParams?: readonly ValueMatch[]
  readonly method?: string
}
export interface HeaderChange {
  readonly set?: readonly { readonly name: string; readonly value: string }[]
  readonly add?: readonly { readonly name: string; readonly value: string }[]
  readonly remove?: readonly string[]
}
export interface PathChange {
  readonly type: string
  readonly replaceFullPath?: string
  readonly replacePrefixMatch?: string
}
export interface RouteFilter {
  readonly type: string
  readonly requestHeaderModifier?: HeaderChange
  readonly responseHeaderModifier?: HeaderChange
  readonly requestRedirect?: {
    readonly scheme?: string
    readonly hostname?: string
    readonly port?: number
    readonly statusCode?: number
    readonly path?: PathChange
  }
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathChange }
}
export interface RouteRule {
  readonly matches?: readonly RouteMatch[]
  readonly filters?: readonly RouteFilter[]
  readonly backendRefs?: readonly BackendRef[]
}
export interface HttpRoute extends ApiObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentRef[]
    readonly hostnames?: readonly string[]
    readonly rules?: readonly RouteRule[]
  }
}

interface Grant extends ApiObject {
  readonly spec?: {
    readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[]
    readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[]
  }
}

export const gatewaysOf = (read: Reader): readonly Gateway[] => read.list(GATEWAYS) as readonly Gateway[]
export const routesOf = (read: Reader): readonly HttpRoute[] => read.list(ROUTES) as readonly HttpRoute[]

/** Whether a Gateway is this implementation's, by its class. */
export function isOurs(read: IndexedReader, gateway: Gateway): boolean {
  const found = read.get(CLASSES, undefined, gateway.spec?.gatewayClassName ?? '') as GatewayClass | undefined
  return found?.spec?.controllerName === CONTROLLER
}

/** Whether a reference from one namespace into another is allowed by a ReferenceGrant there. */
export function isGranted(
  read: Reader,
  from: { readonly kind: string; readonly namespace: string },
  to: { readonly kind: string; readonly namespace: string; readonly name: string },
): boolean {
  if (from.namespace === to.namespace) return true
  return (read.list(GRANTS, to.namespace) as readonly Grant[]).some(
    ({ spec }) =>
      spec?.from.some((f) => f.group === GROUP && f.kind === from.kind && f.namespace === from.namespace) &&
      spec.to.some((t) => t.group === '' && t.kind === to.kind && (t.name === undefined || t.name === to.name)),
  )
}
