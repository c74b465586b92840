/**
 * NetworkPolicies made ready for asking: per namespace, selectors parsed, ports and blocks kept as data
 * (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
 */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../api/generated/types/networking-v1.ts'
import { labelSelectorOf, matchesLabels, type Selector } from '../../api/selectors.ts'
import { cidrContains } from '../../lib/cidr.ts'

/** One side of a conversation as policies see it: a pod, or just an address. */
export interface Party {
  readonly ip: string
  readonly pod?: Pod
  /** Labels of the pod's namespace. */
  readonly namespaceLabels?: Readonly<Record<string, string>>
}

interface Peer {
  readonly block?: { readonly cidr: string; readonly except: readonly string[] }
  /** Absent: pods of the policy's own namespace. */
  readonly namespaces?: Selector
  readonly pods?: Selector
}

interface Rule {
  /** Absent: everybody. */
  readonly peers?: readonly Peer[]
  /** Absent: every port. */
  readonly ports?: readonly NetworkPolicyPort[]
}

export interface CompiledPolicy {
  readonly name: string
  readonly namespace: string
  readonly pods: Selector
  /** Absent when the policy says nothing about the direction. */
  readonly ingress?: readonly Rule[]
  readonly egress?: readonly Rule[]
}

const peerOf = (peer: NetworkPolicyPeer): Peer =>
  peer.ipBlock
    ? { block: { cidr: peer.ipBlock.cidr, except: peer.ipBlock.except ?? [] } }
    : {
        ...(peer.namespaceSelector && { namespaces: labelSelectorOf(peer.namespaceSelector) }),
        ...(peer.podSelector && { pods: labelSelectorOf(peer.podSelector) }),
      }

function ruleOf(peers: readonly NetworkPolicyPeer[] | undefined, ports: readonly NetworkPolicyPort[] | undefined): Rule {
  return { ...(peers && peers.length > 0 && { peers: peers.map(peerOf) }), ...(ports && ports.length > 0 && { ports }) }
}

export function compilePolicy(policy: NetworkPolicy): CompiledPolicy {
  const { spec } = policy
  const types = spec?.policyTypes ?? ['Ingress', ...(spec?.egress ? (['Egress'] as const) : [])]
  return {
    name: policy.metadata.name,
    namespace: policy.metadata.namespace!,
    pods: labelSelectorOf(spec?.podSelector ?? {}),
    ...(types.includes('Ingress') && { ingress: (spec?.ingress ?? []).map((r) => ruleOf(r.from, r.ports)) }),
    ...(types.includes('Egress') && { egress: (spec?.egress ?? []).map((r) => ruleOf(r.to, r.ports)) }),
  }
}

function peerMatches(peer: Peer, policyNamespace: string, party: Party): boolean {
  if (peer.block) return cidrContains(peer.block.cidr, party.ip) && !peer.block.except.some((e) => cidrContains(e, party.ip))
  if (party.pod === undefined) return false
  if (
    peer.namespaces === undefined
      ? party.pod.metadata.namespace !== policyNamespace
      : !matchesLabels(peer.namespaces, party.namespaceLabels)
  )
    return false
  return peer.pods === undefined || matchesLabels(peer.pods, party.pod.metadata.labels)
}

function namedPort(pod: Pod | undefined, name: string, protocol: string): number | undefined {
  for (const container of [...(pod?.spec?.containers ?? []), ...(pod?.spec?.initContainers ?? [])])
    for (const port of container.ports ?? []) if (port.name === name && (port.protocol ?? 'TCP') === protocol) return port.containerPort
  return undefined
}

/** A rule's port always means the destination's; a name is looked up in the destination pod. */
function portMatches(wanted: NetworkPolicyPort, port: number, protocol: string, destination: Pod | undefined): boolean {
  if ((wanted.protocol ?? 'TCP') !== protocol) return false
  if (wanted.port === undefined || wanted.port === null) return true
  if (typeof wanted.port === 'string') return namedPort(destination, wanted.port, protocol) === port
  return wanted.endPort ? port >= wanted.port && port <= wanted.endPort : port === wanted.port
}

export interface Conversation {
  readonly port: number
  readonly protocol: string
  /** The pod that is dialled, if it is one. */
  readonly destination: Pod | undefined
}

const allows = (rule: Rule, policy: CompiledPolicy, other: Party, talk: Conversation): boolean =>
  (rule.ports === undefined || rule.ports.some((p) => portMatches(p, talk.port, talk.protocol, talk.destination))) &&
  (rule.peers === undefined || rule.peers.some((p) => peerMatches(p, policy.namespace, other)))

export type Ruling = { readonly allowed: true; readonly by?: string } | { readonly allowed: false; readonly isolatedBy: readonly string[] }

/** Whether the policies that select a pod let it talk with the other party in this direction. Policies add up; none selecting it allows all. */
export function rule(
  policies: readonly CompiledPolicy[],
  pod: Pod,
  direction: 'ingress' | 'egress',
  other: Party,
  talk: Conversation,
): Ruling {
  const isolatedBy: string[] = []
  for (const policy of policies) {
    const rules = policy[direction]
    if (rules === undefined || !matchesLabels(policy.pods, pod.metadata.labels)) continue
    if (rules.some((r) => allows(r, policy, other, talk))) return { allowed: true, by: policy.name }
    isolatedBy.push(policy.name)
  }
  return isolatedBy.length === 0 ? { allowed: true } : { allowed: false, isolatedBy }
}
