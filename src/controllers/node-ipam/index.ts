/** Node IPAM: every node is given a /24 of the cluster's pod network (--cluster-cidr), the lowest that is free. */
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import { formatCidr, parseCidr, subnetAt } from '../../lib/cidr.ts'

/** What kubeadm's flannel clusters have. */
export const USUAL_POD_CIDR = '10.244.0.0/16'
const NODE_BITS = 24

function reconcile(name: string, context: ReconcileContext, clusterCidr: string): void {
  const node = context.read.get('nodes', undefined, name)
  if (node === undefined || node.spec?.podCIDR !== undefined) return
  const taken = new Set(context.read.list('nodes').map((n) => n.spec?.podCIDR))
  const podCIDR = lowestFree(clusterCidr, taken)
  if (podCIDR === undefined) {
    context.events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
    return
  }
  context.write.modify('nodes', undefined, name, (draft) => {
    draft.spec = { ...draft.spec, podCIDR, podCIDRs: [podCIDR] }
  })
}

function lowestFree(clusterCidr: string, taken: ReadonlySet<string | undefined>): string | undefined {
  const blocks = 2 ** (NODE_BITS - parseCidr(clusterCidr)!.bits)
  for (let k = 0; k < blocks; k++) {
    const free = formatCidr(subnetAt(clusterCidr, NODE_BITS, k)!)
    if (!taken.has(free)) return free
  }
  return undefined
}

export const nodeIpamController = (clusterCidr = USUAL_POD_CIDR): ControllerDefinition => ({
  name: 'node-ipam',
  component: 'cidrAllocator',
  watches: [{ resource: 'nodes', own: true, when: (change) => change.before === undefined }],
  initial: (read) => read.list('nodes').map((n) => n.metadata.name),
  reconcile: (name, context) => reconcile(name, context, clusterCidr),
})
