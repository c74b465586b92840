/** The clusters there are: machines and what is installed on them. */
import { type NetworkRanges, nodePodCidr, USUAL_RANGES } from '../network/ranges.ts'
import type { NodeSpecification } from '../node/heartbeat.ts'

/** `gateway` is `default` with the Gateway API on top, `istio` with Istio. */
export const PRESETS = ['default', 'bare', 'gateway', 'istio'] as const
export type PresetName = (typeof PRESETS)[number]

export const isPreset = (name: unknown): name is PresetName => PRESETS.some((p) => p === name)

const SHAPE = {
  capacity: { cpu: '4', 'ephemeral-storage': '50Gi', memory: '8Gi', pods: '110' },
  allocatable: { cpu: '4', 'ephemeral-storage': '45Gi', memory: '8092Mi', pods: '110' },
}

export const CONTROL_PLANE: NodeSpecification = {
  name: 'control-plane',
  ip: '192.168.0.100',
  podCidr: '10.244.0.0/24',
  labels: { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' },
  taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
  ...SHAPE,
}

/** The n-th worker: 0 is node-a at 192.168.0.101. */
export const worker = (n: number, name = `node-${workerLetters(n)}`): NodeSpecification => ({
  name,
  ip: n < 90 ? `192.168.0.${101 + n}` : `192.168.${1 + Math.floor((n - 90) / 250)}.${1 + ((n - 90) % 250)}`,
  podCidr: `10.${244 + Math.floor((n + 1) / 256)}.${(n + 1) % 256}.0/24`,
  labels: {},
  taints: [],
  ...SHAPE,
})

function workerLetters(n: number): string {
  return n < 26 ? String.fromCharCode(97 + n) : `${workerLetters(Math.floor(n / 26) - 1)}${String.fromCharCode(97 + (n % 26))}`
}

/** The machines with the blocks that these ranges give them, in their order; the usual ones are in their specifications. */
export const nodesIn = (ranges: NetworkRanges, nodes: readonly NodeSpecification[]): readonly NodeSpecification[] =>
  ranges.podCidr === USUAL_RANGES.podCidr ? nodes : nodes.map((node, n) => ({ ...node, podCidr: nodePodCidr(ranges, n)! }))

export const defaultNodes = (): NodeSpecification[] => [CONTROL_PLANE, worker(0), worker(1), worker(2)]
