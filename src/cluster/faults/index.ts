/** All kinds of fault, and how one is applied: its target is found, and every part of it is hit. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { matchesLabels, selectorFromSet } from '../../api/selectors.ts'
import type { World } from '../world.ts'
import { type Fault, type FaultDefinition, FaultError, type FaultTarget } from './contract.ts'
import { mend } from './mend.ts'
import { down } from './on-components.ts'
import { delay, loss, partition } from './on-links.ts'
import { crash, cut, diskFull, memoryPressure, start } from './on-nodes.ts'
import { deletion, hang, kill, oom } from './on-pods.ts'

export { type Fault, FaultError, type FaultTarget }

export const faults: readonly FaultDefinition[] = [
  crash,
  start,
  cut,
  diskFull,
  memoryPressure,
  mend,
  kill,
  oom,
  hang,
  deletion,
  delay,
  loss,
  partition,
  down,
]

const definitionOf = (kind: string): FaultDefinition => faults.find((f) => f.kind === kind)!

/** What takes a fault back: the same target, hit by the kind that ends it. `hit` is what `applyFault` gave. Undefined where nothing does. */
export function endOf(fault: Fault, hit: readonly string[]): Fault | undefined {
  const kind = definitionOf(fault.kind).endedBy
  if (kind === undefined) return undefined
  // Which node it was is known only now.
  const target: FaultTarget = 'nodeOf' in fault.target && hit[0] !== undefined ? { node: hit[0] } : fault.target
  return { kind, target }
}

/** Nodes a target names; `nodeOf` picks one of the nodes that hold such pods, by keyed chance. */
function nodesOf(world: World, target: FaultTarget): string[] {
  if ('node' in target) {
    if (!world.fleet.nodes.includes(target.node))
      throw new FaultError(`there is no node "${target.node}"; there are ${world.fleet.nodes.join(', ')}`)
    return [target.node]
  }
  if (!('nodeOf' in target)) return []
  const selector = selectorFromSet(target.nodeOf)
  const running = world.cluster.read
    .list('pods')
    .filter((p) => p.spec?.nodeName && p.status?.phase === 'Running' && matchesLabels(selector, p.metadata.labels))
  const nodes = [...new Set(running.map((p) => p.spec!.nodeName!))].sort()
  return nodes.length === 0 ? [] : [nodes[world.random.below(nodes.length, 'fault', JSON.stringify(target.nodeOf))]!]
}

function podsOf(world: World, target: FaultTarget): Pod[] {
  if (!('pods' in target)) return []
  const selector = selectorFromSet(target.pods)
  const { name } = target
  const found = world.cluster.read
    .list('pods', target.namespace)
    .filter((p) => (name === undefined || p.metadata.name === name) && matchesLabels(selector, p.metadata.labels))
  return found.slice(0, target.count ?? found.length)
}

const PARTS = { node: 'node', nodeOf: 'node', pods: 'pod', link: 'link', component: 'component' } as const

/** What is wrong with a fault whatever the world is like: the kind, what it goes for, an amount that it does not take. */
export function mistakeOf({ kind, target, amount }: Fault): string | undefined {
  const definition = faults.find((f) => f.kind === kind)
  if (definition === undefined) return `"${kind}" is not simulated; there are ${faults.map((f) => f.kind).join(', ')}`
  const what = Object.keys(target).find((k): k is keyof typeof PARTS => Object.hasOwn(PARTS, k))!
  if (definition[PARTS[what]] === undefined) return `"${kind}" does not go for ${what}`
  if (amount !== undefined && definition.amount === undefined) return `"${kind}" takes no amount`
  return undefined
}

/** What was hit, for the record: names of nodes, pods, components, link ends. Throws FaultError. */
export function applyFault(world: World, fault: Fault): readonly string[] {
  const mistake = mistakeOf(fault)
  if (mistake !== undefined) throw new FaultError(mistake)
  const hit = strike(world, definitionOf(fault.kind), fault.target, fault.amount)
  world.loop.settle()
  return hit
}

function strike(world: World, definition: FaultDefinition, target: FaultTarget, amount: string | undefined): readonly string[] {
  if ('link' in target) {
    definition.link?.(world, target.link, amount)
    return [target.link.from, ...(target.link.to === undefined ? [] : [target.link.to])]
  }
  if ('component' in target) {
    definition.component?.(world, target.component)
    return [target.component]
  }
  if ('pods' in target) {
    const pods = podsOf(world, target)
    for (const pod of pods) definition.pod?.(world, pod)
    return pods.map((p) => `${p.metadata.namespace}/${p.metadata.name}`)
  }
  const nodes = nodesOf(world, target)
  for (const node of nodes) definition.node?.(world, node, amount)
  return nodes
}
