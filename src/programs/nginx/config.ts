/** What nginx makes of its configuration: servers, locations and upstreams as plain data. Unknown directives and bad values are refused as `nginx -t` refuses them. */
import type { FileView } from '../../script/files.ts'
import { ConfigError, type Directive, parseConfig } from './config-parse.ts'
import { isKnownDirective, NOT_SIMULATED } from './directives.ts'
import { ACCESS_LOG } from './logs.ts'
import { type ServerTls, tlsOf } from './tls.ts'

export interface Backend {
  readonly host: string
  readonly port: number
  readonly down?: boolean
  readonly backup?: boolean
}

export interface Location {
  readonly match: 'prefix' | 'exact' | 'regex' | 'stop'
  readonly path: string
  readonly insensitive?: boolean
  readonly root: string
  readonly alias?: string
  readonly index: readonly string[]
  readonly tryFiles?: readonly string[]
  readonly returns?: { readonly status: number; readonly text?: string }
  readonly rewrites: readonly { readonly pattern: string; readonly to: string; readonly flag?: string }[]
  readonly proxy?: {
    readonly scheme: string
    readonly target: string
    readonly uri?: string
    readonly connectMs: number
    readonly readMs: number
    readonly tries: boolean
    readonly headers: Readonly<Record<string, string>>
    readonly at: string
  }
  readonly autoindex: boolean
  readonly denied: boolean
  readonly dav: readonly string[]
  readonly headers: readonly (readonly [string, string])[]
  readonly type: string
  readonly errorPages: Readonly<Record<string, { readonly path: string; readonly status?: number }>>
  /** Where requests are logged; '' for not at all. */
  readonly log: string
  readonly internal: boolean
}

export interface Server {
  readonly ports: readonly number[]
  readonly isDefault: boolean
  readonly names: readonly string[]
  readonly tls?: ServerTls
  readonly own: Location
  readonly locations: readonly Location[]
}

export interface NginxConfig {
  readonly servers: readonly Server[]
  readonly upstreams: Readonly<Record<string, readonly Backend[]>>
  readonly worker: number
  /** Where it writes its process id. */
  readonly pid: string
  /** Directories for bodies that do not fit into memory. */
  readonly temps: readonly string[]
}

const at = (d: Directive): string => `${d.file}:${d.line}`

/** Reads the main file and builds the configuration. Throws ConfigError. */
export function readConfig(files: FileView, path = '/etc/nginx/nginx.conf'): NginxConfig {
  const top = parseConfig(files, path)
  check(top)
  const http = top.find((d) => d.name === 'http')?.block ?? []
  if (!top.some((d) => d.name === 'events')) throw new ConfigError('no "events" section in configuration')
  const upstreams: Record<string, Backend[]> = {}
  for (const d of http) if (d.name === 'upstream') upstreams[d.args[0] ?? ''] = backends(d)
  const base = locationOf(http, { match: 'prefix', path: '/' }, undefined)
  const servers = http.filter((d) => d.name === 'server').map((d) => serverOf(d, base, http))
  const pid = top.find((d) => d.name === 'pid')?.args[0] ?? '/run/nginx.pid'
  return { servers, upstreams, worker: 1, pid, temps: TEMPS.map(([name, usual]) => http.find((d) => d.name === name)?.args[0] ?? usual) }
}

/** Directive → the place the official builds have, in the order nginx makes them. */
const TEMPS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
  (name) => [`${name}_temp_path`, `/var/cache/nginx/${name === 'client_body' ? 'client' : name}_temp`] as const,
)

function check(directives: readonly Directive[]): void {
  for (const d of directives) {
    if (NOT_SIMULATED.has(d.name)) throw new ConfigError(`directive "${d.name}" is not simulated by clusterlab in ${at(d)}`)
    if (!isKnownDirective(d.name)) throw new ConfigError(`unknown directive "${d.name}" in ${at(d)}`)
    if (['server_name', 'root', 'listen', 'proxy_pass', 'return', 'index'].includes(d.name) && d.args.length === 0)
      throw new ConfigError(`invalid number of arguments in "${d.name}" directive in ${at(d)}`)
    if (d.name === 'location' && d.block === undefined) throw new ConfigError(`directive "location" has no opening "{" in ${at(d)}`)
    if (d.block !== undefined && !['types', 'map'].includes(d.name)) check(d.block)
  }
}

function backends(d: Directive): Backend[] {
  const list = (d.block ?? [])
    .filter((b) => b.name === 'server')
    .map((b) => ({
      ...address(b.args[0] ?? ''),
      ...(b.args.includes('down') && { down: true }),
      ...(b.args.includes('backup') && { backup: true }),
    }))
  if (list.length === 0) throw new ConfigError(`no servers are inside upstream in ${at(d)}`)
  return list
}

/** `host:port`, port 80 unless given. */
export function address(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':')
  return colon < 0 ? { host: text, port: 80 } : { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
}

function portOf(d: Directive): number {
  const word = d.args[0]!
  const text = word.includes(':') ? word.slice(word.lastIndexOf(':') + 1) : word
  const port = /^\d+$/.test(text) ? Number(text) : 80
  if (port < 1 || port > 65_535) throw new ConfigError(`invalid port in "${word}" of the "listen" directive in ${at(d)}`)
  return port
}

function serverOf(d: Directive, base: Location, around: readonly Directive[]): Server {
  const block = d.block ?? []
  const listens = block.filter((b) => b.name === 'listen')
  const own = locationOf(block, { match: 'prefix', path: '/' }, base)
  const tls = tlsOf(block, around, portOf)
  return {
    ...(tls && { tls }),
    ports: listens.length === 0 ? [80] : [...new Set(listens.map(portOf))],
    isDefault: listens.some((l) => l.args.includes('default_server')),
    names: block.filter((b) => b.name === 'server_name').flatMap((b) => b.args),
    own,
    locations: block.filter((b) => b.name === 'location').flatMap((b) => locationsOf(b, own)),
  }
}

function locationsOf(d: Directive, parent: Location): Location[] {
  const [first = '/', second] = d.args
  const kinds: Record<string, Location['match']> = { '=': 'exact', '^~': 'stop', '~': 'regex', '~*': 'regex' }
  const match = second === undefined ? 'prefix' : (kinds[first] ?? 'prefix')
  const path = second ?? first
  const own = locationOf(d.block ?? [], { match, path, ...(first === '~*' && { insensitive: true }) }, { ...parent, rewrites: [] })
  return [own, ...(d.block ?? []).filter((b) => b.name === 'location').flatMap((b) => locationsOf(b, own))]
}

const seconds = (text: string | undefined, otherwise: number): number => {
  const m = /^(\d+)(ms|s|m)?$/.exec(text ?? '')
  return m ? Number(m[1]) * { ms: 1, s: 1000, m: 60_000 }[(m[2] ?? 's') as 's'] : otherwise
}

function locationOf(
  block: readonly Directive[],
  key: Pick<Location, 'match' | 'path' | 'insensitive'>,
  parent: Location | undefined,
): Location {
  const one = (name: string): Directive | undefined => block.find((d) => d.name === name)
  const all = (name: string): Directive[] => block.filter((d) => d.name === name)
  const ret = one('return')
  const alias = one('alias')?.args[0]
  const tryFiles = one('try_files')?.args ?? (key.path === parent?.path ? parent?.tryFiles : undefined)
  const errorPages = { ...parent?.errorPages }
  for (const d of all('error_page')) {
    const [path = '', change] = [d.args.at(-1), d.args.find((a) => a.startsWith('='))]
    for (const code of d.args.slice(0, -1))
      if (/^\d+$/.test(code)) errorPages[code] = { path, ...(change && change.length > 1 && { status: Number(change.slice(1)) }) }
  }
  return {
    ...key,
    root: one('root')?.args[0] ?? parent?.root ?? '/etc/nginx/html',
    ...(alias !== undefined && { alias }),
    index: one('index')?.args ?? parent?.index ?? ['index.html'],
    ...(tryFiles && { tryFiles }),
    ...(ret
      ? {
          returns: {
            status: Number(ret.args[0]) || 302,
            ...((ret.args[1] ?? (Number(ret.args[0]) ? undefined : ret.args[0])) && { text: ret.args[1] ?? ret.args[0]! }),
          },
        }
      : {}),
    rewrites: all('rewrite').map((d) => ({ pattern: d.args[0] ?? '', to: d.args[1] ?? '', ...(d.args[2] && { flag: d.args[2] }) })),
    ...proxyOf(block, parent),
    autoindex: (one('autoindex')?.args[0] ?? (parent?.autoindex ? 'on' : 'off')) === 'on',
    denied: one('deny')?.args[0] === 'all' || (one('deny') === undefined && one('allow') === undefined && (parent?.denied ?? false)),
    dav: one('dav_methods')?.args ?? parent?.dav ?? [],
    headers:
      all('add_header').length > 0 ? all('add_header').map((d) => [d.args[0] ?? '', d.args[1] ?? ''] as const) : (parent?.headers ?? []),
    type: one('default_type')?.args[0] ?? parent?.type ?? 'text/plain',
    errorPages,
    log:
      one('access_log') === undefined
        ? (parent?.log ?? ACCESS_LOG)
        : one('access_log')!.args[0] === 'off'
          ? ''
          : (one('access_log')!.args[0] ?? ''),
    internal: one('internal') !== undefined,
  }
}

function proxyOf(block: readonly Directive[], parent: Location | undefined): Pick<Location, 'proxy'> {
  const pass = block.find((d) => d.name === 'proxy_pass')
  const one = (name: string): string | undefined => block.find((d) => d.name === name)?.args[0]
  const fastcgi = block.find((d) => d.name === 'fastcgi_pass')
  if (fastcgi !== undefined)
    return {
      proxy: {
        scheme: 'fastcgi',
        target: fastcgi.args[0] ?? '',
        connectMs: seconds(one('fastcgi_connect_timeout'), 60_000),
        readMs: seconds(one('fastcgi_read_timeout'), 60_000),
        tries: true,
        headers: {},
        at: at(fastcgi),
      },
    }
  if (pass === undefined) return {}
  const match = /^(https?):\/\/([^/]+)(\/.*)?$/.exec(pass.args[0]!)
  if (match === null) throw new ConfigError(`invalid URL prefix in ${at(pass)}`)
  const headers: Record<string, string> = { ...parent?.proxy?.headers }
  for (const d of block) if (d.name === 'proxy_set_header') headers[(d.args[0] ?? '').toLowerCase()] = d.args[1] ?? ''
  return {
    proxy: {
      scheme: match[1]!,
      target: match[2]!,
      ...(match[3] !== undefined && { uri: match[3] }),
      connectMs: seconds(one('proxy_connect_timeout'), 60_000),
      readMs: seconds(one('proxy_read_timeout'), 60_000),
      tries: one('proxy_next_upstream') !== 'off',
      headers,
      at: at(pass),
    },
  }
}
