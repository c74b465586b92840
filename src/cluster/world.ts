/**
 * The composition root: one cluster, whole, with its clock. Everything that must come back after a rewind is in its store; everything
 * else here is wiring that is the same for every world of a preset.
 */
import { bulkOf, bulkOfLasting } from '../api/bulk.ts'
import type { UserInfo } from '../api/kind.ts'
import type { ApiObject } from '../api/meta.ts'
import { KindRegistry } from '../api/registry.ts'
import { parseTime } from '../api/rfc3339.ts'
import type { ApiAnswer, ApiRequest } from '../apiserver/contract.ts'
import { createApiServer } from '../apiserver/create-api-server.ts'
import { askPath, type PathOptions } from '../apiserver/paths.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { SERVER_USER } from '../apiserver/server.ts'
import type { Cluster } from '../client/contract.ts'
import { defineController } from '../client/controller.ts'
import { createCluster } from '../client/create-cluster.ts'
import { startEventExpiry } from '../client/event-expiry.ts'
import { apiServerControllers, createControllers } from '../controllers/index.ts'
import { builtInKinds } from '../kinds/index.ts'
import { assert } from '../lib/assert.ts'
import { ipv4ToNumber } from '../lib/cidr.ts'
import { type ClusterNetwork, createNetwork } from '../network/create-network.ts'
import { resolvConfText } from '../network/dns/resolv-conf.ts'
import { Loads } from '../network/load/loads.ts'
import { NFS_SERVER_IP } from '../network/outside.ts'
import { answerHealthCheck } from '../network/proxy/health-check.ts'
import { apiServiceIp, dnsServiceIp, type NetworkRanges, USUAL_RANGES } from '../network/ranges.ts'
import { Fleet } from '../node/fleet.ts'
import type { NodeSpecification } from '../node/heartbeat.ts'
import { installedFiles } from '../node/installed-files.ts'
import { MANIFESTS } from '../node/machines.ts'
import type { Catalog } from '../programs/contract.ts'
import { companyRegistry } from '../programs/images/company-registry.ts'
import { createCatalog } from '../programs/index.ts'
import { standInCatalog } from '../programs/stand-in/index.ts'
import { createScheduler, type Scheduler } from '../scheduler/index.ts'
import { makeDirectories } from '../script/files.ts'
import { LimitReached, Loop } from '../sim/loop.ts'
import { createRandom, type Random } from '../sim/random.ts'
import { attachDetachController } from '../storage/attach-detach/index.ts'
import { createStorage } from '../storage/backings.ts'
import type { Storage } from '../storage/contract.ts'
import { DEFAULT_EXPORT, exportList, NfsExports, type NfsWorld, reachability } from '../storage/nfs-server.ts'
import type { StoreImage } from '../store/image.ts'
import { type Mark, Store } from '../store/store.ts'
import { type AddOnName, addOnManifests, addOnsOf, lateManifests, wireAddOns } from './addons/index.ts'
import { discoveryCheck, resourceMetricsOf, serviceDialer } from './aggregation.ts'
import { API_PORT, answerApiPort } from './api-port.ts'
import { bootstrapObjects } from './bootstrap/objects.ts'
import { type Clients, createClients, type LoadRequest } from './clients.ts'
import { ControlPlane, controlPlaneManifests, manageControlPlane } from './control-plane.ts'
import { isDown } from './faults/on-components.ts'
import { CONTROL_PLANE, defaultNodes, nodesIn, type PresetName } from './presets.ts'
import { webhookClient } from './webhook-client.ts'

/** The cells of machines' power. */
const POWER = 'power'

/** From the first node to an API whose add-ons run. */
const ADD_ONS_MS = 15_000

/** Effort (see Loop.spend) of what is done to objects, of a request at a client's door, of a shell's step and of its being run at all. */
const EFFORT = { made: 200, changed: 70, request: 50, step: 2, turn: 50 }

/** Parts of objects (see `bulkOf`) that are read, and that are written, in a microsecond. */
const PARTS = { read: 8, written: 1 }
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch'])

/** When every world's time begins. */
export const START_MS = parseTime('2026-11-02T08:00:00Z')!

export interface WorldOptions {
  readonly preset: PresetName
  readonly seed?: string
  readonly nodes?: readonly NodeSpecification[]
  /** Other ranges of pods and Services than kubeadm's. */
  readonly ranges?: NetworkRanges
  /** Of the default preset's add-ons only these; all when absent. */
  readonly addOns?: readonly AddOnName[]
  /** Other images than the preset's. */
  readonly catalog?: Catalog
  /** More names that the company's DNS knows: name → address. */
  readonly dns?: Readonly<Record<string, string>>
  /** Virtual time before anybody enters. */
  readonly settleMs?: number
  /** Where another world of the same options had come to: this one goes on from there. */
  readonly image?: WorldImage
}

/** A world at an instant at which nobody had work to do, as plain data; wiring is the same for all worlds of the same options. */
export interface WorldImage {
  readonly nowMs: number
  readonly store: StoreImage
}

/** Where a world may be taken back to. */
export interface Checkpoint {
  readonly mark: Mark
  readonly nowMs: number
}

export class World {
  readonly options: WorldOptions
  readonly ranges: NetworkRanges
  readonly store = new Store()
  readonly loop: Loop
  readonly random: Random
  readonly registry = new KindRegistry(builtInKinds)
  readonly server: ApiServer
  readonly cluster: Cluster
  readonly storage: Storage
  /** What the company's NFS servers export. */
  readonly exports = new NfsExports(this.store.cells)
  readonly controlPlane: ControlPlane
  readonly scheduler: Scheduler
  readonly network: ClusterNetwork
  readonly fleet: Fleet
  readonly loads: Loads
  readonly clients: Clients
  /** Shell steps that programs in containers took. */
  steps = 0
  maxSteps = Number.POSITIVE_INFINITY
  /** Budgets of a submission's world; Events are not counted as objects. */
  maxPods = Number.POSITIVE_INFINITY
  maxObjects = Number.POSITIVE_INFINITY

  constructor(options: WorldOptions) {
    this.options = options
    this.ranges = options.ranges ?? USUAL_RANGES
    this.random = createRandom(options.seed ?? '0')
    this.loop = new Loop(this.store.cells, START_MS)
    this.server = createApiServer({ store: this.store, registry: this.registry, clock: this.loop, random: this.random })
    this.cluster = createCluster(this.server, this.loop)
    this.controlPlane = new ControlPlane(this.cluster)
    const managed = this.controlPlane.gated('kube-controller-manager', true)
    for (const definition of [...createControllers(resourceMetricsOf(this.server), this.ranges.podCidr), attachDetachController])
      defineController(managed, definition)
    const aggregator = this.controlPlane.gated('kube-apiserver', true)
    const check = discoveryCheck((...call) => this.server.dialService(...call))
    for (const definition of apiServerControllers(check)) defineController(aggregator, definition)
    startEventExpiry(this.cluster)
    this.scheduler = createScheduler(this.controlPlane.gated('kube-scheduler', false))
    this.network = createNetwork({
      cluster: this.cluster,
      hosts: () => this.fleet,
      kubeProxy: options.preset === 'bare' ? 'built-in' : 'pods',
      ranges: this.ranges,
    })
    this.storage = createStorage(this.store.cells, () => this.loop.nowMs, {
      reach: reachability(this.#nfsWorld()),
      exportsOf: exportList(this.#nfsWorld()),
      installed: (node) => installedFiles(node, this.fleet, dnsServiceIp(this.ranges)),
    })
    this.loads = new Loads(this.cluster, this.network, () => this.fleet)
    this.clients = createClients(this.loads)
    if (options.preset !== 'bare')
      wireAddOns({ cluster: this.cluster, hosts: () => this.fleet, network: this.network, storage: this.storage })
    this.fleet = new Fleet({
      cluster: this.cluster,
      catalog: options.catalog ?? this.#catalogOf(options.preset),
      storage: this.storage,
      network: () => this.network,
      resolvConf: (pod) => resolvConfText(this.network.resolvConfOfPod(pod)),
      spendSteps: (steps) => this.#spend(steps),
      apiRuns: () => this.controlPlane.apiRuns(),
      machinePort: (node, port, message) =>
        node === this.#apiMachine.name && port === API_PORT && this.controlPlane.apiRuns()
          ? answerApiPort(this.server, { address: this.#apiMachine.ip, serviceIp: apiServiceIp(this.ranges) }, message)
          : answerHealthCheck(this.network.table, node, port, message),
    })
    this.server.dialService = serviceDialer(this.network, () => this.#apiMachine)
    this.server.componentProblem = (component) => this.controlPlane.problemOf(component)
    this.server.dialKubelet = (node) => this.fleet.kubelet(node)
    this.server.dialWebhook = webhookClient({
      network: () => this.network,
      origin: () => ({ kind: 'node', node: this.#apiMachine.name, ip: this.#apiMachine.ip }),
      nowMs: () => this.nowMs,
    })
    this.store.subscribe('*', ({ before, after }) => {
      // What is only brought back was paid for when it was done.
      if (this.store.cells.readOnly) return
      if (after !== undefined) this.loop.spend(this.#effortOf(before, after))
      if (before === undefined && after !== undefined) this.#count()
    })
    if (options.image === undefined) this.#bootstrap()
    else this.#resume(options.image)
  }

  /** Starts clients that send requests. Throws when the URL or a duration cannot be read. */
  startLoad(name: string, load: LoadRequest): void {
    this.clients.start(name, load)
  }

  #catalogOf(preset: PresetName): Catalog {
    return preset === 'bare'
      ? standInCatalog
      : createCatalog({ registryDown: () => isDown(this.store.cells, 'registry'), privateRegistries: [companyRegistry] })
  }

  /** Of a write of the store's. A change that controllers make is hardly ever one of size: an object's is counted when it is made. */
  #effortOf(before: ApiObject | undefined, after: ApiObject): number {
    return before === undefined
      ? EFFORT.made + Math.floor(bulkOf(after) / PARTS.written)
      : EFFORT.changed + Math.floor(bulkOfLasting(after) / PARTS.read)
  }

  #count(): void {
    if (this.store.count('pods') > this.maxPods) throw new LimitReached(`${this.maxPods} pods`)
    if (this.store.objectCount - this.store.count('events') > this.maxObjects) throw new LimitReached(`${this.maxObjects} objects`)
  }

  /** A shell was run for so many steps, here or in a container. */
  spendTurn(steps: number): void {
    this.loop.spend(EFFORT.turn + steps * EFFORT.step)
  }

  #spend(steps: number): void {
    this.spendTurn(steps)
    this.steps += steps
    if (this.steps > this.maxSteps) throw new LimitReached('shell steps')
  }

  #bootstrap(): void {
    for (const object of bootstrapObjects(CONTROL_PLANE.ip, this.ranges)) this.apply(object)
    this.#furnish()
    const [first, ...rest] = nodesIn(this.ranges, this.options.nodes ?? defaultNodes())
    const kubeadm = this.options.preset !== 'bare' ? first : undefined
    if (kubeadm)
      this.storage.seed(
        { kind: 'node-disk', node: kubeadm.name, path: MANIFESTS },
        controlPlaneManifests(kubeadm.ip, this.ranges, this.nowMs),
      )
    if (first) this.fleet.add(first)
    if (this.options.preset !== 'bare') this.#installAddOns()
    for (const spec of rest) this.fleet.add(spec)
    this.advance(this.options.settleMs ?? 5_000)
    if (kubeadm) manageControlPlane(this.cluster)
  }

  /** Machines whose power is known do not boot: they are where they were. */
  #resume({ nowMs, store }: WorldImage): void {
    this.loop.resetTo(nowMs)
    for (const spec of nodesIn(this.ranges, this.options.nodes ?? defaultNodes())) {
      const power = store.cells.cells.find(([family, key]) => family === POWER && key === spec.name)
      if (power !== undefined) this.store.cells.put(POWER, spec.name, power[2])
      this.fleet.add(spec)
    }
    this.store.load(store)
    this.loop.resetTo(nowMs)
  }

  /** Where this world is, for others of the same options to go on from. It shares its parts with the world: copy it before it is loaded. */
  image(): WorldImage {
    this.loop.settle()
    return { nowMs: this.nowMs, store: this.store.image() }
  }

  /** The company outside: machines, names, exports. */
  #furnish(): void {
    this.network.outside.furnish()
    for (const [name, address] of Object.entries(this.options.dns ?? {})) this.network.outside.record(name, address)
    this.exports.export(NFS_SERVER_IP, DEFAULT_EXPORT)
    makeDirectories(this.storage.open({ kind: 'nfs', server: NFS_SERVER_IP, path: '/' }), DEFAULT_EXPORT)
  }

  /** As kubeadm does: the cluster's services come up on the first node, before others join. */
  #installAddOns(): void {
    for (const object of addOnManifests(this.ranges, this.options.addOns ?? addOnsOf(this.options.preset))) this.apply(object)
    this.advance(ADD_ONS_MS)
    for (const object of lateManifests) if (this.registry.byKind(object.apiVersion, object.kind)) this.apply(object)
  }

  #nfsWorld(): NfsWorld {
    const addressOf = (server: string, node: string): string | undefined => {
      if (ipv4ToNumber(server) !== undefined) return server
      const answer = this.network.resolve({ kind: 'node', node, ip: this.network.addresses.nodeIp(node) ?? '' }, server)
      return answer.ok ? answer.records.find((r) => r.type === 'A')?.data : undefined
    }
    return {
      outside: this.network.outside,
      exports: this.exports,
      links: this.network.links,
      hosts: () => this.fleet,
      addressOf,
      nodeIp: (node) => this.network.addresses.nodeIp(node),
    }
  }

  /** Creates an object as the cluster's own administrator, through the API. */
  apply(object: ApiObject): ApiAnswer {
    const kind = this.registry.byKind(object.apiVersion, object.kind)
    if (kind === undefined) throw new Error(`no kind ${object.kind} in ${object.apiVersion}`)
    const answer = this.handle({
      verb: 'create',
      group: kind.group,
      version: kind.version,
      resource: kind.resource,
      user: SERVER_USER,
      body: object,
      ...(kind.namespaced && { namespace: object.metadata.namespace ?? 'default' }),
    })
    assert(answer.code < 400, `${object.kind} ${object.metadata.name} was refused: ${JSON.stringify(answer.body)}`)
    return answer
  }

  /** One request. What the cluster makes of it comes when time passes: nobody acts between two requests of one instant. */
  handle(request: ApiRequest): ApiAnswer {
    const answer = this.server.handle(request)
    const parts = bulkOf(answer.body)
    this.loop.spend(EFFORT.request + Math.floor(parts / (READS.has(request.verb) ? PARTS.read : PARTS.written)))
    return answer
  }

  /** Asks at any path of the API server: /version, /healthz, discovery, resources. Failures carry a Status. */
  path(path: string, user: UserInfo, sent: Pick<PathOptions, 'method' | 'body' | 'fieldManager'> = {}): ApiAnswer {
    return askPath(this.server, user, path, { address: this.apiAddress, ...sent })
  }

  /** Where the API server is reached inside this world. */
  get apiAddress(): string {
    return `${this.#apiMachine.ip}:6443`
  }

  get #apiMachine(): NodeSpecification {
    return this.fleet.specification('control-plane') ?? CONTROL_PLANE
  }

  /** The control plane answers. */
  apiServerIsUp(): boolean {
    return this.fleet.nodeIsUp('control-plane') && this.controlPlane.apiRuns()
  }

  get nowMs(): number {
    return this.loop.nowMs
  }

  /** Lets virtual time pass. */
  advance(ms: number, stop?: () => boolean): void {
    this.loop.runUntil(this.loop.nowMs + ms, stop)
  }

  checkpoint(): Checkpoint {
    this.loop.settle()
    return { mark: this.store.mark(), nowMs: this.loop.nowMs }
  }

  /** Back to a checkpoint. `asIfNever`: nobody saw what is taken back (a fork); otherwise revisions go on and watches end. */
  rewind(checkpoint: Checkpoint, asIfNever = false): void {
    this.store.rewind(checkpoint.mark, { asIfNever })
    this.loop.resetTo(checkpoint.nowMs)
  }

  /** Does something to the world that is taken back afterwards; gives what it found. */
  fork<T>(act: () => T): T {
    const checkpoint = this.checkpoint()
    try {
      return act()
    } finally {
      this.rewind(checkpoint, true)
    }
  }

  /** Looks at the world through something that may leave traces, which are wiped; no time passes, no work is done. */
  peek<T>(act: () => T): T {
    const mark = this.store.mark()
    try {
      return act()
    } finally {
      this.store.rewind(mark, { asIfNever: true })
    }
  }

  stateHash(): string {
    return this.store.stateHash()
  }
}
