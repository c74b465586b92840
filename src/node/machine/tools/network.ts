/** ip and iptables of a node: its interfaces and routes as flannel (VXLAN) sets them, and the rules kube-proxy wrote. */

import { sha256 } from '../../../lib/hash.ts'
import { iptablesSave } from '../../../network/proxy/iptables-save.ts'
import type { ToolContext, ToolResult } from '../../../script/contract.ts'
import { podRuns } from '../../containers-of.ts'
import { failed, type Machine, type MachineTool, said } from '../contract.ts'

const mac = (seed: string, head: string): string =>
  `${head}${(
    sha256(seed)
      .slice(0, 12 - head.replaceAll(':', '').length)
      .match(/../g) ?? []
  ).join(':')}`
const base = (cidr: string): string => cidr.split('/')[0]!
const firstHost = (cidr: string): string => base(cidr).replace(/\.0$/, '.1')

interface Interface {
  readonly name: string
  readonly flags: string
  readonly mtu: number
  readonly state: string
  readonly link: string
  readonly address?: string
  readonly extra?: string
}

/** Pods with an address of their own, in the order in which they came. */
const podsWithAddress = (machine: Machine): readonly { readonly uid: string; readonly ip: string }[] =>
  [...podRuns(machine)].reverse().filter((r) => r.ip !== '' && !r.hostNetwork && r.sandboxMs > 0)

function interfaces(machine: Machine): Interface[] {
  const { ip, podCidr } = machine.specification
  const cut = machine.power().cut === true
  const up = 'BROADCAST,MULTICAST,UP,LOWER_UP'
  const pods = podsWithAddress(machine)
  return [
    {
      name: 'lo',
      flags: 'LOOPBACK,UP,LOWER_UP',
      mtu: 65536,
      state: 'UNKNOWN',
      link: 'link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
      address: '127.0.0.1/8 scope host lo',
    },
    {
      name: 'eth0',
      flags: cut ? 'NO-CARRIER,BROADCAST,MULTICAST,UP' : up,
      mtu: 1500,
      state: cut ? 'DOWN' : 'UP',
      link: `link/ether ${mac(machine.name, '52:54:00:')} brd ff:ff:ff:ff:ff:ff`,
      address: `${ip}/16 brd 192.168.255.255 scope global eth0`,
    },
    {
      name: 'flannel.1',
      flags: up,
      mtu: 1450,
      state: 'UNKNOWN',
      link: `link/ether ${mac(`${machine.name}/flannel`, '')} brd ff:ff:ff:ff:ff:ff`,
      address: `${base(podCidr)}/32 scope global flannel.1`,
    },
    ...(pods.length === 0
      ? []
      : [
          {
            name: 'cni0',
            flags: up,
            mtu: 1450,
            state: 'UP',
            link: `link/ether ${mac(`${machine.name}/cni`, '')} brd ff:ff:ff:ff:ff:ff`,
            address: `${firstHost(podCidr)}/${podCidr.split('/')[1]} brd ${base(podCidr).replace(/\.0$/, '.255')} scope global cni0`,
          },
        ]),
    ...pods.map((pod) => ({
      name: `veth${sha256(pod.uid).slice(0, 8)}@if2`,
      flags: up,
      mtu: 1450,
      state: 'UP',
      extra: ' master cni0',
      link: `link/ether ${mac(pod.uid, '')} brd ff:ff:ff:ff:ff:ff`,
    })),
  ]
}

function addresses(machine: Machine): string {
  return interfaces(machine)
    .map((i, n) => {
      const head = `${n + 1}: ${i.name}: <${i.flags}> mtu ${i.mtu} qdisc noqueue${i.extra ?? ''} state ${i.state} group default`
      return [
        head,
        `    ${i.link}`,
        ...(i.address ? [`    inet ${i.address}`, '       valid_lft forever preferred_lft forever'] : []),
      ].join('\n')
    })
    .join('\n')
}

function routes(machine: Machine): string {
  const { ip, podCidr } = machine.specification
  const others = machine.fleet.nodes.filter((n) => n !== machine.name).map((n) => machine.fleet.specification(n)!.podCidr)
  const lines = [
    'default via 192.168.0.1 dev eth0 proto static',
    ...(podsWithAddress(machine).length > 0 ? [`${podCidr} dev cni0 proto kernel scope link src ${firstHost(podCidr)}`] : []),
    ...others.map((cidr) => `${cidr} via ${base(cidr)} dev flannel.1 onlink`),
    `192.168.0.0/16 dev eth0 proto kernel scope link src ${ip}`,
  ]
  return lines.join('\n')
}

const ip: MachineTool = {
  names: ['ip'],
  run: (machine, ctx) => {
    const [object = '', verb = 'show'] = ctx.argv.slice(1).filter((w) => !w.startsWith('-'))
    if (!['show', 'list', 'ls', 'sh', 's'].includes(verb))
      return failed(`ip ${object} ${verb}: not simulated; there are ip addr, ip link and ip route, to look at`)
    if ('address'.startsWith(object) && object !== '') return said(addresses(machine))
    if ('route'.startsWith(object) && object !== '') return said(routes(machine))
    if ('link'.startsWith(object) && object !== '')
      return said(
        addresses(machine)
          .split('\n')
          .filter((l) => !/^ +(inet|valid_lft)/.test(l))
          .join('\n'),
      )
    return failed(`ip ${object}: not simulated; there are ip addr, ip link and ip route`)
  },
}

const saved = (machine: Machine): string =>
  iptablesSave(machine.network.table.rulesOn(machine.name), { node: machine.name, podCidr: machine.specification.podCidr })

const tableOf = (text: string, name: string): string[] => {
  const lines = text.split('\n')
  const from = lines.indexOf(`*${name}`)
  return from < 0 ? [] : lines.slice(from, lines.indexOf('COMMIT', from) + 1)
}

const TABLES = ['filter', 'nat']
const chosen = (ctx: ToolContext): string | undefined => {
  const at = ctx.argv.findIndex((w) => w === '-t' || w === '--table')
  return at > 0 ? ctx.argv[at + 1] : undefined
}

const save: MachineTool = {
  names: ['iptables-save'],
  run: (machine, ctx) => {
    const wanted = chosen(ctx)
    if (wanted === undefined) return said(saved(machine))
    return TABLES.includes(wanted) ? said(tableOf(saved(machine), wanted).join('\n')) : said('')
  },
}

interface Rule {
  target: string
  protocol: string
  source: string
  destination: string
  rest: string[]
}

/** One rule of `iptables-save` in the columns of `iptables -L -n`. */
function listed(line: string): Rule {
  const words = line.match(/"[^"]*"|\S+/g) ?? []
  const rule: Rule = { target: '', protocol: 'all', source: '0.0.0.0/0', destination: '0.0.0.0/0', rest: [] }
  let not = ''
  for (let i = 2; i < words.length; i++) {
    const word = words[i]!
    const next = (): string => words[++i] ?? ''
    const plain = (address: string): string => `${not}${address.replace(/\/32$/, '')}`
    if (word === '!') {
      not = '!'
      continue
    }
    if (word === '-j') rule.target = next()
    else if (word === '-p') rule.protocol = next()
    else if (word === '-s') rule.source = plain(next())
    else if (word === '-d') rule.destination = plain(next())
    else if (word === '--comment') rule.rest.push(`/* ${next().replaceAll('"', '')} */`)
    else if (word === '--dport') rule.rest.push(`${rule.protocol} dpt:${next()}`)
    else if (word === '--to-destination') rule.rest.push(`to:${next()}`)
    else if (word === '--probability') rule.rest.push(`statistic mode random probability ${next()}`)
    else if (word === '-m' || word === '--mode') next()
    else rule.rest.push(word.replace(/^--/, ''))
    not = ''
  }
  return rule
}

function list(machine: Machine, tableName: string, chain: string | undefined): ToolResult {
  const lines = tableOf(saved(machine), tableName)
  const heads = lines.filter((l) => l.startsWith(':')).map((l) => l.slice(1).split(' ')[0]!)
  const builtIn = tableName === 'nat' ? ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'] : ['INPUT', 'FORWARD', 'OUTPUT']
  const chains = [...builtIn, ...heads]
  if (chain !== undefined && !chains.includes(chain)) return failed('iptables: No chain/target/match by that name.')
  const uses = (name: string): number => lines.filter((l) => l.startsWith('-A ') && l.endsWith(` -j ${name}`)).length
  const blocks = (chain === undefined ? chains : [chain]).map((name) => {
    const rules = lines.filter((l) => l.startsWith(`-A ${name} `)).map(listed)
    const head = builtIn.includes(name) ? `Chain ${name} (policy ACCEPT)` : `Chain ${name} (${uses(name)} references)`
    const rows = rules.map((r) =>
      `${r.target.padEnd(10)} ${r.protocol.padEnd(4)} --  ${r.source.padEnd(20)} ${r.destination.padEnd(20)} ${r.rest.join(' ')}`.trimEnd(),
    )
    return [head, 'target     prot opt source               destination         ', ...rows].join('\n')
  })
  return said(blocks.join('\n\n'))
}

const iptables: MachineTool = {
  names: ['iptables'],
  run: (machine, ctx) => {
    const tableName = chosen(ctx) ?? 'filter'
    const at = ctx.argv.findIndex((w) => /^-[nv]*L[nv]*$/.test(w) || w === '--list')
    if (at < 0)
      return failed(
        'iptables: changing rules is not simulated (kube-proxy would write its own again); iptables -t nat -L -n, iptables-save',
      )
    if (!TABLES.includes(tableName)) return failed(`iptables: the table ${tableName} is not simulated; there are nat and filter`)
    const chain = ctx.argv[at + 1]
    return list(machine, tableName, chain?.startsWith('-') ? undefined : chain)
  },
}

export const networkMachineTools: readonly MachineTool[] = [ip, save, iptables]
