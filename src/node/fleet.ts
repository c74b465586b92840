/**
 * All nodes of a cluster: machines that are on or off, their kubelets, and the one container runtime they share in this process.
 * It is what the network reaches processes through, and what the API server reaches kubelets through.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import { errors } from '../api/errors.ts'
import { quantityValue } from '../api/quantity.ts'
import type { ApiStream, KubeletPort } from '../apiserver/contract.ts'
import type { Cluster, Writer } from '../client/contract.ts'
import type { Delivered, Delivery, Hosts, Network } from '../network/contract.ts'
import type { Catalog } from '../programs/contract.ts'
import type { FileView } from '../script/files.ts'
import type { Storage } from '../storage/contract.ts'
import { ContainerViews } from './container-view.ts'
import { Execs } from './exec.ts'
import { execStream } from './exec-stream.ts'
import { type NodeSpecification, LEASE_RENEW_MS, renewLease, reportNode, STATUS_REPORT_MS } from './heartbeat.ts'
import { podEvent, type KubeletHands, runOf } from './kubelet/hands.ts'
import { Kubelet } from './kubelet/kubelet.ts'
import { imageOf } from './kubelet/images.ts'
import { type LogOptions, readLogs } from './logs-port.ts'
import { portStream } from './port-stream.ts'
import { DiskPressure, hasDiskLimits } from './disk-pressure.ts'
import { BALLAST, diskUsedBytes } from './kubelet/disk.ts'
import { MEMORY_BALLAST, NodePressure } from './pressure.ts'
import { POD_RUN, type PodRun } from './records.ts'
import { createExecShell, createShellRunner, type ContainerShellWorld } from './runtime/container-shell.ts'
import type { ContainerFacts } from './runtime/context.ts'
import { Logs } from './runtime/logs.ts'
import { Processes, type ContainerDirectory } from './runtime/processes.ts'

/** `power` cells: key = node. */
export interface Power {
  readonly on: boolean
  readonly boots: number
  /** The network cable is pulled. */
  readonly cut?: boolean
  /** The kubelet process is stopped; containers run on. */
  readonly kubeletStopped?: boolean
  /** containerd is stopped; containers run on, but the kubelet can do nothing with them. */
  readonly runtimeStopped?: boolean
  /** When it was last switched on. */
  readonly sinceMs: number
}

/** `machine-journal` cells: key = node. What systemd and the units said; what the kubelet reports as events is not repeated here. */
export interface JournalLine {
  readonly ms: number
  readonly unit: string
  readonly by: string
  readonly text: string
}
export const JOURNAL = 'machine-journal'
const JOURNAL_LINES = 200

const POWER = 'power'
const ACTOR = 'nodes'
/** What a burden leaves free: below the kubelet's thresholds, yet not nothing. */
const MEMORY_LEFT_BYTES = 60 * 1024 * 1024
const DISK_LEFT = 0.05
/** From `reboot` to power. */
const RESTART_MS = 20_000
/** From power to a kubelet that posts its first status. */
const BOOT_MS = 4_000

export interface FleetOptions {
  readonly cluster: Cluster
  readonly catalog: Catalog
  readonly storage: Storage
  readonly network: () => Network
  /** DNS server, search list and options for a pod's resolv.conf. */
  readonly resolvConf: (pod: Pod, node: string) => string
  readonly spendSteps: (steps: number) => void
}

interface Member {
  readonly spec: NodeSpecification
  readonly kubelet: Kubelet
  readonly write: Writer
}

export class Fleet implements Hosts, ContainerDirectory {
  readonly processes: Processes
  readonly execs: Execs
  readonly logs: Logs
  readonly #options: FleetOptions
  readonly #pressure: NodePressure
  readonly #disk: DiskPressure
  readonly #members = new Map<string, Member>()
  readonly #views: ContainerViews

  constructor(options: FleetOptions) {
    this.#options = options
    const { cluster, catalog } = options
    this.logs = new Logs(cluster.cells)
    this.#views = new ContainerViews({ hands: (node) => this.#hands(node), storage: options.storage, resolvConf: options.resolvConf })
    this.processes = new Processes(cluster, catalog, this, options.network, this.logs)
    const world: ContainerShellWorld = {
      catalog,
      imageOf: (containerId, context) => this.#imageOf(containerId, context.pod.uid, context.pod.node),
      spend: options.spendSteps,
    }
    this.#pressure = new NodePressure(cluster, {
      hands: (node) => this.#hands(node),
      report: (node) => {
        if (this.#online(node)) this.#report(node)
      },
    })
    this.#disk = new DiskPressure(cluster, {
      hands: (node) => this.#hands(node),
      report: (node) => {
        if (this.#online(node)) this.#report(node)
      },
    })
    this.processes.onNodeMemory = (node, bytes) => this.#pressure.grown(node, bytes)
    this.processes.useShell(createShellRunner(world))
    this.processes.childProgram = (record, executable) => {
      const image = this.#imageOf(record.containerId, record.podUid, record.node)
      return image && catalog.program(image, executable)
    }
    this.execs = new Execs(cluster, this.processes, createExecShell(world))
    cluster.register({ name: ACTOR, onTimer: (id, payload) => this.#timer(id, payload as { node: string }) })
    cluster.subscribe('pods', (change) => {
      const object = (change.after ?? change.before)! as Pod
      const node = object.spec?.nodeName
      if (node && change.before?.['spec'] !== change.after?.['spec'] && hasDiskLimits(object.spec)) this.#disk.watch(node)
      if (node) this.#members.get(node)?.kubelet.podChanged(change)
    })
  }

  #imageOf(containerId: string, podUid: string, node: string): ReturnType<typeof imageOf> {
    const member = this.#members.get(node)
    const run = member && runOf(member.kubelet.hands, podUid)
    const state = run && Object.values(run.containers).find((c) => c.id === containerId)
    return state && imageOf(member!.kubelet.hands, state.image)
  }

  // ── machines ──

  /** Puts a machine into the room, switched on, its kubelet running. */
  add(spec: NodeSpecification): void {
    const { cluster, catalog, storage, network } = this.#options
    const write = cluster.writer(`system:node:${spec.name}`)
    const actor = `kubelet/${spec.name}`
    const kubelet = new Kubelet(
      {
        node: { name: spec.name, ip: spec.ip, podPrefix: spec.podCidr.split('.').slice(0, 3).join('.'), capacity: spec.capacity, allocatable: spec.allocatable },
        actor,
        cluster,
        write,
        events: cluster.recorder('kubelet', spec.name),
        catalog,
        storage,
        network,
        processes: this.processes,
        logs: this.logs,
        execs: this.execs,
        online: () => this.#online(spec.name),
      },
      () => this.kubeletRuns(spec.name) && this.power(spec.name)?.runtimeStopped !== true,
    )
    this.#members.set(spec.name, { spec, kubelet, write })
    cluster.register(kubelet)
    if (this.power(spec.name) === undefined) {
      cluster.cells.put(POWER, spec.name, { on: true, boots: 1, sinceMs: cluster.clock.nowMs } satisfies Power)
      this.#join(spec.name)
    }
  }

  get nodes(): readonly string[] {
    return [...this.#members.keys()]
  }
  specification(node: string): NodeSpecification | undefined {
    return this.#members.get(node)?.spec
  }
  power(node: string): Power | undefined {
    return this.#options.cluster.cells.get<Power>(POWER, node)
  }
  #setPower(node: string, change: Partial<Power>): void {
    this.#options.cluster.cells.put(POWER, node, { ...this.power(node)!, ...change })
  }

  nodeIsUp(node: string): boolean {
    const power = this.power(node)
    return power?.on === true && power.cut !== true
  }
  kubeletRuns(node: string): boolean {
    const power = this.power(node)
    return power?.on === true && power.kubeletStopped !== true
  }
  #online(node: string): boolean {
    return this.kubeletRuns(node) && this.power(node)?.cut !== true
  }

  /** Pulls the plug: processes and RAM are gone, nobody is told. */
  crash(node: string): void {
    if (this.power(node)?.on !== true) return
    const { cluster, storage } = this.#options
    this.#setPower(node, { on: false })
    this.processes.vanish(node)
    for (const key of cluster.cells.keys(POD_RUN)) {
      if (!key.startsWith(`${node}/`)) continue
      for (const volume of Object.values(cluster.cells.get<PodRun>(POD_RUN, key)!.volumes)) if (volume.backing?.kind === 'memory') storage.destroy(volume.backing)
    }
    for (const id of ['lease', 'status', 'boot']) cluster.cancelTimer(ACTOR, `${id}/${node}`)
  }

  /** Switches the machine on again. */
  start(node: string): void {
    const power = this.power(node)
    if (power === undefined || power.on) return
    this.#setPower(node, { on: true, boots: power.boots + 1, kubeletStopped: true, runtimeStopped: false, sinceMs: this.#options.cluster.clock.nowMs })
    this.#options.cluster.setTimer(ACTOR, `boot/${node}`, this.#options.cluster.clock.nowMs + BOOT_MS, { node })
  }

  /** Pulls or plugs the network cable. */
  cut(node: string, cut: boolean): void {
    this.#setPower(node, { cut })
    if (!cut && this.kubeletRuns(node)) {
      this.#members.get(node)?.kubelet.resyncAll()
      this.#beat(node)
    }
  }

  stopKubelet(node: string, stopped: boolean): void {
    if (this.power(node)?.on !== true || (this.power(node)?.kubeletStopped === true) === stopped) return
    this.#setPower(node, { kubeletStopped: stopped })
    this.#systemd(node, 'kubelet', 'kubelet: The Kubernetes Node Agent', stopped)
    if (!stopped) {
      this.#members.get(node)?.kubelet.resyncAll()
      this.#join(node)
    }
  }

  /** Stops or starts containerd: containers live on under their shims, the kubelet cannot reach them and says so. */
  stopRuntime(node: string, stopped: boolean): void {
    if (this.power(node)?.on !== true || (this.power(node)?.runtimeStopped === true) === stopped) return
    this.#setPower(node, { runtimeStopped: stopped })
    this.#systemd(node, 'containerd', 'containerd container runtime', stopped)
    if (this.#online(node)) this.#report(node)
    if (!stopped) this.#members.get(node)?.kubelet.resyncAll()
  }

  /** Power off, or reboot. The kubelet's graceful node shutdown is off unless configured, as kubeadm leaves it: processes end with the machine. */
  shutDown(node: string, reboot: boolean): void {
    this.crash(node)
    if (reboot) this.#setTimer('power', node, RESTART_MS)
  }

  #systemd(node: string, unit: string, title: string, stopped: boolean): void {
    const texts = stopped ? [`Stopping ${unit}.service - ${title}...`, `${unit}.service: Deactivated successfully.`, `Stopped ${unit}.service - ${title}.`] : [`Started ${unit}.service - ${title}.`]
    for (const text of texts) this.journal(node, unit, 'systemd', text)
  }

  /** Something beside the cluster takes up nearly all of a node's memory or disk, or lets go of it. */
  burden(node: string, what: 'memory' | 'disk', on: boolean): void {
    const { cells } = this.#options.cluster
    const family = what === 'memory' ? MEMORY_BALLAST : BALLAST
    cells.delete(family, node)
    const resource = what === 'memory' ? 'memory' : 'ephemeral-storage'
    const capacity = quantityValue(this.specification(node)!.capacity[resource] ?? '0')
    const used = what === 'memory' ? this.processes.memoryOfNode(node) : diskUsedBytes(this.#hands(node))
    const left = what === 'memory' ? MEMORY_LEFT_BYTES : capacity * DISK_LEFT
    if (on) cells.put(family, node, Math.max(capacity - used - left, 0))
    if (what === 'disk') this.#disk.watch(node)
    else this.#pressure.grown(node, used)
  }

  /** A line of a unit in the machine's journal. */
  journal(node: string, unit: string, by: string, text: string): void {
    const { cells, clock } = this.#options.cluster
    const lines = cells.get<readonly JournalLine[]>(JOURNAL, node) ?? []
    cells.put(JOURNAL, node, [...lines.slice(1 - JOURNAL_LINES), { ms: clock.nowMs, unit, by, text } satisfies JournalLine])
  }

  /** What a node's kubelet acts with; for tools that run on the machine itself. */
  handsOf(node: string): KubeletHands {
    return this.#hands(node)
  }

  #timer(id: string, { node }: { node: string }): void {
    switch (id.slice(0, id.indexOf('/'))) {
      case 'lease':
        return this.#beat(node)
      case 'status':
        if (this.#online(node)) this.#report(node)
        return this.#setTimer('status', node, STATUS_REPORT_MS)
      case 'power':
        return this.start(node)
      case 'boot':
        this.#setPower(node, { kubeletStopped: false })
        this.#systemd(node, 'containerd', 'containerd container runtime', false)
        this.#systemd(node, 'kubelet', 'kubelet: The Kubernetes Node Agent', false)
        this.#members.get(node)!.kubelet.rebooted()
        this.#join(node)
        return this.#announceBoot(node)
    }
  }

  #setTimer(kind: string, node: string, afterMs: number): void {
    this.#options.cluster.setTimer(ACTOR, `${kind}/${node}`, this.#options.cluster.clock.nowMs + afterMs, { node })
  }

  #join(node: string): void {
    this.#report(node)
    this.#beat(node)
    this.#setTimer('status', node, STATUS_REPORT_MS)
  }

  #beat(node: string): void {
    if (!this.kubeletRuns(node)) return
    if (this.#online(node)) {
      // A node that the control plane holds for unreachable posts its conditions at once.
      const ready = this.#options.cluster.read.get('nodes', undefined, node)?.status?.conditions?.find((c) => c.type === 'Ready')
      if (ready !== undefined && ready.status !== 'True') this.#report(node)
      renewLease(this.#options.cluster, this.#members.get(node)!.write, node)
    }
    this.#setTimer('lease', node, LEASE_RENEW_MS)
  }

  #bootId(node: string): string {
    return this.#options.cluster.random.uuid('boot', node, this.power(node)?.boots ?? 1)
  }

  #report(node: string): void {
    const member = this.#members.get(node)!
    reportNode(this.#options.cluster, member.write, member.spec, { memory: this.#pressure.hasMemoryPressure(node), disk: this.#disk.has(node), pid: false, runtimeDown: this.power(node)?.runtimeStopped === true }, this.#bootId(node))
  }

  #announceBoot(node: string): void {
    const object = this.#options.cluster.read.get('nodes', undefined, node)
    const { events } = this.#members.get(node)!.kubelet.hands
    if (object === undefined) return
    events.event(object, 'Warning', 'Rebooted', `Node ${node} has been rebooted, boot id: ${this.#bootId(node)}`)
    events.event(object, 'Normal', 'Starting', 'Starting kubelet.')
  }

  // ── what the runtime asks ──

  #hands(node: string): KubeletHands {
    return this.#members.get(node)!.kubelet.hands
  }

  facts(podUid: string, containerName: string, node: string): ContainerFacts {
    return this.#views.facts(podUid, containerName, node)
  }

  files(podUid: string, containerName: string, containerId: string, node: string): FileView {
    return this.#views.files(podUid, containerName, containerId, node)
  }

  exited(exit: Parameters<ContainerDirectory['exited']>[0]): void {
    this.#members.get(exit.node)?.kubelet.exited(exit)
  }

  // ── what the network asks ──

  deliver(target: { readonly podUid?: string; readonly node: string; readonly port: number }, message: Delivered): Delivery {
    return message.quiet ? this.logs.muted(() => this.#deliver(target, message)) : this.#deliver(target, message)
  }

  #deliver(target: { readonly podUid?: string; readonly node: string; readonly port: number }, message: Delivered): Delivery {
    if (target.podUid !== undefined) return this.processes.deliver(target.podUid, target.port, message)
    const uid = this.#hostPort(target.node, target.port)
    return uid === undefined ? { kind: 'refused' } : this.processes.deliver(uid.podUid, uid.port, message)
  }

  load(podUid: string, port: number, perSecond: number, inFlight: number): void {
    this.processes.load(podUid, port, perSecond, inFlight)
  }

  /** A pod that answers on the node's own address: hostNetwork, or a hostPort. */
  #hostPort(node: string, port: number): { podUid: string; port: number } | undefined {
    for (const pod of this.#options.cluster.read.onNode('pods', node)) {
      const uid = pod.metadata.uid!
      if (pod.spec?.hostNetwork && this.processes.listener(uid, port)) return { podUid: uid, port }
      for (const container of pod.spec?.containers ?? []) for (const p of container.ports ?? []) if (p.hostPort === port && !pod.spec?.hostNetwork) return { podUid: uid, port: p.containerPort }
    }
    return undefined
  }

  // ── what the API server asks ──

  kubelet(node: string): KubeletPort | undefined {
    const member = this.#members.get(node)
    if (member === undefined || !this.#online(node)) return undefined
    const hands = member.kubelet.hands
    const isOver = (id: string): boolean => this.processes.get(id) === undefined
    return {
      logs: (pod, options) => readLogs(pod as Pod, options as LogOptions, this.logs, hands.cluster.clock.nowMs, isOver),
      exec: (pod, options) => this.#exec(hands, pod as Pod, options as { container?: string; command: readonly string[]; stdin?: boolean; tty?: boolean }),
      attach: (pod, options) => {
        const read = readLogs(pod as Pod, { ...(options as LogOptions), follow: true, tailLines: 0 }, this.logs, hands.cluster.clock.nowMs, isOver)
        return (read as { stream: ApiStream }).stream
      },
      portForward: (pod) => portStream((port, message) => this.processes.deliver(pod.metadata.uid!, port, message), { kind: 'node', node, ip: member.spec.ip }, hands.cluster.clock),
    }
  }

  #exec(hands: KubeletHands, pod: Pod, options: { container?: string; command: readonly string[]; stdin?: boolean; tty?: boolean }): ApiStream {
    const run = runOf(hands, pod.metadata.uid!)
    const name = options.container ?? pod.spec!.containers[0]!.name
    const state = run?.containers[name]
    if (state?.phase !== 'running') throw errors.internalError(`unable to upgrade connection: container not found ("${name}")`)
    const started = this.execs.start({ podUid: run!.uid, containerId: state.id, argv: options.command, ...(options.stdin && { interactive: true }), ...(options.tty && { tty: true }) })
    return execStream(this.execs, started)
  }

  /** For tests and faults: says a pod's event as its kubelet would. */
  say(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const hands = pod.spec?.nodeName ? this.#members.get(pod.spec.nodeName)?.kubelet.hands : undefined
    if (hands) podEvent(hands, pod, type, reason, message)
  }
}
