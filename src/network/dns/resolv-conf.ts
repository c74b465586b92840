/** A pod's /etc/resolv.conf as the kubelet writes it from dnsPolicy and dnsConfig (pkg/kubelet/network/dns). */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { EXTERNAL_DNS_IP } from '../outside.ts'

export const CLUSTER_DOMAIN = 'cluster.local'

export interface ResolvConf {
  readonly nameservers: readonly string[]
  readonly search: readonly string[]
  readonly options: readonly string[]
}

/** What nodes and machines outside use. */
export const HOST_RESOLV_CONF: ResolvConf = { nameservers: [EXTERNAL_DNS_IP], search: [], options: [] }

type PodDns = Pick<Pod, 'spec' | 'metadata'>

function ofPolicy({ spec, metadata }: PodDns, clusterDns: string): ResolvConf {
  const policy = spec?.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return { nameservers: [], search: [], options: [] }
  if (policy === 'Default' || (policy === 'ClusterFirst' && spec?.hostNetwork)) return HOST_RESOLV_CONF
  const { namespace } = metadata
  return {
    nameservers: [clusterDns],
    search: [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN, ...HOST_RESOLV_CONF.search],
    options: ['ndots:5'],
  }
}

/** Options of dnsConfig replace those of the same name. */
function mergeOptions(base: readonly string[], more: readonly string[]): string[] {
  const nameOf = (option: string): string => option.split(':')[0]!
  return [...base.filter((b) => !more.some((m) => nameOf(m) === nameOf(b))), ...more]
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]
const made = new WeakMap<object, ResolvConf>()

/** `clusterDns` is the address of the cluster's DNS, as the kubelets are told. */
export function resolvConfOf(pod: PodDns, clusterDns: string): ResolvConf {
  const key = pod.spec ?? pod
  const known = made.get(key)
  if (known !== undefined) return known
  const base = ofPolicy(pod, clusterDns)
  const own = pod.spec?.dnsConfig
  const conf: ResolvConf = {
    nameservers: unique([...base.nameservers, ...(own?.nameservers ?? [])]).slice(0, 3),
    search: unique([...base.search, ...(own?.searches ?? [])]),
    options: mergeOptions(
      base.options,
      (own?.options ?? []).map((o) => (o.value ? `${o.name}:${o.value}` : o.name!)),
    ),
  }
  made.set(key, conf)
  return conf
}

/** The file's text. */
export function resolvConfText(conf: ResolvConf): string {
  const search = conf.search.length > 0 ? `search ${conf.search.join(' ')}\n` : ''
  const options = conf.options.length > 0 ? `options ${conf.options.join(' ')}\n` : ''
  return `${search}${conf.nameservers.map((n) => `nameserver ${n}\n`).join('')}${options}`
}

/** A numeric option, or what holds without it. */
export function optionOf(conf: ResolvConf, name: string, otherwise: number): number {
  const found = conf.options.find((o) => o.startsWith(`${name}:`))
  return found === undefined ? otherwise : Number(found.slice(name.length + 1))
}
