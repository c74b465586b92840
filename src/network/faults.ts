/** What can go wrong with the network, as plain functions for whoever plans it. All of it is state in cells, and is taken back the same way. */
import type { Cluster } from '../client/contract.ts'
import { ipv4ToNumber } from '../lib/cidr.ts'
import type { ClusterNetwork } from './create-network.ts'
import type { LinkEnd, LinkFault } from './links.ts'

/** An end as people name it: a node, a pod as `namespace/name`, an address, a block, or the name of a machine outside. Undefined: there is none. */
export function linkEnd(cluster: Cluster, network: ClusterNetwork, name: string): LinkEnd | undefined {
  if (cluster.read.get('nodes', undefined, name)) return { node: name }
  if (ipv4ToNumber(name) !== undefined) return { cidr: `${name}/32` }
  const machine = network.outside.named(name)
  if (machine) return { cidr: `${machine.ip}/32` }
  const slash = name.indexOf('/')
  if (slash < 0) return undefined
  if (ipv4ToNumber(name.slice(0, slash)) !== undefined) return { cidr: name }
  const uid = cluster.read.get('pods', name.slice(0, slash), name.slice(slash + 1))?.metadata.uid
  return uid === undefined ? undefined : { podUid: uid }
}

const linkId = (from: string, to: string | undefined): string => `${from}>${to ?? '*'}`

/** Spoils the link between two ends (everything else when `to` is absent). False when an end is not there. */
export function spoilLink(
  cluster: Cluster,
  network: ClusterNetwork,
  from: string,
  to: string | undefined,
  how: Omit<LinkFault, 'a' | 'b'>,
): boolean {
  const a = linkEnd(cluster, network, from)
  const b = to === undefined ? undefined : linkEnd(cluster, network, to)
  if (a === undefined || (to !== undefined && b === undefined)) return false
  network.links.set(linkId(from, to), { ...how, a, ...(b && { b }) })
  return true
}

export const mendLink = (network: ClusterNetwork, from: string, to: string | undefined): void => network.links.clear(linkId(from, to))

/** Switches a machine outside the cluster (`nfs`, `dns`) off or on. False when there is none of that name. */
export function powerOutside(network: ClusterNetwork, name: string, on: boolean): boolean {
  const machine = network.outside.named(name)
  return machine !== undefined && network.outside.power(machine.ip, on)
}

/** The pods whose death takes the cluster's names away. */
export const nameServerPods = (cluster: Cluster): readonly string[] =>
  cluster.read.labelled('pods', 'kube-system', 'k8s-app', 'kube-dns').map((p) => `kube-system/${p.metadata.name}`)
