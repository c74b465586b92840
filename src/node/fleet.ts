/**
 * All nodes of a cluster: machines that are on or off, their kubelets, and the one container runtime they share in this process.
 * It is what the network reaches processes through, and what the API server reaches kubelets through.
 */

import type { Pod } from '../api/generated/types/core-v1.ts'
import type { KubeletPort } from '../apiserver/contract.ts'
import type { Delivered, Delivery, DialRequest, Hosts, Network } from '../network/contract.ts'
import type { Catalog } from '../programs/contract.ts'
import type { FileView } from '../script/files.ts'
import { setBurden } from './burden.ts'
import { containerSight } from './container-sight.ts'
import { hasContainerTool } from './container-tools/index.ts'
import { ContainerViews } from './container-view.ts'
import { DiskPressure, hasDiskLimits } from './disk-pressure.ts'
import { Execs } from './exec.ts'
import type { NodeSpecification } from './heartbeat.ts'
import { logOomKill } from './kernel-log.ts'
import { type PressureCondition, podEvent, podKey, runOf } from './kubelet/hands.ts'
import { imageOf } from './kubelet/images.ts'
import { Kubelet } from './kubelet/kubelet.ts'
import { kubeletPort } from './kubelet-port.ts'
import { Machines, type MachinesOptions } from './machines.ts'
import { mostProcesses, PidPressure } from './pid-pressure.ts'
import { configurationOf } from './power.ts'
import { NodePressure, type PressureNodes } from './pressure.ts'
import { kubeletAnswers } from './resource-metrics.ts'
import { type ContainerShellWorld, createExecShell, createShellRunner } from './runtime/container-shell.ts'
import type { ContainerFacts } from './runtime/context.ts'
import { Logs } from './runtime/logs.ts'
import type { ContainerDirectory } from './runtime/process-contract.ts'
import { Processes } from './runtime/processes.ts'
import { turnedAside } from './runtime/redirect.ts'
import { Tasks } from './runtime/tasks.ts'
import { forgetKernel, setKernel } from './sysctl.ts'

export interface FleetOptions extends MachinesOptions {
  readonly catalog: Catalog
  readonly network: () => Network
  /** DNS server, search list and options for a pod's resolv.conf. */
  readonly resolvConf: (pod: Pod, node: string) => string
  readonly spendSteps: (steps: number) => void
  /** What answers on a machine's own address beside its pods: the API server. Undefined where nothing does. */
  readonly machinePort?: (node: string, port: number, message: Delivered) => Delivery | undefined
}

export class Fleet extends Machines implements Hosts, ContainerDirectory {
  readonly processes: Processes
  readonly execs: Execs
  readonly logs: Logs
  readonly #options: FleetOptions
  readonly #pressure: NodePressure
  readonly #disk: DiskPressure
  readonly #pids: PidPressure
  /** How many processes there are, by pod and node. */
  readonly tasks: Tasks
  readonly #views: ContainerViews

  constructor(options: FleetOptions) {
    super(options)
    this.#options = options
    const { cluster, catalog } = options
    this.logs = new Logs(cluster.cells, (id) => configurationOf(cluster.cells, this.processes.get(id)?.node ?? ''))
    this.#views = new ContainerViews({ hands: (node) => this.handsOf(node), storage: options.storage, resolvConf: options.resolvConf })
    this.processes = new Processes(cluster, catalog, this, options.network, this.logs)
    const world: ContainerShellWorld = {
      catalog,
      imageOf: (containerId, context) => this.#imageOf(containerId, context.pod.uid, context.pod.node),
      spend: options.spendSteps,
      room: (podUid, node) => this.processRoom(podUid, node),
      ...containerSight({
        hands: (node) => this.handsOf(node),
        imageOf: (id, context) => this.#imageOf(id, context.pod.uid, context.pod.node),
      }),
    }
    const nodes: PressureNodes = { hands: (node) => this.handsOf(node), report: (node) => this.report(node) }
    this.#pressure = new NodePressure(cluster, nodes)
    this.#disk = new DiskPressure(cluster, nodes)
    this.tasks = new Tasks(cluster.cells)
    this.#pids = new PidPressure(cluster, nodes, this.tasks)
    this.tasks.onGrown = (node) => this.#pids.grown(node)
    this.processes.onSteps = options.spendSteps
    this.processes.onNodeMemory = (node, bytes) => this.#pressure.grown(node, bytes)
    this.processes.onOom = (record, usedBytes, global) => {
      const { limits, credentials } = this.facts(record.podUid, record.containerName, record.node)
      const limitBytes = global ? undefined : (limits.memoryBytes ?? usedBytes)
      logOomKill(this.handsOf(record.node), { record, usedBytes, limitBytes, uid: credentials.uid })
    }
    this.processes.useShell(createShellRunner(world))
    this.processes.childProgram = (record, executable) => {
      const image = this.#imageOf(record.containerId, record.podUid, record.node)
      return image && catalog.program(image, executable)
    }
    this.execs = new Execs(cluster, this.processes, createExecShell(world))
    cluster.subscribe('pods', (change) => {
      const object = (change.after ?? change.before)! as Pod
      const node = object.spec?.nodeName
      if (node && change.before?.['spec'] !== change.after?.['spec'] && hasDiskLimits(object.spec)) this.#disk.watch(node)
      if (node) this.member(node)?.kubelet.podChanged(change)
    })
  }

  #imageOf(containerId: string, podUid: string, node: string): ReturnType<typeof imageOf> {
    const member = this.member(node)
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
        hasMachineTool: hasContainerTool,
        storage,
        network,
        processes: this.processes,
        logs: this.logs,
        execs: this.execs,
        diskGrew: () => this.#disk.grown(spec.name),
        tasksOfNode: () => this.tasks.ofNode(spec.name),
        pressures: () => this.#pressuresOf(spec.name),
        online: () => this.online(spec.name),
      },
      () => this.kubeletRuns(spec.name) && this.power(spec.name)?.runtimeStopped !== true,
    )
    this.enter({ spec, kubelet, write })
  }

  protected pressureOf(node: string): { memory: boolean; disk: boolean; pid: boolean } {
    return { memory: this.#pressure.hasMemoryPressure(node), disk: this.#disk.has(node), pid: this.#pids.has(node) }
  }

  #pressuresOf(node: string): PressureCondition[] {
    const { memory, disk, pid } = this.pressureOf(node)
    const all: PressureCondition[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure']
    return all.filter((_, i) => [memory, disk, pid][i])
  }

  protected configured(node: string): void {
    this.#pids.grown(node)
    this.#pressure.grown(node, this.processes.memoryOfNode(node))
  }

  /** A setting of the machine's kernel, as sysctl -w makes it. */
  setKernel(node: string, name: string, value: number): void {
    setKernel(this.#options.cluster.cells, node, name, value)
    this.#pids.grown(node)
  }

  protected vanish(node: string): void {
    this.processes.vanish(node)
    this.execs.endWith({ node })
    forgetKernel(this.#options.cluster.cells, node)
  }

  /** Something beside the cluster takes up nearly all of a node's memory or disk, or lets go of it. */
  burden(node: string, what: 'memory' | 'disk', on: boolean, full?: number): void {
    setBurden(this.handsOf(node), what, on, full)
    if (what === 'disk') this.#disk.grown(node)
    else this.#pressure.grown(node, this.processes.memoryOfNode(node))
  }

  // ── what the runtime asks ──

  facts(podUid: string, containerName: string, node: string): ContainerFacts {
    return this.#views.facts(podUid, containerName, node)
  }

  files(podUid: string, containerName: string, containerId: string, node: string, serving = false): FileView {
    return this.#views.files(podUid, containerName, containerId, node, serving)
  }

  settle(podUid: string, containerName: string, containerId: string, node: string): void {
    this.#views.settle(podUid, containerName, containerId, node)
  }

  processRoom(podUid: string, node: string): number {
    const hands = this.handsOf(node)
    const ofPod = (runOf(hands, podUid)?.pidsLimit ?? Number.POSITIVE_INFINITY) - this.tasks.ofPod(podUid)
    return Math.max(Math.min(ofPod, mostProcesses(hands) - this.tasks.ofNode(node)), 0)
  }

  exited(exit: Parameters<ContainerDirectory['exited']>[0]): void {
    this.execs.endWith({ containerId: exit.containerId })
    this.member(exit.node)?.kubelet.exited(exit)
  }

  // ── what the network asks ──

  deliver(target: { readonly podUid?: string; readonly node: string; readonly port: number }, message: Delivered): Delivery {
    return message.quiet ? this.logs.muted(() => this.#deliver(target, message)) : this.#deliver(target, message)
  }

  #deliver(target: { readonly podUid?: string; readonly node: string; readonly port: number }, message: Delivered): Delivery {
    if (target.podUid !== undefined) return this.processes.deliver(target.podUid, target.port, message)
    const own = this.kubeletRuns(target.node) ? kubeletAnswers(this.handsOf(target.node), target.port, message) : undefined
    if (own !== undefined) return own
    const machine = this.#options.machinePort?.(target.node, target.port, message)
    if (machine !== undefined) return machine
    const uid = this.#hostPort(target.node, target.port)
    return uid === undefined ? { kind: 'refused' } : this.processes.deliver(uid.podUid, uid.port, message)
  }

  turnedAside(podUid: string, ip: string, request: DialRequest): DialRequest | undefined {
    return turnedAside(this.#options.cluster.cells, podUid, ip, request)
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
    return this.online(node) ? kubeletPort(this.handsOf(node)) : undefined
  }

  /** For tests and faults: says a pod's event as its kubelet would. */
  say(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const hands = pod.spec?.nodeName ? this.member(pod.spec.nodeName)?.kubelet.hands : undefined
    if (hands) podEvent(hands, pod, type, reason, message)
  }
}
