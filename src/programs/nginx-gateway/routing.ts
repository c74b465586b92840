/** Which rule of which HTTPRoute a request meets: the host first, then path, method, headers and query by the Gateway API's order of precedence. */
import { RE2JS } from 're2js'
import type { IndexedReader } from '../../api/reader.ts'
import type { HttpRequest } from '../../network/contract.ts'
import { attach, type ListenerState, listenerStates, refersTo } from '../../network/gateway/attach.ts'
import { type Gateway, type HttpRoute, type RouteMatch, type RouteRule, routesOf, type ValueMatch } from '../../network/gateway/objects.ts'

export interface Bound {
  readonly state: ListenerState
  readonly host: string
  readonly route: HttpRoute
}

export interface Chosen {
  readonly route: HttpRoute
  readonly rule: RouteRule
  readonly index: number
  readonly match: RouteMatch
}

/** Every host name that is served on a port, with the route behind it. */
export function boundOn(read: IndexedReader, gateway: Gateway, port: number): readonly Bound[] {
  const states = listenerStates(read, gateway)
  return routesOf(read).flatMap((route) =>
    (route.spec?.parentRefs ?? [])
      .filter((ref) => refersTo(ref, route, gateway))
      .flatMap((ref) => attach(read, gateway, states, route, ref).listeners)
      .filter(({ state }) => state.listener.port === port)
      .flatMap(({ state, hosts }) => hosts.map((host) => ({ state, host, route }))),
  )
}

export const hostMatches = (host: string, asked: string): boolean =>
  host === '*' || host === asked || (host.startsWith('*.') && asked.endsWith(host.slice(1)) && asked.length > host.length - 1)

/** An exact name before any wildcard, a longer wildcard before a shorter. */
const hostRank = (host: string): number => (host === '*' ? 0 : host.startsWith('*') ? host.length : 10_000 + host.length)

const FIRST: RouteMatch = { path: { type: 'PathPrefix', value: '/' } }

export function choose(bound: readonly Bound[], request: HttpRequest): Chosen | 'no host' | 'no rule' {
  const asked = request.host.replace(/:\d+$/, '').toLowerCase()
  const fitting = bound.filter((b) => hostMatches(b.host.toLowerCase(), asked))
  if (fitting.length === 0) return 'no host'
  const best = Math.max(...fitting.map((b) => hostRank(b.host)))
  const routes = [...new Set(fitting.filter((b) => hostRank(b.host) === best).map((b) => b.route))]
  const all = routes.flatMap((route) =>
    (route.spec?.rules ?? []).flatMap((rule, index) =>
      (rule.matches?.length ? rule.matches : [FIRST]).map((match): Chosen => ({ route, rule, index, match })),
    ),
  )
  return [...all].sort(byPrecedence).find(({ match }) => fits(match, request)) ?? 'no rule'
}

const pathRank = ({ path }: RouteMatch): number =>
  path?.type === 'Exact' ? 100_000 : path?.type === 'RegularExpression' ? 50_000 : (path?.value ?? '/').length

const age = ({ metadata }: HttpRoute): string => `${metadata.creationTimestamp ?? ''} ${metadata.namespace}/${metadata.name}`

const byPrecedence = (a: Chosen, b: Chosen): number =>
  pathRank(b.match) - pathRank(a.match) ||
  Number(b.match.method !== undefined) - Number(a.match.method !== undefined) ||
  (b.match.headers?.length ?? 0) - (a.match.headers?.length ?? 0) ||
  (b.match.queryParams?.length ?? 0) - (a.match.queryParams?.length ?? 0) ||
  (age(a.route) < age(b.route) ? -1 : age(a.route) > age(b.route) ? 1 : 0) ||
  a.index - b.index

function matched(pattern: string, text: string): boolean {
  try {
    return RE2JS.matches(pattern, text)
  } catch {
    return false
  }
}

const fitsValue = ({ type, value }: ValueMatch, given: string | undefined): boolean =>
  given !== undefined && (type === 'RegularExpression' ? matched(value, given) : value === given)

function fitsPath(match: RouteMatch, path: string): boolean {
  const { type = 'PathPrefix', value = '/' } = match.path ?? {}
  if (type === 'Exact') return path === value
  if (type === 'RegularExpression') return matched(value, path)
  const base = value.replace(/\/+$/, '')
  return path === base || path.startsWith(`${base}/`)
}

function fits(match: RouteMatch, request: HttpRequest): boolean {
  const [path, query = ''] = request.path.split('?') as [string, string?]
  const asked = new URLSearchParams(query)
  return (
    fitsPath(match, path) &&
    (match.method === undefined || match.method === request.method) &&
    (match.headers ?? []).every((h) => fitsValue(h, request.headers[h.name.toLowerCase()])) &&
    (match.queryParams ?? []).every((q) => fitsValue(q, asked.get(q.name) ?? undefined))
  )
}
