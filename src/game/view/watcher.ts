/** Notices what a person would see change: a pod's status, a node's, an event. Heartbeats and leases pass unseen. */
import type { Event, Node, Pod } from '../../api/generated/types/core-v1.ts'
import type { World } from '../../cluster/world.ts'
import { nodeStatus } from '../../kinds/core/node/roles.ts'
import type { Change } from '../../store/store.ts'
import { podView } from './cluster.ts'

const sameNode = (a: Node, b: Node): boolean =>
  nodeStatus(a) === nodeStatus(b) && (a.spec?.taints?.length ?? 0) === (b.spec?.taints?.length ?? 0)

function samePod(a: Pod, b: Pod): boolean {
  const x = podView(a)
  const y = podView(b)
  return (
    x.status === y.status &&
    x.health === y.health &&
    x.readyContainers === y.readyContainers &&
    x.restarts === y.restarts &&
    a.spec?.nodeName === b.spec?.nodeName
  )
}

export class Watcher {
  /** Moves with each change that can be seen. */
  cluster = 0
  events = 0
  /** What happened last, in a few words. */
  last: string | undefined

  constructor(world: World) {
    world.store.subscribe('pods', (change) => this.#pod(change))
    world.store.subscribe('nodes', (change) => this.#node(change))
    world.store.subscribe('events', (change) => this.#event(change))
  }

  #pod({ before, after }: Change): void {
    const [old, now] = [before as Pod | undefined, after as Pod | undefined]
    if (old && now && samePod(old, now)) return
    this.cluster++
    const name = (now ?? old)!.metadata.name
    this.last = now === undefined ? `pod/${name} −` : `pod/${name} ${podView(now).status}`
  }

  #node({ before, after }: Change): void {
    const [old, now] = [before as Node | undefined, after as Node | undefined]
    if (old && now && sameNode(old, now)) return
    this.cluster++
    this.last = `node/${(now ?? old)!.metadata.name} ${now ? nodeStatus(now) : '−'}`
  }

  #event({ after }: Change): void {
    this.events++
    const event = after as Event | undefined
    if (event?.reason !== undefined)
      this.last = `${event.reason} ${(event.involvedObject?.kind ?? '').toLowerCase()}/${event.involvedObject?.name ?? ''}`
  }
}
