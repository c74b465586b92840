/**
 * `kubectl describe networkpolicy`: what it allows, in sentences.
 */
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../api/generated/types/networking-v1.ts'
import { civilFromMs, parseTime } from '../../../api/rfc3339.ts'
import { formatLabelSelector } from '../../../api/selectors.ts'
import { annotations, labels } from '../../describe/fields.ts'
import { type DescribeWriter, describeWith } from '../../describe/writer.ts'

const two = (n: number): string => String(n).padStart(2, '0')

/** As Go prints a time: `2026-11-20 05:45:05 +0000 UTC`. */
function goTime(time: string | undefined): string {
  const ms = time === undefined ? undefined : parseTime(time)
  if (ms === undefined) return '0001-01-01 00:00:00 +0000 UTC'
  const c = civilFromMs(ms)
  return `${c.year}-${two(c.month)}-${two(c.day)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} +0000 UTC`
}

function portLines(writer: DescribeWriter, ports: readonly NetworkPolicyPort[]): void {
  if (ports.length === 0) writer.line(2, 'To Port: <any> (traffic allowed to all ports)')
  for (const { port, endPort, protocol = 'TCP' } of ports)
    writer.line(2, endPort === undefined ? `To Port: ${port ?? '<any>'}/${protocol}` : `To Port Range: ${port}-${endPort}/${protocol}`)
}

function peerLines(writer: DescribeWriter, peers: readonly NetworkPolicyPeer[], side: 'From' | 'To', what: string): void {
  if (peers.length === 0) writer.line(2, `${side}: <any> (traffic not restricted by ${what})`)
  for (const { podSelector, namespaceSelector, ipBlock } of peers) {
    writer.line(2, `${side}:`)
    if (ipBlock !== undefined) {
      writer.line(3, `IPBlock:\n        CIDR: ${ipBlock.cidr}`)
      writer.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`)
      continue
    }
    if (namespaceSelector !== undefined) writer.line(3, `NamespaceSelector: ${formatLabelSelector(namespaceSelector)}`)
    if (podSelector !== undefined) writer.line(3, `PodSelector: ${formatLabelSelector(podSelector)}`)
  }
}

type Rule = readonly [ports: readonly NetworkPolicyPort[], peers: readonly NetworkPolicyPeer[]]

function ruleLines(writer: DescribeWriter, rules: readonly Rule[], direction: 'ingress' | 'egress'): void {
  if (rules.length === 0) writer.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`)
  for (const [i, [ports, peers]] of rules.entries()) {
    portLines(writer, ports)
    if (direction === 'ingress') peerLines(writer, peers, 'From', 'source')
    else peerLines(writer, peers, 'To', 'destination')
    if (i < rules.length - 1) writer.line(2, '----------')
  }
}

function directionLines(writer: DescribeWriter, affected: boolean, direction: 'ingress' | 'egress', rules: readonly Rule[]): void {
  writer.line(1, affected ? `Allowing ${direction} traffic:` : `Not affecting ${direction} traffic`)
  if (affected) ruleLines(writer, rules, direction)
}

export const describe = (o: NetworkPolicy): string =>
  describeWith((writer) => {
    const { podSelector, policyTypes = [], ingress = [], egress = [] } = o.spec ?? {}
    const selected = formatLabelSelector(podSelector)
    const everyPod = ' (Allowing the specific traffic to all pods in this namespace)'
    writer.line(0, `Name:\t${o.metadata.name}\nNamespace:\t${o.metadata.namespace}`)
    writer.line(0, `Created on:\t${goTime(o.metadata.creationTimestamp)}`)
    labels(writer, 'Labels', o.metadata.labels)
    annotations(writer, 'Annotations', o.metadata.annotations)
    writer.line(0, 'Spec:')
    writer.line(1, `PodSelector:     ${selected}${selected === '<none>' ? everyPod : ''}`)
    directionLines(
      writer,
      policyTypes.includes('Ingress'),
      'ingress',
      ingress.map((r) => [r.ports ?? [], r.from ?? []]),
    )
    directionLines(
      writer,
      policyTypes.includes('Egress'),
      'egress',
      egress.map((r) => [r.ports ?? [], r.to ?? []]),
    )
    writer.line(1, `Policy Types: ${policyTypes.join(', ')}`)
  })
