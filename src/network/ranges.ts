/** The cluster's two private ranges: what pods and what Services get their addresses from. kubeadm calls them podSubnet and serviceSubnet. */
import { USUAL_POD_CIDR } from '../controllers/node-ipam/index.ts'
import { USUAL_SERVICE_CIDR } from '../kinds/networking/servicecidr/usual.ts'
import { addressAt, addressCount, cidrsOverlap, formatCidr, parseCidr, subnetAt } from '../lib/cidr.ts'
import { COMPANY_NETWORK } from './outside.ts'

export interface NetworkRanges {
  readonly podCidr: string
  readonly serviceCidr: string
}

export const USUAL_RANGES: NetworkRanges = { podCidr: USUAL_POD_CIDR, serviceCidr: USUAL_SERVICE_CIDR }

/** Of the pods' range each node has one block of this size. */
const NODE_BITS = 24
/** The API server holds no more Service addresses than of a /12; with fewer than of a /24 the add-ons alone would fill the range. */
const SERVICE_BITS = { least: 12, most: 24 }
const NOT_TO_BE_USED = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']

/** Where the Service `kubernetes` is: the range's first address. */
export const apiServiceIp = (ranges: NetworkRanges): string => addressAt(ranges.serviceCidr, 1)!
/** Where the cluster's DNS is: the tenth. */
export const dnsServiceIp = (ranges: NetworkRanges): string => addressAt(ranges.serviceCidr, 10)!

/** The nth node's block, from 0. Undefined past the end. */
export function nodePodCidr(ranges: NetworkRanges, n: number): string | undefined {
  const block = subnetAt(ranges.podCidr, NODE_BITS, n)
  return block && formatCidr(block)
}

export interface RangeProblem {
  readonly field: keyof NetworkRanges
  readonly message: string
}

function own(field: keyof NetworkRanges, cidr: string, nodes: number): string | undefined {
  const block = parseCidr(cidr)
  if (block === undefined || block.family !== 4) return `${cidr} is no IPv4 network such as ${USUAL_RANGES[field]}`
  if (formatCidr(block) !== cidr) return `${cidr} is an address within a network; the network is ${formatCidr(block)}`
  const taken = [COMPANY_NETWORK, ...NOT_TO_BE_USED].find((other) => cidrsOverlap(other, block))
  if (taken === COMPANY_NETWORK) return `${cidr} overlaps ${taken}, the company's own network, in which the machines are`
  if (taken !== undefined) return `${cidr} overlaps ${taken}, which is not for networks like this one`
  if (field === 'podCidr') {
    const room = addressCount(block) / 2 ** (32 - NODE_BITS)
    return room < nodes
      ? `${cidr} is too small: each of the ${nodes} nodes needs a /${NODE_BITS}, and there is room for ${Math.floor(room)}`
      : undefined
  }
  if (block.bits > SERVICE_BITS.most) return `${cidr} is too small: a /${SERVICE_BITS.most} at least`
  if (block.bits < SERVICE_BITS.least) return `${cidr} is too large: a /${SERVICE_BITS.least} at most`
  return undefined
}

/** What speaks against these ranges, for so many nodes; nothing if they can be used. */
export function rangeProblems(ranges: NetworkRanges, nodes: number): RangeProblem[] {
  const found: RangeProblem[] = []
  for (const field of ['podCidr', 'serviceCidr'] as const) {
    const message = own(field, ranges[field], nodes)
    if (message !== undefined) found.push({ field, message })
  }
  if (found.length === 0 && cidrsOverlap(ranges.podCidr, ranges.serviceCidr))
    found.push({ field: 'serviceCidr', message: `${ranges.serviceCidr} overlaps ${ranges.podCidr}, the pods' range` })
  return found
}
