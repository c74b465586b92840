/** Targets: those that are written down, and those that Kubernetes' API tells, which is asked with the pod's own token. */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { readText } from '../text/files.ts'
import type { Discovery, Job } from './config.ts'
import { type Labels, relabelled } from './labels.ts'

const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'

export interface Target {
  readonly job: string
  readonly url: { readonly scheme: string; readonly host: string; readonly port: number; readonly path: string }
  readonly labels: Labels
}

/** The API did not give the list. */
export class DiscoveryError extends Error {}

interface Meta {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}
interface Port {
  readonly name?: string
  readonly port?: number
  readonly containerPort?: number
}
interface Item {
  readonly metadata: Meta
  readonly spec?: {
    readonly nodeName?: string
    readonly ports?: readonly Port[]
    readonly containers?: readonly { readonly name: string; readonly ports?: readonly Port[] }[]
  }
  readonly status?: {
    readonly podIP?: string
    readonly phase?: string
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string; readonly targetRef?: { readonly name: string } }[]
    readonly ports?: readonly Port[]
  }[]
}

/** A list of the API, as this pod's account may read it. Throws DiscoveryError. */
export function listFromApi(ctx: ProcessContext, path: string): readonly Item[] {
  const token = readText(ctx.files, `${DIRECTORY}/token`)
  const ca = readText(ctx.files, `${DIRECTORY}/ca.crt`)
  if (token === undefined) throw new DiscoveryError(`open ${DIRECTORY}/token: no such file or directory`)
  const host = 'kubernetes.default.svc'
  const payload: HttpRequest = {
    method: 'GET',
    path,
    host,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    tls: { serverName: host, ...(ca !== undefined && { ca }) },
  }
  const result = ctx.dial({ host, port: 443, protocol: 'http', payload, timeoutMs: 10_000 })
  if (!result.ok) throw new DiscoveryError(`Get "https://${host}:443${path}": ${result.message}`)
  const reply = result.reply as HttpReply
  const body = JSON.parse(reply.body || '{}') as { message?: string; items?: readonly Item[] }
  if (reply.status !== 200) throw new DiscoveryError(body.message ?? `the server answered ${reply.status}`)
  return body.items ?? []
}

const clean = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_')
function described(role: string, m: Meta): Record<string, string> {
  const out: Record<string, string> = {
    [`__meta_kubernetes_${role}_name`]: m.name,
    ...(m.namespace && { __meta_kubernetes_namespace: m.namespace }),
  }
  for (const kind of ['label', 'annotation'] as const)
    for (const [k, v] of Object.entries((kind === 'label' ? m.labels : m.annotations) ?? {})) {
      out[`__meta_kubernetes_${role}_${kind}_${clean(k)}`] = v
      out[`__meta_kubernetes_${role}_${kind}present_${clean(k)}`] = 'true'
    }
  return out
}

function podTargets(pod: Item): Labels[] {
  const ip = pod.status?.podIP
  if (!ip) return []
  const ready = pod.status?.conditions?.find((c) => c.type === 'Ready')?.status === 'True'
  const base = {
    ...described('pod', pod.metadata),
    __meta_kubernetes_pod_ip: ip,
    __meta_kubernetes_pod_node_name: pod.spec?.nodeName ?? '',
    __meta_kubernetes_pod_phase: pod.status?.phase ?? '',
    __meta_kubernetes_pod_ready: String(ready),
  }
  return (pod.spec?.containers ?? []).flatMap((c) => {
    const own = { ...base, __meta_kubernetes_pod_container_name: c.name }
    if (!c.ports?.length) return [{ ...own, __address__: ip }]
    return c.ports.map((p) => ({
      ...own,
      __address__: `${ip}:${p.containerPort}`,
      __meta_kubernetes_pod_container_port_name: p.name ?? '',
      __meta_kubernetes_pod_container_port_number: String(p.containerPort),
    }))
  })
}

function targetsOf(role: string, item: Item): Labels[] {
  if (role === 'pod') return podTargets(item)
  if (role === 'service')
    return (item.spec?.ports ?? []).map((p) => ({
      ...described('service', item.metadata),
      __address__: `${item.metadata.name}.${item.metadata.namespace}.svc:${p.port}`,
      __meta_kubernetes_service_port_name: p.name ?? '',
    }))
  if (role === 'node') {
    const ip = item.status?.addresses?.find((a) => a.type === 'InternalIP')?.address
    return ip === undefined ? [] : [{ ...described('node', item.metadata), __address__: `${ip}:10250`, instance: item.metadata.name }]
  }
  return (item.subsets ?? []).flatMap((s) =>
    (s.addresses ?? []).flatMap((a) =>
      (s.ports ?? []).map((p) => ({
        ...described('endpoints', item.metadata),
        __meta_kubernetes_service_name: item.metadata.name,
        __address__: `${a.ip}:${p.port}`,
        __meta_kubernetes_endpoint_port_name: p.name ?? '',
        ...(a.targetRef && { __meta_kubernetes_pod_name: a.targetRef.name }),
      })),
    ),
  )
}

const PATHS: Readonly<Record<string, string>> = { pod: 'pods', service: 'services', endpoints: 'endpoints', node: 'nodes' }

/** What the API tells of one role, unchanged. Throws DiscoveryError. */
export function discover(ctx: ProcessContext, d: Discovery): Labels[] {
  const resource = PATHS[d.role]!
  const paths =
    d.namespaces.length === 0 || d.role === 'node'
      ? [`/api/v1/${resource}`]
      : d.namespaces.map((n) => `/api/v1/namespaces/${n}/${resource}`)
  return paths.flatMap((path) => listFromApi(ctx, path)).flatMap((item) => targetsOf(d.role, item))
}

/** A target as it is scraped; undefined: relabelling drops it. */
export function targetOf(job: Job, labels: Labels): Target | undefined {
  const given = { __scheme__: job.scheme, __metrics_path__: job.path, job: job.name, ...labels }
  const made = relabelled(given, job.relabel)
  const address = made?.['__address__']
  if (made === undefined || !address) return undefined
  const colon = address.lastIndexOf(':')
  const scheme = made['__scheme__'] ?? 'http'
  const kept = Object.fromEntries(Object.entries(made).filter(([k]) => !k.startsWith('__')))
  return {
    job: job.name,
    url: {
      scheme,
      host: colon < 0 ? address : address.slice(0, colon),
      port: colon < 0 ? (scheme === 'https' ? 443 : 80) : Number(address.slice(colon + 1)),
      path: made['__metrics_path__'] ?? '/metrics',
    },
    labels: { instance: address, ...kept },
  }
}
