/**
 * The outcome of identical requests, computed once and counted afterwards. Requests differ only in what balancers draw for them, so
 * outcomes hang on a tree of draws: a request's number says which branch it takes. A branch is made by really sending the request, and is
 * forgotten when anything it met has changed; a request that changes something itself is never remembered.
 */
import type { Cluster } from '../../client/contract.ts'
import type { ClusterNetwork } from '../create-network.ts'
import { drawIndex, withDraws } from '../proxy/pick.ts'

export interface Outcome {
  /** `ok`, or the kind of failure: `timeout`, `refused`, `http-503` … */
  readonly kind: string
  readonly latencyMs: number
  /** Processes it reached. */
  readonly visits: readonly Visit[]
}

export interface Visit {
  readonly podUid: string
  readonly port: number
}

interface Leaf {
  readonly outcome: Outcome
  readonly epochs: readonly number[]
  readonly madeMs: number
}
interface Draw {
  readonly key: string
  readonly among: number
  readonly branches: (Node | undefined)[]
}
type Node = Leaf | Draw

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

/** Outcomes of one kind of request. */
export class Outcomes {
  readonly #cluster: Cluster
  readonly #network: ClusterNetwork
  readonly #epochs: Epochs
  #root: Node | undefined
  #world = -1
  /** How often a request was really sent. */
  sent = 0

  constructor(cluster: Cluster, network: ClusterNetwork, epochs: Epochs) {
    this.#cluster = cluster
    this.#network = network
    this.#epochs = epochs
  }

  /** The outcome of request `turn`; `send` sends it. */
  of(turn: number, send: (turn: number) => Omit<Outcome, 'visits'>): Outcome {
    if (this.#world !== this.#epochs.world) {
      this.#root = undefined
      this.#world = this.#epochs.world
    }
    let node = this.#root
    while (node !== undefined && 'branches' in node) node = node.branches[drawIndex(this.#cluster, node.key, node.among, turn)]
    if (node !== undefined && this.#fresh(node)) return node.outcome
    return this.#make(turn, send)
  }

  #fresh(leaf: Leaf): boolean {
    if (this.#cluster.clock.nowMs - leaf.madeMs > KEEP_MS) return false
    return leaf.outcome.visits.every((v, i) => this.#epochs.pod(v.podUid) === leaf.epochs[i])
  }

  #make(turn: number, send: (turn: number) => Omit<Outcome, 'visits'>): Outcome {
    const draws: { key: string; among: number; index: number }[] = []
    const visits: Visit[] = []
    const before = this.#epochs.all
    this.sent++
    const result = withDraws(
      (key, among, index) => void draws.push({ key, among, index }),
      () =>
        this.#network.withVisits(
          (podUid, port) => void visits.push({ podUid, port }),
          () => send(turn),
        ),
    )
    const outcome: Outcome = { ...result, visits }
    if (this.#epochs.all !== before || draws.some((d) => d.among === 0)) this.#root = undefined
    else this.#keep(draws, { outcome, epochs: visits.map((v) => this.#epochs.pod(v.podUid)), madeMs: this.#cluster.clock.nowMs })
    return outcome
  }

  /** Hangs a leaf where its draws lead; a tree that does not fit any more is cut down to this branch. */
  #keep(draws: readonly { key: string; among: number; index: number }[], leaf: Leaf): void {
    const holder: (Node | undefined)[] = [this.#root]
    let branches = holder
    let at = 0
    for (const { key, among, index } of draws) {
      const known = branches[at]
      const fits = known !== undefined && 'branches' in known && known.key === key && known.among === among
      const node: Draw = fits ? known : { key, among, branches: [] }
      branches[at] = node
      branches = node.branches
      at = index
    }
    branches[at] = leaf
    this.#root = holder[0]
  }
}
