/** What can go wrong, one record a kind: each acts on a world at one instant. Targets are found here; when it happens is the caller's matter. */
import { matchesLabels, selectorFromSet } from '../../api/selectors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { POD_RUN, type PodRun } from '../../node/records.ts'
import type { World } from '../world.ts'

export type FaultTarget =
  | { readonly node: string }
  /** The node that a pod with these labels runs on. */
  | { readonly nodeOf: Readonly<Record<string, string>> }
  | { readonly pods: Readonly<Record<string, string>>; readonly namespace?: string; readonly count?: number }
  | { readonly link: { readonly from: string; readonly to: string } }
  | { readonly component: string }

export interface Fault {
  readonly kind: string
  readonly target: FaultTarget
  /** For delay and loss. */
  readonly amount?: string
}

/** Thrown for a fault that cannot be done: says what to use instead. */
export class FaultError extends Error {
  override readonly name = 'FaultError'
}

interface FaultDefinition {
  readonly kind: string
  readonly targets: readonly ('node' | 'pods' | 'component' | 'link')[]
  node?(world: World, node: string): void
  pod?(world: World, pod: Pod): void
  component?(world: World, component: string): void
}

const containersOf = (world: World, pod: Pod): readonly string[] => {
  const run = world.store.cells.get<PodRun>(POD_RUN, `${pod.spec?.nodeName}/${pod.metadata.uid}`)
  return Object.values(run?.containers ?? {}).filter((c) => c.phase === 'running').map((c) => c.id)
}

export const faults: readonly FaultDefinition[] = [
  { kind: 'crash', targets: ['node'], node: (world, node) => world.fleet.crash(node) },
  { kind: 'start', targets: ['node'], node: (world, node) => world.fleet.start(node) },
  { kind: 'cut', targets: ['node'], node: (world, node) => world.fleet.cut(node, true) },
  { kind: 'mend', targets: ['node'], node: (world, node) => world.fleet.cut(node, false) },
  {
    kind: 'kill',
    targets: ['pods'],
    pod: (world, pod) => {
      for (const id of containersOf(world, pod)) world.fleet.processes.kill(id, 137, { signal: 9 })
    },
  },
  {
    kind: 'oom',
    targets: ['pods'],
    pod: (world, pod) => {
      for (const id of containersOf(world, pod)) world.fleet.processes.kill(id, 137, { oom: true })
    },
  },
  {
    kind: 'hang',
    targets: ['pods'],
    pod: (world, pod) => {
      for (const id of containersOf(world, pod)) world.fleet.processes.hang(id, true)
    },
  },
  {
    kind: 'delete',
    targets: ['pods'],
    pod: (world, pod) => world.cluster.writer('system:admin').delete('pods', pod.metadata.namespace, pod.metadata.name),
  },
]

/** Nodes a target names; `nodeOf` picks one of the nodes that hold such pods, by keyed chance. */
function nodesOf(world: World, target: FaultTarget): string[] {
  if ('node' in target) {
    if (!world.fleet.nodes.includes(target.node)) throw new FaultError(`there is no node "${target.node}"; there are ${world.fleet.nodes.join(', ')}`)
    return [target.node]
  }
  if (!('nodeOf' in target)) return []
  const selector = selectorFromSet(target.nodeOf)
  const nodes = [...new Set(world.cluster.read.list('pods').filter((p) => p.spec?.nodeName && p.status?.phase === 'Running' && matchesLabels(selector, p.metadata.labels)).map((p) => p.spec!.nodeName!))].sort()
  return nodes.length === 0 ? [] : [nodes[world.random.below(nodes.length, 'fault', JSON.stringify(target.nodeOf))]!]
}

function podsOf(world: World, target: FaultTarget): Pod[] {
  if (!('pods' in target)) return []
  const selector = selectorFromSet(target.pods)
  const found = world.cluster.read.list('pods', target.namespace).filter((p) => matchesLabels(selector, p.metadata.labels))
  return found.slice(0, target.count ?? found.length)
}

/** What was hit, for the record: node or pod names. Throws FaultError. */
export function applyFault(world: World, fault: Fault): readonly string[] {
  const definition = faults.find((f) => f.kind === fault.kind)
  if (definition === undefined) throw new FaultError(`"${fault.kind}" is not simulated yet; there are ${faults.map((f) => f.kind).join(', ')}`)
  const nodes = nodesOf(world, fault.target)
  const pods = podsOf(world, fault.target)
  if (definition.node) for (const node of nodes) definition.node(world, node)
  else if (definition.pod) for (const pod of pods) definition.pod(world, pod)
  else if (definition.component && 'component' in fault.target) definition.component(world, fault.target.component)
  else throw new FaultError(`"${fault.kind}" goes for ${definition.targets.join(' or ')}`)
  world.loop.settle()
  return [...nodes, ...pods.map((p) => `${p.metadata.namespace}/${p.metadata.name}`)]
}
