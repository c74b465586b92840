/** prometheus.yml: what to scrape, how often, found how. https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
import { parse, YAMLParseError } from 'yaml'
import { type Labels, pattern, type Relabel } from './labels.ts'

export interface Discovery {
  readonly role: string
  readonly namespaces: readonly string[]
}
export interface Job {
  readonly name: string
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly path: string
  readonly scheme: string
  readonly tokenFile?: string
  readonly insecure: boolean
  readonly honorLabels: boolean
  readonly statics: readonly { readonly targets: readonly string[]; readonly labels: Labels }[]
  readonly discoveries: readonly Discovery[]
  readonly relabel: readonly Relabel[]
  readonly metricRelabel: readonly Relabel[]
}
export interface Config {
  readonly jobs: readonly Job[]
  /** What is written there and does nothing here. */
  readonly unsimulated: readonly string[]
}

export class ConfigError extends Error {}

type Tree = Readonly<Record<string, unknown>>
const tree = (v: unknown): Tree => (typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Tree) : {})
const list = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : [])

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
/** Milliseconds of `1m30s`; undefined when it is none. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdw]))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+)(ms|[smhdw])/g)].reduce((sum, m) => sum + Number(m[1]) * UNITS[m[2]!]!, 0)
}
function duration(v: unknown, other: number): number {
  if (v === undefined) return other
  const ms = durationMs(String(v))
  if (ms === undefined) throw new ConfigError(`not a valid duration string: "${String(v)}"`)
  return ms
}

const ACTIONS = ['replace', 'keep', 'drop', 'labelmap', 'labeldrop']
const KNOWN_JOB = [
  'job_name',
  'scrape_interval',
  'scrape_timeout',
  'metrics_path',
  'scheme',
  'static_configs',
  'kubernetes_sd_configs',
  'relabel_configs',
  'metric_relabel_configs',
  'bearer_token_file',
  'authorization',
  'tls_config',
  'honor_labels',
  'honor_timestamps',
  'params',
  'basic_auth',
  'dns_sd_configs',
  'file_sd_configs',
  'follow_redirects',
]
const ROLES = ['pod', 'service', 'endpoints', 'node']

function relabelOf(v: unknown): Relabel {
  const t = tree(v)
  const action = String(t['action'] ?? 'replace').toLowerCase()
  if (!ACTIONS.includes(action)) throw new ConfigError(`clusterlab simulates of relabel actions only ${ACTIONS.join(', ')}, not ${action}`)
  const regex = String(t['regex'] ?? '(.*)')
  try {
    pattern(regex)
  } catch (error) {
    throw new ConfigError((error as SyntaxError).message)
  }
  if (action === 'replace' && t['target_label'] === undefined)
    throw new ConfigError(`relabel configuration for replace action requires 'target_label' value`)
  return {
    sources: list(t['source_labels']).map(String),
    separator: String(t['separator'] ?? ';'),
    regex,
    target: String(t['target_label'] ?? ''),
    replacement: String(t['replacement'] ?? '$1'),
    action,
  }
}

function jobOf(v: unknown, global: Tree, line: (key: string) => number): Job {
  const t = tree(v)
  for (const key of Object.keys(t))
    if (!KNOWN_JOB.includes(key))
      throw new ConfigError(`yaml: unmarshal errors:\n  line ${line(key)}: field ${key} not found in type config.ScrapeConfig`)
  for (const key of ['basic_auth', 'dns_sd_configs', 'file_sd_configs'])
    if (t[key] !== undefined) throw new ConfigError(`clusterlab does not simulate ${key}`)
  const name = String(t['job_name'] ?? '')
  if (name === '') throw new ConfigError('job_name is empty')
  const intervalMs = duration(t['scrape_interval'] ?? global['scrape_interval'], 60_000)
  const timeoutMs = duration(t['scrape_timeout'] ?? global['scrape_timeout'], Math.min(10_000, intervalMs))
  if (timeoutMs > intervalMs) throw new ConfigError(`scrape timeout greater than scrape interval for scrape config with job name "${name}"`)
  const discoveries = list(t['kubernetes_sd_configs']).map((d) => {
    const role = String(tree(d)['role'] ?? '')
    if (!ROLES.includes(role))
      throw new ConfigError(
        `unknown Kubernetes SD role "${role}"${role === 'ingress' || role === 'endpointslice' ? ' (clusterlab simulates pod, service, endpoints, node)' : ''}`,
      )
    return { role, namespaces: list(tree(tree(d)['namespaces'])['names']).map(String) }
  })
  const auth = tree(t['authorization'])['credentials_file'] ?? t['bearer_token_file']
  return {
    name,
    intervalMs,
    timeoutMs,
    path: String(t['metrics_path'] ?? '/metrics'),
    scheme: String(t['scheme'] ?? 'http'),
    ...(auth !== undefined && { tokenFile: String(auth) }),
    insecure: tree(t['tls_config'])['insecure_skip_verify'] === true,
    honorLabels: t['honor_labels'] === true,
    statics: list(t['static_configs']).map((s) => ({
      targets: list(tree(s)['targets']).map(String),
      labels: Object.fromEntries(Object.entries(tree(tree(s)['labels'])).map(([k, x]) => [k, String(x)])),
    })),
    discoveries,
    relabel: list(t['relabel_configs']).map(relabelOf),
    metricRelabel: list(t['metric_relabel_configs']).map(relabelOf),
  }
}

/** Throws ConfigError. */
export function readConfig(text: string): Config {
  let root: Tree
  try {
    root = tree(parse(text))
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error
    throw new ConfigError(`yaml: line ${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}`)
  }
  const line = (key: string): number => text.split('\n').findIndex((l) => l.trim().replace(/^- /, '').startsWith(`${key}:`)) + 1
  const KNOWN = ['global', 'scrape_configs', 'rule_files', 'alerting', 'remote_write', 'remote_read', 'storage', 'tracing']
  for (const key of Object.keys(root))
    if (!KNOWN.includes(key))
      throw new ConfigError(`yaml: unmarshal errors:\n  line ${line(key)}: field ${key} not found in type config.plain`)
  const jobs = list(root['scrape_configs']).map((j) => jobOf(j, tree(root['global']), line))
  const twice = jobs.find((j, i) => jobs.findIndex((x) => x.name === j.name) !== i)
  if (twice !== undefined) throw new ConfigError(`found multiple scrape configs with job name "${twice.name}"`)
  return {
    jobs,
    unsimulated: ['rule_files', 'alerting', 'remote_write', 'remote_read'].filter(
      (k) => list(root[k]).length > 0 || Object.keys(tree(root[k])).length > 0,
    ),
  }
}
