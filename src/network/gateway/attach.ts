/** Which routes hang on which listeners, and what of a route or a listener cannot be done: pure decisions, with the Gateway API's reasons. */
import type { Secret, Service } from '../../api/generated/types/core-v1.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { labelSelectorMatches } from '../../api/selectors.ts'
import {
  type BackendRef,
  type Condition,
  type Gateway,
  GROUP,
  type HttpRoute,
  isGranted,
  type Listener,
  type ParentRef,
  type RouteFilter,
} from './objects.ts'

export const condition = (type: string, status: 'True' | 'False', reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
})

const FILTERS = new Set(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite'])

// ── host names ──

const within = (name: string, wildcard: string): boolean => name.endsWith(wildcard.slice(1)) && name.length > wildcard.length - 1

/** The names that both a listener and a route want; `*` stands for any. Empty: they have none in common. */
export function commonHosts(listener: string | undefined, route: readonly string[] | undefined): string[] {
  const own = listener || '*'
  if (route === undefined || route.length === 0) return [own]
  if (own === '*') return [...route]
  return route.flatMap((name) => {
    if (name === own) return [name]
    if (own.startsWith('*.') && within(name, own)) return [name]
    return name.startsWith('*.') && within(own, name) ? [own] : []
  })
}

// ── listeners ──

export interface ListenerState {
  readonly listener: Listener
  readonly usable: boolean
  readonly conditions: readonly Condition[]
  /** `namespace/name` of the Secret with its certificate. */
  readonly secret?: string
}

function certificate(read: IndexedReader, gateway: Gateway, listener: Listener): { secret: string } | { reason: string; message: string } {
  const ref = listener.tls?.certificateRefs?.[0]
  const bad = (message: string, reason = 'InvalidCertificateRef'): { reason: string; message: string } => ({ reason, message })
  if (ref === undefined) return bad('tls.certificateRefs: Required value: certificateRefs must be defined for TLS mode terminate')
  const own = gateway.metadata.namespace!
  const namespace = ref.namespace ?? own
  if (!isGranted(read, { kind: 'Gateway', namespace: own }, { kind: 'Secret', namespace, name: ref.name }))
    return bad(`Certificate ref to secret ${namespace}/${ref.name} not permitted by any ReferenceGrant`, 'RefNotPermitted')
  const secret = read.get('secrets', namespace, ref.name) as Secret | undefined
  const name = { namespace, name: ref.name }
  if (secret === undefined) return bad(`tls.certificateRefs[0]: Invalid value: ${JSON.stringify(name)}: secret does not exist`)
  if (secret.type !== 'kubernetes.io/tls')
    return bad(
      `tls.certificateRefs[0]: Invalid value: ${JSON.stringify(name)}: secret type must be "kubernetes.io/tls" not "${secret.type}"`,
    )
  return { secret: `${namespace}/${ref.name}` }
}

/** Listeners on one port must differ by protocol never, and by host name always. */
function conflict(listener: Listener, all: readonly Listener[]): string | undefined {
  const others = all.filter((l) => l !== listener && l.port === listener.port)
  if (others.some((l) => l.protocol !== listener.protocol)) return 'ProtocolConflict'
  return others.some((l) => (l.hostname ?? '') === (listener.hostname ?? '')) ? 'HostnameConflict' : undefined
}

export function listenerStates(read: IndexedReader, gateway: Gateway): readonly ListenerState[] {
  const all = gateway.spec?.listeners ?? []
  return all.map((listener) => {
    const supported = listener.protocol === 'HTTP' || listener.protocol === 'HTTPS'
    const clash = conflict(listener, all)
    const tls = supported && listener.protocol === 'HTTPS' ? certificate(read, gateway, listener) : undefined
    const broken = tls !== undefined && 'reason' in tls ? tls : undefined
    const usable = supported && clash === undefined && broken === undefined
    const unsupported = `protocol: Unsupported value: "${listener.protocol}": supported values: "HTTP", "HTTPS"`
    const clashes = `Multiple listeners for the same port ${listener.port} specify ${clash === 'ProtocolConflict' ? 'incompatible protocols; ensure only one protocol per port' : 'the same hostname; ensure only one listener per hostname'}`
    return {
      listener,
      usable,
      ...(tls !== undefined && 'secret' in tls && { secret: tls.secret }),
      conditions: [
        supported && clash === undefined
          ? condition('Accepted', 'True', 'Accepted', 'The Listener is accepted')
          : condition('Accepted', 'False', clash ?? 'UnsupportedProtocol', clash ? clashes : unsupported),
        usable
          ? condition('Programmed', 'True', 'Programmed', 'The Listener is programmed')
          : condition('Programmed', 'False', 'Invalid', broken?.message ?? (clash ? clashes : unsupported)),
        broken
          ? condition('ResolvedRefs', 'False', broken.reason, broken.message)
          : condition('ResolvedRefs', 'True', 'ResolvedRefs', 'All references are resolved'),
        clash ? condition('Conflicted', 'True', clash, clashes) : condition('Conflicted', 'False', 'NoConflicts', 'No conflicts'),
      ],
    }
  })
}

/** Whether a listener takes routes of a namespace. */
function allows(read: IndexedReader, gateway: Gateway, { allowedRoutes }: Listener, namespace: string): boolean {
  if (allowedRoutes?.kinds && !allowedRoutes.kinds.some((k) => (k.group ?? GROUP) === GROUP && k.kind === 'HTTPRoute')) return false
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {}
  if (from === 'All') return true
  if (from === 'Same') return namespace === gateway.metadata.namespace
  return labelSelectorMatches(selector, read.get('namespaces', undefined, namespace)?.metadata.labels)
}

// ── routes ──

export interface Attachment {
  readonly accepted: Condition
  readonly listeners: readonly { readonly state: ListenerState; readonly hosts: readonly string[] }[]
}

export const refersTo = (ref: ParentRef, route: HttpRoute, gateway: Gateway): boolean =>
  (ref.group ?? GROUP) === GROUP &&
  (ref.kind ?? 'Gateway') === 'Gateway' &&
  ref.name === gateway.metadata.name &&
  (ref.namespace ?? route.metadata.namespace) === gateway.metadata.namespace

/** What comes of one parent reference of a route. */
export function attach(
  read: IndexedReader,
  gateway: Gateway,
  states: readonly ListenerState[],
  route: HttpRoute,
  ref: ParentRef,
): Attachment {
  const no = (reason: string, message: string): Attachment => ({ accepted: condition('Accepted', 'False', reason, message), listeners: [] })
  const meant = states.filter(
    ({ listener }) =>
      (ref.sectionName === undefined || listener.name === ref.sectionName) && (ref.port === undefined || listener.port === ref.port),
  )
  if (meant.length === 0) return no('NoMatchingParent', 'The Listener is not found for this parent ref')
  const wrong = wrongValue(route)
  if (wrong !== undefined) return no('UnsupportedValue', wrong)
  const usable = meant.filter((s) => s.usable)
  if (usable.length === 0) return no('InvalidListener', 'The Listener is invalid for this parent ref')
  const open = usable.filter((s) => allows(read, gateway, s.listener, route.metadata.namespace!))
  if (open.length === 0) return no('NotAllowedByListeners', 'The Route is not allowed by any listener')
  const listeners = open
    .map((state) => ({ state, hosts: commonHosts(state.listener.hostname, route.spec?.hostnames) }))
    .filter((l) => l.hosts.length > 0)
  if (listeners.length === 0) return no('NoMatchingListenerHostname', 'The Listener hostname does not match the Route hostnames')
  return { accepted: condition('Accepted', 'True', 'Accepted', 'The Route is accepted'), listeners }
}

/** What this implementation does not do is said, not passed over. */
function wrongValue(route: HttpRoute): string | undefined {
  const rules = route.spec?.rules ?? []
  for (const [i, rule] of rules.entries()) {
    const filter = (rule.filters ?? []).findIndex((f: RouteFilter) => !FILTERS.has(f.type))
    if (filter >= 0)
      return `All rules are invalid: spec.rules[${i}].filters[${filter}].type: Unsupported value: "${rule.filters![filter]!.type}": supported values: ${[...FILTERS].map((f) => `"${f}"`).join(', ')}`
  }
  return undefined
}

/** Why a backend cannot be used; undefined when it can. */
export function backendProblem(
  read: IndexedReader,
  route: HttpRoute,
  ref: BackendRef,
  path: string,
): { readonly reason: string; readonly message: string } | undefined {
  if ((ref.group ?? '') !== '')
    return { reason: 'InvalidKind', message: `${path}.group: Unsupported value: "${ref.group}": supported values: "core", ""` }
  if ((ref.kind ?? 'Service') !== 'Service')
    return { reason: 'InvalidKind', message: `${path}.kind: Unsupported value: "${ref.kind}": supported values: "Service"` }
  const own = route.metadata.namespace!
  const namespace = ref.namespace ?? own
  if (!isGranted(read, { kind: 'HTTPRoute', namespace: own }, { kind: 'Service', namespace, name: ref.name }))
    return {
      reason: 'RefNotPermitted',
      message: `${path}.namespace: Forbidden: Backend ref to Service ${namespace}/${ref.name} not permitted by any ReferenceGrant`,
    }
  if (ref.port === undefined) return { reason: 'UnsupportedValue', message: `${path}.port: Required value: port cannot be nil` }
  const service = read.get('services', namespace, ref.name) as Service | undefined
  if (service === undefined) return { reason: 'BackendNotFound', message: `${path}.name: Not found: "${ref.name}"` }
  return service.spec?.ports?.some((p) => p.port === ref.port)
    ? undefined
    : { reason: 'BackendNotFound', message: `${path}.port: Not found: ${ref.port}` }
}

/** The first of a route's backends that cannot be used speaks for all. */
export function resolvedRefs(read: IndexedReader, route: HttpRoute): Condition {
  for (const [i, rule] of (route.spec?.rules ?? []).entries())
    for (const [j, ref] of (rule.backendRefs ?? []).entries()) {
      const problem = backendProblem(read, route, ref, `spec.rules[${i}].backendRefs[${j}]`)
      if (problem) return condition('ResolvedRefs', 'False', problem.reason, problem.message)
    }
  return condition('ResolvedRefs', 'True', 'ResolvedRefs', 'All references are resolved')
}
