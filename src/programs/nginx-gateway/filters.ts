/** What a rule's filters make of a request on its way and of the answer on its way back. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { HeaderChange, PathChange, RouteFilter, RouteMatch } from '../../network/gateway/objects.ts'

type Headers = Readonly<Record<string, string>>

function changed(headers: Headers, change: HeaderChange | undefined): Headers {
  const out: Record<string, string> = { ...headers }
  for (const { name, value } of change?.set ?? []) out[name.toLowerCase()] = value
  for (const { name, value } of change?.add ?? []) {
    const key = name.toLowerCase()
    out[key] = out[key] === undefined ? value : `${out[key]},${value}`
  }
  for (const name of change?.remove ?? []) delete out[name.toLowerCase()]
  return out
}

/** The path after a change; `prefix` is what the rule matched. */
function changedPath(path: string, change: PathChange | undefined, match: RouteMatch): string {
  if (change === undefined) return path
  const at = path.indexOf('?')
  const [plain, query] = at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)]
  if (change.type === 'ReplaceFullPath') return (change.replaceFullPath ?? '/') + query
  const prefix = (match.path?.value ?? '/').replace(/\/+$/, '')
  const joined = `${(change.replacePrefixMatch ?? '').replace(/\/+$/, '')}/${plain.slice(prefix.length).replace(/^\/+/, '')}`
  return (plain === prefix && change.replacePrefixMatch ? change.replacePrefixMatch : joined) + query
}

/** Where the client is sent instead; undefined without such a filter. */
export function redirect(
  filters: readonly RouteFilter[],
  match: RouteMatch,
  request: HttpRequest,
  port: number,
): { readonly status: number; readonly location: string } | undefined {
  const to = filters.find((f) => f.type === 'RequestRedirect')?.requestRedirect
  if (to === undefined) return undefined
  const scheme = to.scheme ?? (request.tls ? 'https' : 'http')
  const usual = scheme === 'https' ? 443 : 80
  const target = to.port ?? (to.scheme === undefined ? port : usual)
  const host = to.hostname ?? request.host.replace(/:\d+$/, '')
  const location = `${scheme}://${host}${target === usual ? '' : `:${target}`}${changedPath(request.path, to.path, match)}`
  return { status: to.statusCode ?? 302, location }
}

export function onTheWay(filters: readonly RouteFilter[], match: RouteMatch, request: HttpRequest): HttpRequest {
  let out = request
  for (const filter of filters) {
    if (filter.type === 'RequestHeaderModifier') out = { ...out, headers: changed(out.headers, filter.requestHeaderModifier) }
    if (filter.type === 'URLRewrite')
      out = { ...out, path: changedPath(out.path, filter.urlRewrite?.path, match), host: filter.urlRewrite?.hostname ?? out.host }
  }
  return out
}

export function onTheWayBack(filters: readonly RouteFilter[], reply: HttpReply): HttpReply {
  let { headers } = reply
  for (const filter of filters) if (filter.type === 'ResponseHeaderModifier') headers = changed(headers, filter.responseHeaderModifier)
  return { ...reply, headers }
}
