/** Elasticsearch's settings: elasticsearch.yml, then environment variables with dots, then `-E`. */
import type { ProcessContext } from '../contract.ts'
import { MiB, sizeInBytes } from '../text/context.ts'
import { readText } from '../text/files.ts'
import type { Settings } from './contract.ts'

const ALL_ROLES = [
  'data',
  'data_cold',
  'data_content',
  'data_frozen',
  'data_hot',
  'data_warm',
  'ingest',
  'master',
  'ml',
  'remote_cluster_client',
  'transform',
]
export const HOME = '/usr/share/elasticsearch'

/** Flat keys of the YAML that such files hold: nested maps, block and flow lists of scalars. */
export function flatten(text: string): Map<string, string> {
  const out = new Map<string, string>()
  const path: { indent: number; key: string }[] = []
  const clean = (value: string): string => value.trim().replace(/^(['"])(.*)\1$/, '$2')
  for (const raw of text.split('\n')) {
    const line = raw.replace(/(^|\s)#.*$/, '')
    if (line.trim() === '' || line.trim() === '---') continue
    const indent = line.length - line.trimStart().length
    const item = /^\s*-\s+(.*)$/.exec(line)
    if (item) {
      const key = path.map((p) => p.key).join('.')
      out.set(key, [out.get(key), clean(item[1]!)].filter(Boolean).join(','))
      continue
    }
    const match = /^\s*([^:]+):(?:\s+(.*))?$/.exec(line)
    if (match === null) continue
    while (path.length > 0 && path.at(-1)!.indent >= indent) path.pop()
    const key = [...path.map((p) => p.key), match[1]!.trim()].join('.')
    const value = (match[2] ?? '').trim()
    if (value === '') path.push({ indent, key: match[1]!.trim() })
    else out.set(key, clean(value.startsWith('[') ? value.slice(1, -1).split(',').map(clean).join(',') : value))
  }
  return out
}

export function readSettings(ctx: ProcessContext): Settings {
  const values = flatten(readText(ctx.files, `${HOME}/config/elasticsearch.yml`) ?? '')
  for (const [name, value] of Object.entries(ctx.env)) {
    if (/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/.test(name)) values.set(name, value)
    else if (name.startsWith('ES_SETTING_'))
      values.set(name.slice('ES_SETTING_'.length).toLowerCase().replaceAll('__', '\0').replaceAll('_', '.').replaceAll('\0', '_'), value)
  }
  for (const [i, word] of ctx.argv.entries()) {
    const pair = word === '-E' ? ctx.argv[i + 1] : word.startsWith('-E') ? word.slice(2) : undefined
    if (pair?.includes('=')) values.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
  const get = (name: string): string | undefined =>
    values.get(name)?.replace(/\$\{(\w+)\}/g, (_, variable: string) => ctx.env[variable] ?? (variable === 'HOSTNAME' ? ctx.hostname : ''))
  const list = (name: string): string[] =>
    (get(name) ?? '')
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map((s) => s.trim().replace(/^["']|["']$/g, ''))
      .filter((s) => s !== '')
  const major = Number((ctx.env['ELASTIC_VERSION'] ?? '8').split('.')[0])
  const network = get('network.host') ?? '0.0.0.0'
  return {
    clusterName: get('cluster.name') ?? 'docker-cluster',
    nodeName: get('node.name') ?? ctx.hostname,
    seedHosts: list('discovery.seed_hosts'),
    initialMasterNodes: list('cluster.initial_master_nodes'),
    discoveryConfigured: ['discovery.seed_hosts', 'discovery.seed_providers', 'cluster.initial_master_nodes'].some((k) => values.has(k)),
    singleNode: get('discovery.type') === 'single-node',
    roles: values.has('node.roles') ? list('node.roles') : ALL_ROLES,
    httpPort: Number(get('http.port') ?? 9200) || 9200,
    transportPort: Number(get('transport.port') ?? 9300) || 9300,
    dataPath: get('path.data') ?? `${HOME}/data`,
    loopback: ['127.0.0.1', 'localhost', '_local_'].includes(network),
    security: get('xpack.security.enabled') === undefined ? major >= 8 : get('xpack.security.enabled') !== 'false',
    transportTls: get('xpack.security.transport.ssl.enabled') === 'true',
    heapBytes: heapOf(ctx),
  }
}

/** -Xmx, or half of the container's memory. */
function heapOf(ctx: ProcessContext): number {
  const options = ctx.env['ES_JAVA_OPTS'] ?? ctx.env['CLI_JAVA_OPTS'] ?? ''
  const given = [...options.matchAll(/-Xmx(\d+[kmgt]?)/gi)].at(-1)?.[1]
  const machine = ctx.limits.memoryBytes ?? 8192 * MiB
  return (given === undefined ? undefined : sizeInBytes(given)) ?? Math.min(machine / 2, 31_744 * MiB)
}

/** What an enforced bootstrap check objects to. */
export function bootstrapFailures(s: Settings): string[] {
  const out: string[] = []
  if (!s.loopback && !s.discoveryConfigured && !s.singleNode)
    out.push(
      'the default discovery settings are unsuitable for production use; at least one of [discovery.seed_hosts, discovery.seed_providers, cluster.initial_master_nodes] must be configured',
    )
  if (!s.loopback && s.security && !s.singleNode && !s.transportTls)
    out.push(
      'Transport SSL must be enabled if security is enabled. Please set [xpack.security.transport.ssl.enabled] to [true] or disable security by setting [xpack.security.enabled] to [false]',
    )
  return out
}
