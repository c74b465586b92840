/**
 * The outcome of identical requests, computed once and counted afterwards. Requests differ only in what balancers draw for them, so
 * outcomes hang on a tree of draws: a request's number says which branch it takes. A branch is made by really sending the request, and is
 * forgotten when anything it met has changed; a request that changes something itself is never remembered.
 */
import type { Cluster } from '../../client/contract.ts'
import type { ClusterNetwork } from '../create-network.ts'
import { drawIndex, withDraws } from '../proxy/pick.ts'

/** What a request came to, with the processes it reached. */
export type Outcome<T> = T & { readonly visits: readonly Visit[] }

export interface Visit {
  readonly podUid: string
  /** `podUid:port`: what arrivals are counted by. */
  readonly key: string
}

export const visitOf = (podUid: string, port: number): Visit => ({ podUid, key: `${podUid}:${port}` })

interface Leaf<T> {
  readonly outcome: Outcome<T>
  readonly epochs: readonly number[]
  readonly madeMs: number
}
interface Draw<T> {
  readonly key: string
  readonly among: number
  readonly branches: (Node<T> | undefined)[]
}
type Node<T> = Leaf<T> | Draw<T>

/** What depends on the clock alone (a session that ends) is looked at again after this long. */
const KEEP_MS = 10_000
/** Changes of these resources may change where a request goes or what it finds. */
const RESOURCES = ['pods', 'services', 'secrets', 'configmaps', 'ingresses.networking.k8s.io', 'ingressclasses.networking.k8s.io'] as const
const FAMILIES = ['link', 'affinity', 'announcement', 'outside-machine', 'outside-dns', 'files', 'files-capacity'] as const

/** What has changed, by number; derived. */
export class Epochs {
  #world = 0
  readonly #pods = new Map<string, number>()
  readonly #network: ClusterNetwork

  constructor(cluster: Cluster, network: ClusterNetwork) {
    this.#network = network
    const bump = (): void => {
      this.#world++
    }
    for (const resource of RESOURCES) cluster.subscribe(resource, bump)
    for (const family of FAMILIES) cluster.cells.onChange(family, bump)
    cluster.cells.onChange('process', (_key, before, after) => {
      const { podUid } = (after ?? before) as { podUid: string }
      this.#pods.set(podUid, (this.#pods.get(podUid) ?? 0) + 1)
    })
  }

  get world(): number {
    return this.#world + this.#network.epoch
  }
  pod(uid: string): number {
    return this.#pods.get(uid) ?? 0
  }
  /** Any process, for telling whether a request changed something. */
  get all(): number {
    let sum = this.world
    for (const n of this.#pods.values()) sum += n
    return sum
  }
}

/** Outcomes of one kind of request: who sends says what is kept of an answer. */
export class Outcomes<T extends object> {
  readonly #cluster: Cluster
  readonly #network: ClusterNetwork
  readonly #epochs: Epochs
  #root: Node<T> | undefined
  #world = -1
  /** How often a request was really sent. */
  sent = 0

  constructor(cluster: Cluster, network: ClusterNetwork, epochs: Epochs) {
    this.#cluster = cluster
    this.#network = network
    this.#epochs = epochs
  }

  /** The outcome of request `turn`; `send` sends it. */
  of(turn: number, send: (turn: number) => T): Outcome<T> {
    if (this.#world !== this.#epochs.world) {
      this.#root = undefined
      this.#world = this.#epochs.world
    }
    let node = this.#root
    while (node !== undefined && 'branches' in node) node = node.branches[drawIndex(this.#cluster, node.key, node.among, turn)]
    if (node !== undefined && this.#fresh(node)) return node.outcome
    return this.#make(turn, send)
  }

  #fresh(leaf: Leaf<T>): boolean {
    const ageMs = this.#cluster.clock.nowMs - leaf.madeMs
    // A rewind may have brought back a time before it.
    if (ageMs < 0 || ageMs > KEEP_MS) return false
    return leaf.outcome.visits.every((v, i) => this.#epochs.pod(v.podUid) === leaf.epochs[i])
  }

  #make(turn: number, send: (turn: number) => T): Outcome<T> {
    const draws: { key: string; among: number; index: number }[] = []
    const visits: Visit[] = []
    const before = this.#epochs.all
    this.sent++
    const result = withDraws(
      (key, among, index) => void draws.push({ key, among, index }),
      () =>
        this.#network.withVisits(
          (podUid, port) => void visits.push(visitOf(podUid, port)),
          () => send(turn),
        ),
    )
    const outcome: Outcome<T> = { ...result, visits }
    if (this.#epochs.all !== before || draws.some((d) => d.among === 0)) this.#root = undefined
    else this.#keep(draws, { outcome, epochs: visits.map((v) => this.#epochs.pod(v.podUid)), madeMs: this.#cluster.clock.nowMs })
    return outcome
  }

  /** Hangs a leaf where its draws lead; a tree that does not fit any more is cut down to this branch. */
  #keep(draws: readonly { key: string; among: number; index: number }[], leaf: Leaf<T>): void {
    const holder: (Node<T> | undefined)[] = [this.#root]
    let branches = holder
    let at = 0
    for (const { key, among, index } of draws) {
      const known = branches[at]
      const fits = known !== undefined && 'branches' in known && known.key === key && known.among === among
      const node: Draw<T> = fits ? known : { key, among, branches: [] }
      branches[at] = node
      branches = node.branches
      at = index
    }
    branches[at] = leaf
    this.#root = holder[0]
  }
}
