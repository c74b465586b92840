/** Whether an add-on's pods do their work: a control loop of the network or storage room runs only as long as a pod of its add-on does. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { Cluster } from '../../client/contract.ts'
import type { Hosts } from '../contract.ts'

export interface AddOn {
  readonly namespace: string
  /** A label and its value that only the add-on's pods carry. */
  readonly label: readonly [key: string, value: string]
}

const isReady = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true

/** Its ready pods on machines that are on and can reach the API. */
export function livePods(cluster: Cluster, hosts: Hosts, { namespace, label }: AddOn): readonly Pod[] {
  const [key, value] = label
  return cluster.read
    .labelled('pods', namespace, key, value)
    .filter((p) => isReady(p) && p.spec?.nodeName !== undefined && hosts.nodeIsUp(p.spec.nodeName))
}

export const isAlive = (cluster: Cluster, hosts: Hosts, addOn: AddOn): boolean => livePods(cluster, hosts, addOn).length > 0

/** Whether a changed pod is one of the add-on's. */
export const isPodOf = (
  addOn: AddOn,
  pod: { readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> } } | undefined,
): boolean => pod?.metadata.namespace === addOn.namespace && pod.metadata.labels?.[addOn.label[0]] === addOn.label[1]
