/**
 * What the controller makes of all Ingress objects: servers by host, each with locations in the order nginx tries them
 * (ingress-nginx internal/ingress/controller, https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/).
 */
import { RE2JS } from 're2js'
import type { Ingress, IngressBackend } from '../../api/generated/types/networking-v1.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { getOrMake } from '../../lib/get-or-make.ts'

export const CONTROLLER = 'k8s.io/ingress-nginx'
const PREFIX = 'nginx.ingress.kubernetes.io/'

export interface Location {
  readonly path: string
  readonly kind: 'exact' | 'prefix' | 'plain' | 'regex'
  readonly pattern?: RE2JS
  readonly namespace: string
  readonly backend: IngressBackend | undefined
  readonly annotations: Readonly<Record<string, string>>
}

export interface Server {
  readonly host: string
  readonly locations: readonly Location[]
  /** `namespace/name` of the Secret with its certificate. */
  readonly secret?: string
}

export interface Configuration {
  readonly servers: ReadonlyMap<string, Server>
  /** For requests that no host claims; absent: 404. */
  readonly fallback?: Location
}

interface Draft {
  readonly locations: Location[]
  secret?: string
}

/** Annotations of the controller, without their prefix. */
const annotationsOf = (ingress: Ingress): Record<string, string> => {
  const own: Record<string, string> = {}
  for (const [key, value] of Object.entries(ingress.metadata.annotations ?? {}))
    if (key.startsWith(PREFIX)) own[key.slice(PREFIX.length)] = value
  return own
}

/** Whether an Ingress is this controller's: by its class, or by the old annotation. */
export function isOurs(ingress: Ingress, read: IndexedReader): boolean {
  const name = ingress.spec?.ingressClassName
  if (name) return read.get('ingressclasses.networking.k8s.io', undefined, name)?.spec?.controller === CONTROLLER
  return ingress.metadata.annotations?.['kubernetes.io/ingress.class'] === 'nginx'
}

const made = new WeakMap<readonly unknown[], { classes: readonly unknown[]; configuration: Configuration }>()

export function configurationOf(read: IndexedReader): Configuration {
  const ingresses = read.list('ingresses.networking.k8s.io')
  const classes = read.list('ingressclasses.networking.k8s.io')
  const known = made.get(ingresses)
  if (known?.classes === classes) return known.configuration
  const configuration = build(ingresses.filter((i) => isOurs(i, read)))
  made.set(ingresses, { classes, configuration })
  return configuration
}

function build(ingresses: readonly Ingress[]): Configuration {
  const drafts = new Map<string, Draft>()
  let fallback: Location | undefined
  const draft = (host: string): Draft => getOrMake(drafts, host, () => ({ locations: [] }))
  const byAge = [...ingresses].sort((a, b) => order(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''))
  for (const ingress of byAge) {
    const annotations = annotationsOf(ingress)
    const namespace = ingress.metadata.namespace!
    const { rules = [], tls = [], defaultBackend } = ingress.spec ?? {}
    if (defaultBackend && rules.length === 0) fallback ??= { path: '/', kind: 'plain', namespace, backend: defaultBackend, annotations }
    for (const rule of rules) {
      const server = draft(rule.host ?? '')
      for (const path of rule.http?.paths ?? [])
        addLocation(server, locationOf(path.path ?? '/', path.pathType, namespace, path.backend, annotations))
      if (defaultBackend) addLocation(server, { path: '/', kind: 'plain', namespace, backend: defaultBackend, annotations })
    }
    for (const one of tls)
      for (const host of one.hosts ?? rules.map((r) => r.host ?? ''))
        if (one.secretName) draft(host).secret ??= `${namespace}/${one.secretName}`
  }
  const servers = new Map(
    [...drafts].map(([host, d]) => [host, { host, locations: [...d.locations].sort(byPriority), ...(d.secret && { secret: d.secret }) }]),
  )
  return { servers, ...(fallback && { fallback }) }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The older Ingress keeps a path. */
function addLocation(draft: Draft, location: Location): void {
  if (!draft.locations.some((l) => l.path === location.path && l.kind === location.kind)) draft.locations.push(location)
}

function locationOf(
  path: string,
  type: string,
  namespace: string,
  backend: IngressBackend,
  annotations: Readonly<Record<string, string>>,
): Location {
  const base = { path, namespace, backend, annotations }
  const regex = annotations['use-regex'] === 'true' || (annotations['rewrite-target'] !== undefined && annotations['rewrite-target'] !== '')
  if (regex && type !== 'Exact') {
    try {
      return { ...base, kind: 'regex', pattern: RE2JS.compile(`^${path}`, RE2JS.CASE_INSENSITIVE) }
    } catch {
      return { ...base, kind: 'plain' }
    }
  }
  return { ...base, kind: type === 'Exact' ? 'exact' : type === 'Prefix' ? 'prefix' : 'plain' }
}

/** Exact paths first, then the longest. */
const byPriority = (a: Location, b: Location): number =>
  Number(b.kind === 'exact') - Number(a.kind === 'exact') || b.path.length - a.path.length

function matches(location: Location, path: string): boolean {
  switch (location.kind) {
    case 'exact':
      return path === location.path
    case 'plain':
      return path.startsWith(location.path)
    case 'regex':
      return location.pattern!.matcher(path).find()
    case 'prefix': {
      const base = location.path.replace(/\/+$/, '')
      return path === base || path.startsWith(`${base}/`)
    }
  }
}

export function serverFor(configuration: Configuration, host: string): Server | undefined {
  const name = host.toLowerCase()
  const dot = name.indexOf('.')
  return (
    configuration.servers.get(name) ??
    (dot > 0 ? configuration.servers.get(`*${name.slice(dot)}`) : undefined) ??
    configuration.servers.get('')
  )
}

export const locationFor = (server: Server, path: string): Location | undefined => server.locations.find((l) => matches(l, path))

/** The path the backend is asked for. */
export function rewrittenPath(location: Location, path: string, query: string): string {
  const target = location.annotations['rewrite-target']
  if (!target) return path + query
  const matcher = location.pattern?.matcher(path)
  if (!matcher?.find()) return path + query
  return target.replace(/\$(\d)/g, (_all, n: string) => (Number(n) <= matcher.groupCount() ? (matcher.group(Number(n)) ?? '') : '')) + query
}
