/** A node's service rules as `iptables-save -t nat` and `-t filter` print what kube-proxy wrote (pkg/proxy/iptables). */
import { createHash } from 'node:crypto'
import type { EndpointRule, PortRule } from './rules.ts'
import { choiceOf } from './rules.ts'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      text += BASE32[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text
}

const chain = (prefix: string, ...parts: readonly string[]): string =>
  `${prefix}${base32(createHash('sha256').update(parts.join('')).digest()).slice(0, 16)}`

const nameOf = (rule: PortRule): string => rule.name
const serviceChain = (rule: PortRule): string => chain('KUBE-SVC-', nameOf(rule), rule.protocol.toLowerCase())
const localChain = (rule: PortRule): string => chain('KUBE-SVL-', nameOf(rule), rule.protocol.toLowerCase())
const externalChain = (rule: PortRule): string => chain('KUBE-EXT-', nameOf(rule), rule.protocol.toLowerCase())
const endpointChain = (rule: PortRule, e: EndpointRule): string =>
  chain('KUBE-SEP-', nameOf(rule), rule.protocol.toLowerCase(), `${e.ip}:${e.port}`)

interface Tables {
  readonly chains: Set<string>
  readonly nat: string[]
  readonly filter: string[]
}

export interface IptablesOptions {
  readonly node: string
  readonly zone?: string
  readonly podCidr: string
}

/** The lines of one node. */
export function iptablesSave(rules: readonly PortRule[], options: IptablesOptions): string {
  const tables: Tables = { chains: new Set(['KUBE-SERVICES', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ']), nat: [], filter: [] }
  const ports: string[] = []
  for (const rule of rules) ports.push(...portLines(rule, options, tables))
  tables.nat.push(
    '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
  )
  return [
    '*filter',
    ':KUBE-EXTERNAL-SERVICES - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
    '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ...tables.filter,
    'COMMIT',
    '*nat',
    ...[...tables.chains].sort().map((c) => `:${c} - [0:0]`),
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0',
    '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
    ...ports,
    ...tables.nat,
    'COMMIT',
    '',
  ].join('\n')
}

function portLines(rule: PortRule, options: IptablesOptions, tables: Tables): string[] {
  const protocol = rule.protocol.toLowerCase()
  const match = `-p ${protocol} -m ${protocol} --dport`
  const { endpoints } = choiceOf(rule, options.node, options.zone, false)
  const external = rule.externalIps.length + rule.balancerIps.length > 0 || rule.nodePort !== undefined
  if (endpoints.length === 0) {
    tables.filter.push(...closed(rule, 'internal', 'endpoints', REJECT), ...closed(rule, 'external', 'endpoints', REJECT))
    return []
  }
  const lines: string[] = []
  const target = rule.internalLocal ? localChain(rule) : serviceChain(rule)
  const noneHere = choiceOf(rule, options.node, options.zone, true).endpoints.length === 0
  if (noneHere && rule.internalLocal) tables.filter.push(...closed(rule, 'internal', 'local endpoints', 'DROP'))
  if (noneHere && rule.externalLocal) tables.filter.push(...closed(rule, 'external', 'local endpoints', 'DROP'))
  for (const ip of noneHere && rule.internalLocal ? [] : rule.clusterIps)
    lines.push(
      `-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} -m comment --comment "${nameOf(rule)} cluster IP" -m ${protocol} --dport ${rule.port} -j ${target}`,
    )
  for (const ip of rule.externalIps)
    lines.push(
      `-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} -m comment --comment "${nameOf(rule)} external IP" -m ${protocol} --dport ${rule.port} -j ${externalChain(rule)}`,
    )
  for (const ip of rule.balancerIps)
    lines.push(
      `-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} -m comment --comment "${nameOf(rule)} loadbalancer IP" -m ${protocol} --dport ${rule.port} -j ${externalChain(rule)}`,
    )
  if (rule.nodePort !== undefined)
    tables.nat.push(`-A KUBE-NODEPORTS ${match} ${rule.nodePort} -m comment --comment "${nameOf(rule)}" -j ${externalChain(rule)}`)
  if (external) tables.nat.push(...externalLines(rule, options, tables))
  tables.nat.push(...balanced(serviceChain(rule), rule, endpoints, options, tables, true))
  if (rule.internalLocal) tables.nat.push(...localLines(rule, options, tables))
  for (const e of endpoints) tables.nat.push(...endpointLines(rule, e, tables))
  return lines
}

const REJECT = 'REJECT --reject-with icmp-port-unreachable'

/** What the filter table does with packets to a Service that has nobody for them: those to its own address, or those from outside. */
function closed(rule: PortRule, from: 'internal' | 'external', lacks: string, target: string): string[] {
  const protocol = rule.protocol.toLowerCase()
  const line = (chainName: string, to: string, port: number, local = ''): string =>
    `-A ${chainName}${to} -p ${protocol} -m comment --comment "${nameOf(rule)} has no ${lacks}"${local} -m ${protocol} --dport ${port} -j ${target}`
  if (from === 'internal') return rule.clusterIps.map((ip) => line('KUBE-SERVICES', ` -d ${ip}/32`, rule.port))
  const own = [...rule.externalIps, ...rule.balancerIps].map((ip) => line('KUBE-EXTERNAL-SERVICES', ` -d ${ip}/32`, rule.port))
  return rule.nodePort === undefined ? own : [...own, line('KUBE-EXTERNAL-SERVICES', '', rule.nodePort, ' -m addrtype --dst-type LOCAL')]
}

function externalLines(rule: PortRule, options: IptablesOptions, tables: Tables): string[] {
  const ext = externalChain(rule)
  tables.chains.add(ext)
  if (!rule.externalLocal)
    return [
      `-A ${ext} -m comment --comment "masquerade traffic for ${nameOf(rule)} external destinations" -j KUBE-MARK-MASQ`,
      `-A ${ext} -j ${serviceChain(rule)}`,
    ]
  return [
    `-A ${ext} -s ${options.podCidr} -m comment --comment "pod traffic for ${nameOf(rule)} external destinations" -j ${serviceChain(rule)}`,
    `-A ${ext} -m comment --comment "masquerade LOCAL traffic for ${nameOf(rule)} external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    `-A ${ext} -m comment --comment "route LOCAL traffic for ${nameOf(rule)} external destinations" -m addrtype --src-type LOCAL -j ${serviceChain(rule)}`,
    // What is for no pod of this node falls through to the filter table.
    ...(choiceOf(rule, options.node, options.zone, true).endpoints.length > 0 ? [`-A ${ext} -j ${localChain(rule)}`] : []),
    ...(rule.internalLocal ? [] : localLines(rule, options, tables)),
  ]
}

function localLines(rule: PortRule, options: IptablesOptions, tables: Tables): string[] {
  const { endpoints } = choiceOf(rule, options.node, options.zone, true)
  if (endpoints.length === 0) return []
  tables.chains.add(localChain(rule))
  return balanced(localChain(rule), rule, endpoints, options, tables, false)
}

function balanced(
  from: string,
  rule: PortRule,
  endpoints: readonly EndpointRule[],
  options: IptablesOptions,
  tables: Tables,
  masquerade: boolean,
): string[] {
  tables.chains.add(from)
  const lines: string[] = []
  const protocol = rule.protocol.toLowerCase()
  if (masquerade)
    for (const ip of rule.clusterIps)
      lines.push(
        `-A ${from} ! -s ${options.podCidr} -d ${ip}/32 -p ${protocol} -m comment --comment "${nameOf(rule)} cluster IP" -m ${protocol} --dport ${rule.port} -j KUBE-MARK-MASQ`,
      )
  if (rule.affinitySeconds !== undefined)
    for (const e of endpoints)
      lines.push(
        `-A ${from} -m comment --comment "${nameOf(rule)} -> ${e.ip}:${e.port}" -m recent --rcheck --seconds ${rule.affinitySeconds} --reap --name ${endpointChain(rule, e)} --mask 255.255.255.255 --rsource -j ${endpointChain(rule, e)}`,
      )
  for (const [i, e] of endpoints.entries()) {
    const left = endpoints.length - i
    const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(11)}` : ''
    lines.push(`-A ${from} -m comment --comment "${nameOf(rule)} -> ${e.ip}:${e.port}"${chance} -j ${endpointChain(rule, e)}`)
  }
  return lines
}

function endpointLines(rule: PortRule, e: EndpointRule, tables: Tables): string[] {
  const name = endpointChain(rule, e)
  if (tables.chains.has(name)) return []
  tables.chains.add(name)
  const protocol = rule.protocol.toLowerCase()
  const recent = rule.affinitySeconds === undefined ? '' : ` -m recent --set --name ${name} --mask 255.255.255.255 --rsource`
  return [
    `-A ${name} -s ${e.ip}/32 -m comment --comment "${nameOf(rule)}" -j KUBE-MARK-MASQ`,
    `-A ${name} -p ${protocol} -m comment --comment "${nameOf(rule)}"${recent} -m ${protocol} -j DNAT --to-destination ${e.ip}:${e.port}`,
  ]
}
