/** Envoy's static configuration: listeners with an HTTP connection manager, clusters, TLS on either side. https://www.envoyproxy.io/docs/envoy/latest/api-v3/api */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { parse, YAMLParseError } from 'yaml'
import { servedCertificate } from '../../network/certificate.ts'
import type { ServedCertificate } from '../../network/contract.ts'
import type { FileView } from '../../script/files.ts'
import { readText } from '../text/files.ts'

export interface Tls {
  readonly certificate?: ServedCertificate
  /** PEM of the authorities by which the other side is judged. */
  readonly ca?: string
  readonly requireClient: boolean
  readonly sni?: string
}
export interface Route {
  readonly prefix?: string
  readonly path?: string
  readonly headers: readonly { readonly name: string; readonly exact: string }[]
  readonly clusters: readonly { readonly name: string; readonly weight: number }[]
  readonly timeoutMs: number
  readonly rewrite?: string
  readonly direct?: { readonly status: number; readonly body: string }
}
export interface Listener {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly tls?: Tls
  readonly hosts: readonly { readonly domains: readonly string[]; readonly routes: readonly Route[] }[]
  readonly log: boolean
}
export interface Cluster {
  readonly name: string
  readonly connectMs: number
  readonly endpoints: readonly { readonly host: string; readonly port: number }[]
  readonly tls?: Tls
}
export interface Config {
  readonly listeners: readonly Listener[]
  readonly clusters: readonly Cluster[]
  readonly adminPort?: number
}

export class ConfigError extends Error {}

type Tree = Readonly<Record<string, unknown>>
const tree = (v: unknown): Tree => (typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Tree) : {})
const list = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : [])
/** A value deep inside; list indices are numbers. */
const at = (v: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((x, key) => (typeof key === 'number' ? list(x)[key] : tree(x)[key]), v)
const seconds = (v: unknown, other: number): number => (v === undefined ? other : Math.round(Number.parseFloat(String(v)) * 1000))

const allowed = (v: unknown, what: string, known: readonly string[]): void => {
  for (const key of Object.keys(tree(v)))
    if (!known.includes(key))
      throw new ConfigError(`clusterlab does not simulate the field '${key}' of ${what}; there are ${known.join(', ')}`)
}

function pem(files: FileView, source: unknown): string | undefined {
  const inline = at(source, 'inline_string')
  const name = at(source, 'filename')
  if (inline !== undefined) return String(inline)
  if (name === undefined) return undefined
  const text = readText(files, String(name))
  if (text === undefined) throw new ConfigError(`Invalid path: ${String(name)}`)
  return text
}

function tlsOf(files: FileView, socket: unknown): Tls | undefined {
  if (socket === undefined) return undefined
  const config = at(socket, 'typed_config')
  const common = at(config, 'common_tls_context')
  const chain = pem(files, at(common, 'tls_certificates', 0, 'certificate_chain'))
  const key = pem(files, at(common, 'tls_certificates', 0, 'private_key'))
  const ca = pem(files, at(common, 'validation_context', 'trusted_ca'))
  const certificate = chain === undefined ? undefined : servedCertificate(chain)
  if (chain !== undefined && certificate === undefined)
    throw new ConfigError('Failed to load certificate chain from <inline>, at least one certificate is required')
  if (chain !== undefined) {
    let fits = false
    try {
      fits = new X509Certificate(chain).checkPrivateKey(createPrivateKey(key ?? ''))
    } catch {
      throw new ConfigError('Failed to load private key from <inline>, Cause: error:0909006c:PEM routines:get_name:no start line')
    }
    if (!fits)
      throw new ConfigError(
        'Failed to load private key from <inline>, Cause: error:0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH',
      )
  }
  const sni = at(config, 'sni')
  return {
    requireClient: at(config, 'require_client_certificate') === true,
    ...(certificate && { certificate }),
    ...(ca !== undefined && { ca }),
    ...(sni !== undefined && { sni: String(sni) }),
  }
}

function routeOf(v: unknown): Route {
  allowed(v, 'a route', ['match', 'route', 'direct_response', 'name'])
  allowed(at(v, 'match'), 'a match', ['prefix', 'path', 'headers'])
  allowed(at(v, 'route'), 'a route action', [
    'cluster',
    'weighted_clusters',
    'timeout',
    'prefix_rewrite',
    'host_rewrite_literal',
    'auto_host_rewrite',
  ])
  const match = tree(at(v, 'match'))
  const weighted = list(at(v, 'route', 'weighted_clusters', 'clusters')).map((c) => ({
    name: String(at(c, 'name')),
    weight: Number(at(c, 'weight') ?? 0),
  }))
  const single = at(v, 'route', 'cluster')
  const rewrite = at(v, 'route', 'prefix_rewrite')
  const direct = at(v, 'direct_response')
  return {
    ...(match['prefix'] !== undefined && { prefix: String(match['prefix']) }),
    ...(match['path'] !== undefined && { path: String(match['path']) }),
    headers: list(match['headers']).map((h) => ({
      name: String(at(h, 'name')).toLowerCase(),
      exact: String(at(h, 'string_match', 'exact') ?? at(h, 'exact_match') ?? ''),
    })),
    clusters: single === undefined ? weighted : [{ name: String(single), weight: 1 }],
    timeoutMs: seconds(at(v, 'route', 'timeout'), 15_000),
    ...(rewrite !== undefined && { rewrite: String(rewrite) }),
    ...(direct !== undefined && {
      direct: { status: Number(at(direct, 'status')), body: String(at(direct, 'body', 'inline_string') ?? '') },
    }),
  }
}

function listenerOf(files: FileView, v: unknown): Listener {
  const chains = list(at(v, 'filter_chains'))
  if (chains.length !== 1) throw new ConfigError('clusterlab simulates listeners with one filter chain')
  const manager = at(chains[0], 'filters', 0)
  const config = at(manager, 'typed_config')
  if (!String(at(config, '@type') ?? '').endsWith('HttpConnectionManager'))
    throw new ConfigError(
      `clusterlab simulates of network filters only envoy.filters.network.http_connection_manager, not ${String(at(manager, 'name'))}`,
    )
  for (const filter of list(at(config, 'http_filters')))
    if (at(filter, 'name') !== 'envoy.filters.http.router')
      throw new ConfigError(`clusterlab does not simulate the HTTP filter ${String(at(filter, 'name'))}`)
  const tls = tlsOf(files, at(chains[0], 'transport_socket'))
  if (tls !== undefined && tls.certificate === undefined) throw new ConfigError('No TLS certificates found for server context')
  return {
    name: String(at(v, 'name') ?? ''),
    address: String(at(v, 'address', 'socket_address', 'address') ?? ''),
    port: Number(at(v, 'address', 'socket_address', 'port_value')),
    hosts: list(at(config, 'route_config', 'virtual_hosts')).map((h) => ({
      domains: list(at(h, 'domains')).map(String),
      routes: list(at(h, 'routes')).map(routeOf),
    })),
    log: list(at(config, 'access_log')).length > 0,
    ...(tls && { tls }),
  }
}

function clusterOf(files: FileView, v: unknown): Cluster {
  const tls = tlsOf(files, at(v, 'transport_socket'))
  const lb = list(at(v, 'load_assignment', 'endpoints')).flatMap((e) => list(at(e, 'lb_endpoints')))
  return {
    name: String(at(v, 'name') ?? ''),
    connectMs: seconds(at(v, 'connect_timeout'), 5_000),
    endpoints: lb.map((e) => ({
      host: String(at(e, 'endpoint', 'address', 'socket_address', 'address')),
      port: Number(at(e, 'endpoint', 'address', 'socket_address', 'port_value')),
    })),
    ...(tls && { tls }),
  }
}

/** Throws ConfigError. */
export function readConfig(files: FileView, path: string): Config {
  const text = readText(files, path)
  if (text === undefined) throw new ConfigError(`unable to read file: ${path}`)
  let root: unknown
  try {
    root = parse(text)
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    throw new ConfigError(`Unable to convert YAML as JSON: ${error.message.split('\n')[0]}`)
  }
  if (at(root, 'dynamic_resources') !== undefined)
    throw new ConfigError('clusterlab does not simulate dynamic_resources (xDS); write static_resources')
  const clusters = list(at(root, 'static_resources', 'clusters')).map((c) => clusterOf(files, c))
  const listeners = list(at(root, 'static_resources', 'listeners')).map((l) => listenerOf(files, l))
  for (const name of listeners.flatMap((l) => l.hosts.flatMap((h) => h.routes.flatMap((r) => r.clusters.map((c) => c.name)))))
    if (!clusters.some((c) => c.name === name)) throw new ConfigError(`route: unknown cluster '${name}'`)
  const adminPort = at(root, 'admin', 'address', 'socket_address', 'port_value')
  return { listeners, clusters, ...(adminPort !== undefined && { adminPort: Number(adminPort) }) }
}
