/**
 * All nodes of a cluster: machines that are on or off, their kubelets, and the one container runtime they share in this process.
 * It is what the network reaches processes through, and what the API server reaches kubelets through.
 */

import { errors } from '../api/errors.ts'
import type { Pod } from '../api/generated/types/core-v1.ts'
import type { ApiStream, KubeletPort } from '../apiserver/contract.ts'
import type { Cluster, Writer } from '../client/contract.ts'
import type { Delivered, Delivery, Hosts, Network } from '../network/contract.ts'
import type { Catalog } from '../programs/contract.ts'
import type { FileView } from '../script/files.ts'
import type { Storage } from '../storage/contract.ts'
import { setBurden } from './burden.ts'
import { ContainerViews } from './container-view.ts'
import { DiskPressure, hasDiskLimits } from './disk-pressure.ts'
import { Execs } from './exec.ts'
import { execStream } from './exec-stream.ts'
import { LEASE_RENEW_MS, type NodeSpecification, renewLease, reportNode, STATUS_REPORT_MS } from './heartbeat.ts'
import { type KubeletHands, podEvent, podKey, runOf } from './kubelet/hands.ts'
import { imageOf } from './kubelet/images.ts'
import { Kubelet } from './kubelet/kubelet.ts'
import { type LogOptions, readLogs } from './logs-port.ts'
import { portStream } from './port-stream.ts'
import { NodePressure, type PressureNodes } from './pressure.ts'
import { POD_RUN, type PodRun } from './records.ts'
import { type ContainerShellWorld, createExecShell, createShellRunner } from './runtime/container-shell.ts'
import type { ContainerFacts } from './runtime/context.ts'
import { Logs } from './runtime/logs.ts'
import { type ContainerDirectory, Processes } from './runtime/processes.ts'
import { systemdSays } from './units.ts'

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

/** Where static pods are declared (kubelet's staticPodPath, as kubeadm sets it). */
export const MANIFESTS = '/etc/kubernetes/manifests'
const POWER = 'power'
const ACTOR = 'nodes'
/** Nodes whose kubelet tried to reach an API server that was not there. */
const WITHOUT_API = 'without-api'
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
  /** The API server answers, as far as its own processes go; always where absent. */
  readonly apiRuns?: () => boolean
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
    const nodes: PressureNodes = {
      hands: (node) => this.#hands(node),
      report: (node) => {
        if (this.#online(node)) this.#report(node)
      },
    }
    this.#pressure = new NodePressure(cluster, nodes)
    this.#disk = new DiskPressure(cluster, nodes)
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
        node: {
          name: spec.name,
          ip: spec.ip,
          podPrefix: spec.podCidr.split('.').slice(0, 3).join('.'),
          capacity: spec.capacity,
          allocatable: spec.allocatable,
        },
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
    return this.kubeletRuns(node) && this.power(node)?.cut !== true && this.#options.apiRuns?.() !== false
  }

  /** Pulls the plug: processes and RAM are gone, nobody is told. */
  crash(node: string): void {
    if (this.power(node)?.on !== true) return
    const { cluster, storage } = this.#options
    this.#setPower(node, { on: false })
    this.processes.vanish(node)
    for (const key of cluster.cells.keys(POD_RUN)) {
      if (!key.startsWith(`${node}/`)) continue
      for (const volume of Object.values(cluster.cells.get<PodRun>(POD_RUN, key)!.volumes))
        if (volume.backing?.kind === 'memory') storage.destroy(volume.backing)
    }
    for (const id of ['lease', 'status', 'boot']) cluster.cancelTimer(ACTOR, `${id}/${node}`)
  }

  /** Switches the machine on again. */
  start(node: string): void {
    const power = this.power(node)
    if (power === undefined || power.on) return
    this.#setPower(node, {
      on: true,
      boots: power.boots + 1,
      kubeletStopped: true,
      runtimeStopped: false,
      sinceMs: this.#options.cluster.clock.nowMs,
    })
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
    systemdSays(this.#options.cluster, node, 'kubelet', stopped)
    if (!stopped) {
      this.#members.get(node)?.kubelet.resyncAll()
      this.#join(node)
    }
  }

  /** Stops or starts containerd: containers live on under their shims, the kubelet cannot reach them and says so. */
  stopRuntime(node: string, stopped: boolean): void {
    if (this.power(node)?.on !== true || (this.power(node)?.runtimeStopped === true) === stopped) return
    this.#setPower(node, { runtimeStopped: stopped })
    systemdSays(this.#options.cluster, node, 'containerd', stopped)
    if (this.#online(node)) this.#report(node)
    if (!stopped) this.#members.get(node)?.kubelet.resyncAll()
  }

  /** Power off, or reboot. The kubelet's graceful node shutdown is off unless configured, as kubeadm leaves it: processes end with the machine. */
  shutDown(node: string, reboot: boolean): void {
    this.crash(node)
    if (reboot) this.#setTimer('power', node, RESTART_MS)
  }

  /** Something beside the cluster takes up nearly all of a node's memory or disk, or lets go of it. */
  burden(node: string, what: 'memory' | 'disk', on: boolean): void {
    setBurden(this.#hands(node), what, on)
    if (what === 'disk') this.#disk.watch(node)
    else this.#pressure.grown(node, this.processes.memoryOfNode(node))
  }

  /** Files that declare pods were changed, or the kubelet comes up. */
  declaredByFiles(node: string): void {
    const member = this.#members.get(node)
    if (member === undefined || !this.kubeletRuns(node)) return
    const files = this.#options.storage.open({ kind: 'node-disk', node, path: MANIFESTS })
    const names = files.list('/').filter((n) => !n.startsWith('.') && files.stat(`/${n}`)?.kind === 'file')
    member.kubelet.filesDeclare(names.map((n) => files.read(`/${n}`)))
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
        for (const unit of ['containerd', 'kubelet'] as const) systemdSays(this.#options.cluster, node, unit, false)
        this.#members.get(node)!.kubelet.rebooted()
        this.#join(node)
        return this.#announceBoot(node)
    }
  }

  #setTimer(kind: string, node: string, afterMs: number): void {
    this.#options.cluster.setTimer(ACTOR, `${kind}/${node}`, this.#options.cluster.clock.nowMs + afterMs, { node })
  }

  #join(node: string): void {
    this.declaredByFiles(node)
    this.#report(node)
    this.#beat(node)
    this.#setTimer('status', node, STATUS_REPORT_MS)
  }

  #beat(node: string): void {
    if (!this.kubeletRuns(node)) return
    const { cells } = this.#options.cluster
    if (this.#options.apiRuns?.() === false) cells.put(WITHOUT_API, node, true)
    if (this.#online(node)) {
      if (cells.get(WITHOUT_API, node) !== undefined) {
        cells.delete(WITHOUT_API, node)
        this.#members.get(node)!.kubelet.resyncAll()
      }
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
    reportNode(
      this.#options.cluster,
      member.write,
      member.spec,
      {
        memory: this.#pressure.hasMemoryPressure(node),
        disk: this.#disk.has(node),
        pid: false,
        runtimeDown: this.power(node)?.runtimeStopped === true,
      },
      this.#bootId(node),
    )
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
      const uid = podKey(pod)
      if (pod.spec?.hostNetwork && this.processes.listener(uid, port)) return { podUid: uid, port }
      for (const container of pod.spec?.containers ?? [])
        for (const p of container.ports ?? [])
          if (p.hostPort === port && !pod.spec?.hostNetwork) return { podUid: uid, port: p.containerPort }
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
      exec: (pod, options) =>
        this.#exec(hands, pod as Pod, options as { container?: string; command: readonly string[]; stdin?: boolean; tty?: boolean }),
      attach: (pod, options) => {
        const read = readLogs(
          pod as Pod,
          { ...(options as LogOptions), follow: true, tailLines: 0 },
          this.logs,
          hands.cluster.clock.nowMs,
          isOver,
        )
        return (read as { stream: ApiStream }).stream
      },
      portForward: (pod) =>
        portStream(
          (port, message) => this.processes.deliver(podKey(pod as Pod), port, message),
          { kind: 'node', node, ip: member.spec.ip },
          hands.cluster.clock,
        ),
    }
  }

  #exec(
    hands: KubeletHands,
    pod: Pod,
    options: { container?: string; command: readonly string[]; stdin?: boolean; tty?: boolean },
  ): ApiStream {
    const run = runOf(hands, podKey(pod))
    const name = options.container ?? pod.spec!.containers[0]!.name
    const state = run?.containers[name]
    if (state?.phase !== 'running') throw errors.internalError(`unable to upgrade connection: container not found ("${name}")`)
    const started = this.execs.start({
      podUid: run!.uid,
      containerId: state.id,
      argv: options.command,
      ...(options.stdin && { interactive: true }),
      ...(options.tty && { tty: true }),
    })
    return execStream(this.execs, started)
  }

  /** For tests and faults: says a pod's event as its kubelet would. */
  say(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const hands = pod.spec?.nodeName ? this.#members.get(pod.spec.nodeName)?.kubelet.hands : undefined
    if (hands) podEvent(hands, pod, type, reason, message)
  }
}
