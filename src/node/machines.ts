/**
 * The machines of a cluster as such: power, cable, the kubelet's and the runtime's services, boots, heartbeats. What runs on them is the
 * fleet's matter.
 */
import type { Cluster, Writer } from '../client/contract.ts'
import type { Storage } from '../storage/contract.ts'
import {
  conditionReasons,
  LEASE_RENEW_MS,
  type NodeSpecification,
  type Pressure,
  renewLease,
  reportNode,
  STATUS_REPORT_MS,
} from './heartbeat.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import type { Kubelet } from './kubelet/kubelet.ts'
import { readConfiguration } from './kubelet-configuration.ts'
import { configurationOf, type Power, powerOf, setPower } from './power.ts'
import { POD_RUN, type PodRun } from './records.ts'
import { endGroup, groupIsOver } from './shutdown.ts'
import { systemdSays } from './units.ts'

/** Where static pods are declared (kubelet's staticPodPath, as kubeadm sets it). */
export const MANIFESTS = '/etc/kubernetes/manifests'
const ACTOR = 'nodes'
/** Nodes whose kubelet tried to reach an API server that was not there. */
const WITHOUT_API = 'without-api'
/** From `reboot` to power. */
const RESTART_MS = 20_000
/** From power to a kubelet that posts its first status. */
const BOOT_MS = 4_000
/** How often a kubelet that ends its pods looks whether they have. */
const ENDING_MS = 1_000

/** A machine on its way down: which of its pods are being ended, and until when. */
interface Ending {
  readonly reboot: boolean
  readonly critical: boolean
  readonly untilMs?: number
}
interface NodeTimer {
  readonly node: string
  readonly ending?: Ending
}

export interface Member {
  readonly spec: NodeSpecification
  readonly kubelet: Kubelet
  readonly write: Writer
}

export interface MachinesOptions {
  readonly cluster: Cluster
  readonly storage: Storage
  /** The API server answers, as far as its own processes go; always where absent. */
  readonly apiRuns?: () => boolean
}

export abstract class Machines {
  readonly #cluster: Cluster
  readonly #storage: Storage
  readonly #apiRuns: () => boolean
  readonly #members = new Map<string, Member>()

  constructor({ cluster, storage, apiRuns }: MachinesOptions) {
    this.#cluster = cluster
    this.#storage = storage
    this.#apiRuns = () => apiRuns?.() !== false
    cluster.register({ name: ACTOR, onTimer: (id, payload) => this.#timer(id, payload as NodeTimer) })
  }

  /** What a node lacks now. */
  protected abstract pressureOf(node: string): Omit<Pressure, 'runtimeDown' | 'shuttingDown'>
  /** The kubelet has read its configuration. */
  protected abstract configured(node: string): void
  /** Every process of a node is gone. */
  protected abstract vanish(node: string): void

  /** A machine in the room; switched on where it is new. */
  protected enter(member: Member): void {
    const { name } = member.spec
    this.#members.set(name, member)
    this.#cluster.register(member.kubelet)
    if (this.power(name) !== undefined) return
    setPower(this.#cluster.cells, name, { on: true, boots: 1, sinceMs: this.#cluster.clock.nowMs })
    this.#join(name)
  }

  protected member(node: string): Member | undefined {
    return this.#members.get(node)
  }

  get nodes(): readonly string[] {
    return [...this.#members.keys()]
  }
  specification(node: string): NodeSpecification | undefined {
    return this.#members.get(node)?.spec
  }
  power(node: string): Power | undefined {
    return powerOf(this.#cluster.cells, node)
  }
  #set(node: string, change: Partial<Power>): void {
    setPower(this.#cluster.cells, node, change)
  }

  /** What a node's kubelet acts with; for tools that run on the machine itself. */
  handsOf(node: string): KubeletHands {
    return this.#members.get(node)!.kubelet.hands
  }

  nodeIsUp(node: string): boolean {
    const power = this.power(node)
    return power?.on === true && power.cut !== true
  }
  kubeletRuns(node: string): boolean {
    const power = this.power(node)
    return power?.on === true && power.kubeletStopped !== true
  }
  /** The kubelet runs and reaches the API server. */
  protected online(node: string): boolean {
    return this.kubeletRuns(node) && this.power(node)?.cut !== true && this.#apiRuns()
  }

  /** Pulls the plug: processes and RAM are gone, nobody is told. */
  crash(node: string): void {
    if (this.power(node)?.on !== true) return
    const { cells } = this.#cluster
    this.#set(node, { on: false, shuttingDown: false })
    this.vanish(node)
    for (const key of cells.keys(POD_RUN, `${node}/`)) {
      for (const volume of Object.values(cells.get<PodRun>(POD_RUN, key)!.volumes))
        if (volume.backing?.kind === 'memory') this.#storage.destroy(volume.backing)
    }
    for (const id of ['lease', 'status', 'boot', 'ending']) this.#cluster.cancelTimer(ACTOR, `${id}/${node}`)
  }

  /** Switches the machine on again. */
  start(node: string): void {
    const power = this.power(node)
    if (power === undefined || power.on) return
    this.#cluster.cancelTimer(ACTOR, `power/${node}`)
    this.#set(node, {
      on: true,
      boots: power.boots + 1,
      kubeletStopped: true,
      runtimeStopped: false,
      sinceMs: this.#cluster.clock.nowMs,
    })
    this.#setTimer('boot', node, BOOT_MS)
  }

  /** Pulls or plugs the network cable. */
  cut(node: string, cut: boolean): void {
    this.#set(node, { cut })
    if (!cut && this.kubeletRuns(node)) {
      this.#members.get(node)?.kubelet.resyncAll()
      this.#beat(node)
    }
  }

  stopKubelet(node: string, stopped: boolean): void {
    if (this.power(node)?.on !== true || (this.power(node)?.kubeletStopped === true) === stopped) return
    this.#set(node, { kubeletStopped: stopped })
    systemdSays(this.#cluster, node, 'kubelet', stopped)
    if (!stopped) {
      this.#readConfiguration(node)
      this.#members.get(node)?.kubelet.resyncAll()
      this.#join(node)
    }
  }

  /** Stops or starts containerd: containers live on under their shims, the kubelet cannot reach them and says so. */
  stopRuntime(node: string, stopped: boolean): void {
    if (this.power(node)?.on !== true || (this.power(node)?.runtimeStopped === true) === stopped) return
    this.#set(node, { runtimeStopped: stopped })
    systemdSays(this.#cluster, node, 'containerd', stopped)
    this.report(node)
    if (!stopped) this.#members.get(node)?.kubelet.resyncAll()
  }

  /** Power off, or reboot. Unless the kubelet is configured for a graceful node shutdown, which kubeadm does not do, processes end with the machine. */
  shutDown(node: string, reboot: boolean): void {
    const power = this.power(node)
    if (power?.on !== true || power.shuttingDown) return
    const { grace } = configurationOf(this.#cluster.cells, node)
    if (grace === undefined || !this.kubeletRuns(node)) return this.#goDown(node, reboot)
    this.#set(node, { shuttingDown: true })
    const hands = this.handsOf(node)
    const object = this.#cluster.read.get('nodes', undefined, node)
    if (object !== undefined && hands.online()) hands.events.event(object, 'Normal', 'Shutdown', 'Shutdown manager detected shutdown event')
    this.report(node)
    this.#endPods(node, { reboot, critical: false })
  }

  #goDown(node: string, reboot: boolean): void {
    this.crash(node)
    if (reboot) this.#setTimer('power', node, RESTART_MS)
  }

  /** One group of pods after the other, each for as long as it has. */
  #endPods(node: string, ending: Ending): void {
    const { reboot, critical } = ending
    const hands = this.handsOf(node)
    const { wholeMs, criticalMs } = configurationOf(this.#cluster.cells, node).grace ?? { wholeMs: 0, criticalMs: 0 }
    const graceMs = critical ? criticalMs : wholeMs - criticalMs
    const { nowMs } = this.#cluster.clock
    if (ending.untilMs === undefined) endGroup(hands, critical, graceMs)
    const untilMs = ending.untilMs ?? nowMs + graceMs
    if (nowMs < untilMs && !groupIsOver(hands, critical))
      this.#cluster.setTimer(ACTOR, `ending/${node}`, nowMs + Math.min(ENDING_MS, untilMs - nowMs), {
        node,
        ending: { reboot, critical, untilMs },
      })
    else if (critical) this.#goDown(node, reboot)
    else this.#endPods(node, { reboot, critical: true })
  }

  /** Files that declare pods were changed, or the kubelet comes up. */
  declaredByFiles(node: string): void {
    const member = this.#members.get(node)
    if (member === undefined || !this.kubeletRuns(node)) return
    const files = this.#storage.open({ kind: 'node-disk', node, path: MANIFESTS })
    const names = files.list('/').filter((n) => !n.startsWith('.') && files.stat(`/${n}`)?.kind === 'file')
    member.kubelet.filesDeclare(names.map((n) => files.read(`/${n}`)))
  }

  #timer(id: string, { node, ending }: NodeTimer): void {
    switch (id.slice(0, id.indexOf('/'))) {
      case 'lease':
        return this.#beat(node)
      case 'status':
        this.report(node)
        return this.#setTimer('status', node, STATUS_REPORT_MS)
      case 'ending':
        return this.#endPods(node, ending!)
      case 'power':
        return this.start(node)
      case 'boot':
        return this.#booted(node)
    }
  }

  /** The kubelet reads its configuration when it starts. */
  #readConfiguration(node: string): void {
    this.#set(node, { configuration: readConfiguration(this.#storage.open({ kind: 'node-disk', node, path: '/' })) })
    this.configured(node)
  }

  #booted(node: string): void {
    this.#set(node, { kubeletStopped: false })
    this.#readConfiguration(node)
    for (const unit of ['containerd', 'kubelet'] as const) systemdSays(this.#cluster, node, unit, false)
    this.#members.get(node)!.kubelet.rebooted()
    this.#join(node)
    const object = this.#cluster.read.get('nodes', undefined, node)
    const { events } = this.handsOf(node)
    if (object === undefined) return
    events.event(object, 'Warning', 'Rebooted', `Node ${node} has been rebooted, boot id: ${this.#bootId(node)}`)
    events.event(object, 'Normal', 'Starting', 'Starting kubelet.')
  }

  #setTimer(kind: string, node: string, afterMs: number): void {
    this.#cluster.setTimer(ACTOR, `${kind}/${node}`, this.#cluster.clock.nowMs + afterMs, { node })
  }

  #join(node: string): void {
    this.declaredByFiles(node)
    this.#post(node)
    this.#beat(node)
    this.#setTimer('status', node, STATUS_REPORT_MS)
  }

  #beat(node: string): void {
    if (!this.kubeletRuns(node)) return
    const { cells } = this.#cluster
    if (!this.#apiRuns()) cells.put(WITHOUT_API, node, true)
    if (this.online(node)) {
      if (cells.get(WITHOUT_API, node) !== undefined) {
        cells.delete(WITHOUT_API, node)
        this.#members.get(node)!.kubelet.resyncAll()
      }
      // A node that the control plane holds for unreachable posts its conditions at once.
      const ready = this.#cluster.read.get('nodes', undefined, node)?.status?.conditions?.find((c) => c.type === 'Ready')
      if (ready !== undefined && ready.status !== 'True') this.#post(node)
      renewLease(this.#cluster, this.#members.get(node)!.write, node)
    }
    this.#setTimer('lease', node, LEASE_RENEW_MS)
  }

  #bootId(node: string): string {
    return this.#cluster.random.uuid('boot', node, this.power(node)?.boots ?? 1)
  }

  /** The node's conditions are written, where the API server can be reached. */
  report(node: string): void {
    if (this.online(node)) this.#post(node)
  }

  #post(node: string): void {
    const { spec, write } = this.#members.get(node)!
    const { runtimeStopped, shuttingDown } = this.power(node) ?? {}
    const pressure: Pressure = { ...this.pressureOf(node), runtimeDown: runtimeStopped === true, shuttingDown: shuttingDown === true }
    const before = this.#cluster.read.get('nodes', undefined, node)?.status?.conditions ?? []
    const object = reportNode(this.#cluster, write, spec, pressure, this.#bootId(node))
    for (const reason of conditionReasons(before, object.status?.conditions ?? []))
      this.handsOf(node).events.event(object, 'Normal', reason, `Node ${node} status is now: ${reason}`)
  }
}
