/** Which endpoint a sidecar sends a request to: virtual services, subsets and weights, as their rules say. */
import type { HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import type { Destination, HttpRoute, MeshConfig, MeshService, StringMatch, Workload } from './contract.ts'
import { fullHost } from './mesh.ts'

/** `3s`, `500ms`, `1m`. */
export function duration(text: string | undefined): number | undefined {
  const m = /^([\d.]+)(ms|s|m|h)$/.exec(text ?? '')
  return m === null ? undefined : Math.round(Number(m[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[m[2] as 's'])
}

/** The service that a request means: by its Host header on that port, else by the address that was dialled. */
export function serviceOf(config: MeshConfig, ip: string, port: number, host: string | undefined): MeshService | undefined {
  const name = host?.replace(/:\d+$/, '')
  const named =
    name === undefined || /^[\d.]+$/.test(name)
      ? undefined
      : config.services.find((s) => s.host === fullHost(name, config.namespace) && s.ports.some((p) => p.port === port))
  return (
    named ??
    config.services.find(
      (s) =>
        s.ports.some((p) => p.port === port) &&
        (s.ip === ip || (s.ip === undefined && s.ports.some((p) => p.workloads.some((w) => w.ip === ip)))),
    )
  )
}

const fits = (rule: StringMatch | undefined, value: string | undefined): boolean =>
  rule === undefined ||
  (value !== undefined &&
    (rule.exact !== undefined ? value === rule.exact : rule.prefix !== undefined ? value.startsWith(rule.prefix) : true))

export function routeOf(config: MeshConfig, service: MeshService, request: HttpRequest): HttpRoute | 'none' | undefined {
  const own = config.virtualServices.filter((v) => v.hosts.includes(service.host))
  if (own.length === 0) return undefined
  const path = request.path.split('?')[0]
  const route = own
    .flatMap((v) => v.http)
    .find((r) => {
      if (r.match === undefined || r.match.length === 0) return true
      return r.match.some(
        (m) =>
          fits(m.uri, path) &&
          fits(m.method, request.method) &&
          Object.entries(m.headers ?? {}).every(([k, rule]) => fits(rule, request.headers[k.toLowerCase()])),
      )
    })
  return route ?? 'none'
}

/** One of a route's destinations, as often as its weight says. */
export function drawn(route: HttpRoute, ctx: ProcessContext): Destination | undefined {
  const all = route.route ?? []
  if (all.length < 2) return all[0]?.destination
  const total = all.reduce((n, r) => n + (r.weight ?? 0), 0)
  let at = total <= 0 ? 0 : ctx.pick('istio-weight', total)
  for (const r of all) {
    if (at < (r.weight ?? 0)) return r.destination
    at -= r.weight ?? 0
  }
  return undefined
}

export type Cluster =
  | { readonly ok: true; readonly name: string; readonly workloads: readonly Workload[]; readonly mutual: boolean }
  /** `flag` as Envoy's access log has it. */
  | { readonly ok: false; readonly name: string; readonly flag: 'NC' | 'UH'; readonly body: string }

/** The endpoints behind a destination. */
export function clusterOf(config: MeshConfig, to: Destination, namespace: string, otherwise: number): Cluster {
  const host = fullHost(to.host, namespace)
  const port = to.port?.number ?? otherwise
  const name = `outbound|${port}|${to.subset ?? ''}|${host}`
  const service = config.services.find((s) => s.host === host)
  const at =
    service?.ports.find((p) => p.port === port) ?? (to.port === undefined && service?.ports.length === 1 ? service.ports[0] : undefined)
  const rule = config.destinationRules.find((d) => d.host === host)
  const subset = to.subset === undefined ? undefined : rule?.subsets.find((s) => s.name === to.subset)
  if (at === undefined || (to.subset !== undefined && subset === undefined)) return { ok: false, name, flag: 'NC', body: '' }
  const workloads = at.workloads.filter((w) => Object.entries(subset?.labels ?? {}).every(([k, v]) => w.labels[k] === v))
  if (workloads.length === 0) return { ok: false, name, flag: 'UH', body: 'no healthy upstream' }
  return { ok: true, name, workloads, mutual: rule?.tls !== 'DISABLE' }
}
