/**
 * What each plug-in of the Corefile may be given, checked at the start as CoreDNS' setup functions do; and which plug-ins do nothing here.
 * A plug-in that would change answers and is not simulated keeps CoreDNS from starting: it is said, not passed over.
 */
import { RE2JS } from 're2js'
import { ipv4ToNumber } from '../../lib/cidr.ts'
import type { Plugin, ServerBlock } from '../../network/dns/corefile.ts'

/** `act`: answers or changes answers. `quiet`: accepted, and of no consequence for answers here. */
interface Rule {
  readonly effect: 'act' | 'quiet'
  /** Fewest and most arguments. */
  readonly args?: readonly [least: number, most: number]
  /** Names its block may hold; absent: any. */
  readonly properties?: readonly string[]
  readonly check?: (plugin: Plugin) => string | undefined
}

const words = (text: string): readonly string[] => text.split(' ')
const SECONDS = /^\d+(\.\d+)?(ns|us|ms|s|m|h)$/
const quiet = (more: Omit<Rule, 'effect'> = {}): Rule => ({ effect: 'quiet', ...more })

const isUpstream = (to: string): boolean => to.startsWith('/') || ipv4ToNumber(upstreamOf(to).host) !== undefined

/** `1.2.3.4`, `dns://1.2.3.4:53` → address and port. */
export function upstreamOf(to: string): { readonly host: string; readonly port: number } {
  const bare = to.replace(/^(dns|tls):\/\//, '')
  const at = bare.lastIndexOf(':')
  return at < 0 ? { host: bare, port: to.startsWith('tls://') ? 853 : 53 } : { host: bare.slice(0, at), port: Number(bare.slice(at + 1)) }
}

function checkRewrite({ args }: Plugin): string | undefined {
  const [field, ...rest] = args.filter((a) => a !== 'stop' && a !== 'continue')
  if (field === 'ttl' || field === 'edns0') return undefined
  if (field === undefined) return undefined
  if (field !== 'name' && field !== 'type')
    return field === 'class' || field === 'cname' || field === 'rcode' ? `rewrite ${field}` : `invalid rule type "${field}"`
  if (rest[0] === 'regex') {
    try {
      RE2JS.compile(rest[1] ?? '')
    } catch {
      return `invalid regex pattern in a name rule: ${rest[1]}`
    }
  }
  return rest.length < 2 ? 'name rules must have at least two arguments' : undefined
}

export const RULES: Readonly<Record<string, Rule>> = {
  kubernetes: {
    effect: 'act',
    properties: words(
      'pods endpoint_pod_names namespaces labels namespace_labels endpoint tls kubeconfig apiserver_qps apiserver_burst apiserver_max_inflight noendpoints fallthrough ttl transfer ignore multicluster startup_timeout',
    ),
    check: ({ lines }) => {
      const pods = lines.find(([w]) => w === 'pods')?.[1]
      return pods === undefined || ['disabled', 'insecure', 'verified'].includes(pods)
        ? undefined
        : `wrong value for pods: ${pods},  must be one of: disabled, verified, insecure`
    },
  },
  forward: {
    effect: 'act',
    args: [2, 16],
    properties: words(
      'except max_fails expire health_check force_tcp prefer_udp tls tls_servername policy max_concurrent next failfast_all_unhealthy_upstreams failover max_connect_attempts max_idle_conns',
    ),
    check: ({ args, lines }) => {
      const wrong = args.slice(1).find((to) => !isUpstream(to))
      if (wrong !== undefined) return `not an IP address or file: "${wrong}"`
      const policy = lines.find(([w]) => w === 'policy')?.[1]
      return policy === undefined || ['random', 'round_robin', 'sequential'].includes(policy) ? undefined : `unknown policy '${policy}'`
    },
  },
  hosts: { effect: 'act' },
  rewrite: { effect: 'act', check: checkRewrite },
  template: {
    effect: 'act',
    args: [2, 32],
    properties: words('match answer additional authority rcode ederror fallthrough upstream'),
  },
  log: { effect: 'act' },
  errors: { effect: 'act', properties: words('consolidate stacktrace show_first') },
  health: { effect: 'act', args: [0, 1], properties: words('lameduck') },
  ready: { effect: 'act', args: [0, 1] },
  prometheus: { effect: 'act', args: [0, 1] },
  reload: {
    effect: 'act',
    args: [0, 2],
    check: ({ args: [interval] }) =>
      interval === undefined || SECONDS.test(interval) ? undefined : `time: invalid duration "${interval}"`,
  },
  loop: { effect: 'act', args: [0, 0] },
  loadbalance: {
    effect: 'quiet',
    args: [0, 2],
    check: ({ args: [policy] }) =>
      policy === undefined || policy === 'round_robin' || policy === 'weighted' ? undefined : `unknown policy: ${policy}`,
  },
  cache: {
    effect: 'act',
    properties: words('success denial prefetch serve_stale servfail disable keepttl'),
    check: ({ args: [ttl] }) =>
      ttl !== undefined && /^\d+$/.test(ttl) && Number(ttl) === 0 ? `cache TTL can not be zero or negative: ${ttl}` : undefined,
  },
  ...Object.fromEntries(
    words('bind bufsize cancel debug dnstap local metadata minimal multisocket nsid on pprof root timeouts trace any chaos').map((n) => [
      n,
      quiet(),
    ]),
  ),
}

/** Why CoreDNS does not start with these blocks; undefined when it does. */
export function refusal(blocks: readonly ServerBlock[], file: string): string | undefined {
  for (const { plugins } of blocks)
    for (const plugin of plugins) {
      const why = complaint(plugin, `${file}:${plugin.line} - Error during parsing: `)
      if (why !== undefined) return why
    }
  return undefined
}

function complaint(plugin: Plugin, at: string): string | undefined {
  const { name, args, lines } = plugin
  const rule = RULES[name]
  if (rule === undefined) return `plugin/${name}: clusterlab does not simulate this plug-in, and without it answers would be wrong`
  const [least, most] = rule.args ?? [0, Number.POSITIVE_INFINITY]
  if (args.length < least || args.length > most)
    return `plugin/${name}: ${at}Wrong argument count or unexpected line ending after '${args.at(-1) ?? name}'`
  const unknown = rule.properties && lines.find(([w]) => !rule.properties!.includes(w ?? ''))
  if (unknown) return `plugin/${name}: ${at}unknown property '${unknown[0]}'`
  const wrong = rule.check?.(plugin)
  return wrong === undefined ? undefined : `plugin/${name}: ${wrong}`
}
