/** Who has an address: pods by the address of their network namespace, nodes by their own, found by index. */
import type { Node, Pod } from '../api/generated/types/core-v1.ts'
import type { ApiObject } from '../api/meta.ts'
import type { Cluster } from '../client/contract.ts'

const POD_IP = 'network/pod-ip'
const NODE_IP = 'network/node-ip'

/** A pod whose network namespace exists: it has an address and has not ended. */
const podAddresses = (object: ApiObject): readonly string[] => {
  const pod = object as Pod
  const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  return pod.status?.podIP && !pod.spec?.hostNetwork && !over ? [pod.status.podIP] : []
}

const nodeAddresses = (object: ApiObject): readonly string[] =>
  ((object as Node).status?.addresses ?? []).filter((a) => a.type === 'InternalIP' || a.type === 'ExternalIP').map((a) => a.address)

export class Addresses {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    cluster.defineIndex('pods', POD_IP, podAddresses)
    cluster.defineIndex('nodes', NODE_IP, nodeAddresses)
  }

  pod(ip: string): Pod | undefined {
    const found = this.#cluster.read.byIndex('pods', POD_IP, ip)
    return found.find((p) => p.metadata.deletionTimestamp === undefined) ?? found[0]
  }

  /** The name of the node that has this address. */
  node(ip: string): string | undefined {
    return this.#cluster.read.byIndex('nodes', NODE_IP, ip)[0]?.metadata.name
  }

  nodeIp(name: string): string | undefined {
    return this.#cluster.read.get('nodes', undefined, name)?.status?.addresses?.find((a) => a.type === 'InternalIP')?.address
  }
}
