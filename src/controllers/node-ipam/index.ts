/** Node IPAM: every node is given a /24 of the cluster's pod network, the lowest that is free. */
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'

const cidr = (k: number): string => `10.244.${k}.0/24`

function reconcile(name: string, context: ReconcileContext): void {
  const node = context.read.get('nodes', undefined, name)
  if (node === undefined || node.spec?.podCIDR !== undefined) return
  const taken = new Set(context.read.list('nodes').map((n) => n.spec?.podCIDR))
  let k = 0
  while (k < 256 && taken.has(cidr(k))) k++
  if (k === 256) {
    context.events.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
    return
  }
  context.write.modify('nodes', undefined, name, (draft) => {
    draft.spec = { ...draft.spec, podCIDR: cidr(k), podCIDRs: [cidr(k)] }
  })
}

export const nodeIpamController: ControllerDefinition = {
  name: 'node-ipam',
  component: 'cidrAllocator',
  watches: [{ resource: 'nodes', own: true, when: (change) => change.before === undefined }],
  initial: (read) => read.list('nodes').map((n) => n.metadata.name),
  reconcile,
}
