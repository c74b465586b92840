/** Faults of the cables between two ends: they delay, lose, or cut. */
import { spoilLink } from '../../network/faults.ts'
import type { LinkFault } from '../../network/links.ts'
import type { World } from '../world.ts'
import { type FaultDefinition, FaultError } from './contract.ts'

type Link = { readonly from: string; readonly to?: string }

function spoil(world: World, link: Link, how: Omit<LinkFault, 'a' | 'b'>): void {
  if (!spoilLink(world.cluster, world.network, link.from, link.to, how))
    throw new FaultError(
      `there is no "${link.from}"${link.to === undefined ? '' : ` or no "${link.to}"`}; an end is a node, a pod as namespace/name, an address, or nfs`,
    )
}

function milliseconds(amount: string | undefined): number {
  const m = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(amount ?? '')
  if (m === null) throw new FaultError('a delay needs an amount such as 200ms')
  return Number(m[1]) * (m[2] === 's' ? 1000 : 1)
}

function share(amount: string | undefined): number {
  const m = /^(\d+(?:\.\d+)?)%$/.exec(amount ?? '')
  if (m === null || Number(m[1]) > 100) throw new FaultError('a loss needs an amount such as 10%')
  return Number(m[1]) / 100
}

export const delay: FaultDefinition = {
  kind: 'delay',
  endedBy: 'mend',
  amount: '200ms',
  link: (world, link, amount) => spoil(world, link, { delayMs: milliseconds(amount) }),
}
export const loss: FaultDefinition = {
  kind: 'loss',
  endedBy: 'mend',
  amount: '10%',
  link: (world, link, amount) => spoil(world, link, { loss: share(amount) }),
}
export const partition: FaultDefinition = {
  kind: 'partition',
  endedBy: 'mend',
  link: (world, link) => spoil(world, link, { partition: true }),
}
