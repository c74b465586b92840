/**
 * The scheduler as an actor: takes one pod at a time, finds it a node, binds it, or says why not. Models kube-scheduler's default profile;
 * since writes are seen at once there is nothing to assume, except for pods that wait on a node for their volumes.
 */
import { isApiError } from '../api/errors.ts'
import type { Pod, PodCondition } from '../api/generated/types/core-v1.ts'
import { formatTime } from '../api/rfc3339.ts'
import type { Cluster, ObjectChange } from '../client/contract.ts'
import { isFinished } from '../controllers/pod-state.ts'
import { same } from '../controllers/same.ts'
import type { Actor } from '../sim/loop.ts'
import type { Handle, Hands, Verdict } from './contract.ts'
import { enoughNodes, type Filtered, Framework } from './framework.ts'
import { plugins } from './plugins/index.ts'
import { type PodInfo, podInfo } from './pod-info.ts'
import { SchedulingQueue } from './queue.ts'
import { Snapshot } from './snapshot.ts'

export const SCHEDULER_NAME = 'default-scheduler'
const ACTOR = 'scheduler'
const USER = 'system:kube-scheduler'
/** Pods that have a node but wait for their volumes: uid → Waiting. */
const WAITING = 'scheduler-waiting'
const VERDICT = 'scheduler-verdict'
const START = 'start'
const BIND_TIMEOUT_MS = 600_000
const VOLUMES = 'volumes/'

interface Waiting {
  readonly node: string
  readonly namespace: string
  readonly name: string
  readonly dueMs: number
}

export class Scheduler implements Actor {
  readonly name = ACTOR
  readonly effort = 300
  readonly snapshot = new Snapshot()
  readonly #cluster: Cluster
  readonly #framework: Framework
  readonly #queue: SchedulingQueue
  readonly #handle: Handle
  readonly #hands: Hands
  /** Waiting pods whose volumes may be bound by now. */
  readonly #recheck = new Set<string>()
  // Listeners only note what happened: they are told of a rewind's changes too, when nothing may be written.
  #changes: { readonly resource: string; readonly change: ObjectChange }[] = []
  readonly #retries = new Set<string>()
  readonly #settledPods = new Set<string>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.#handle = { read: cluster.read, snapshot: this.snapshot, nowMs: () => cluster.clock.nowMs }
    this.#hands = { write: cluster.writer(USER), events: cluster.recorder(SCHEDULER_NAME, undefined, true) }
    this.#framework = new Framework(plugins, this.#handle)
    const timers = {
      set: (uid: string, dueMs: number) => cluster.setTimer(ACTOR, uid, dueMs),
      cancel: (uid: string) => cluster.cancelTimer(ACTOR, uid),
    }
    this.#queue = new SchedulingQueue(cluster.cells, timers, () => cluster.clock.nowMs)
    this.#load()
    cluster.subscribe('nodes', (change) => this.snapshot.setNode((change.after ?? change.before)!.metadata.name, change.after))
    cluster.subscribe('pods', (change) => this.#onPod(change))
    for (const resource of new Set(plugins.flatMap((p) => Object.keys(p.wakes ?? {}))))
      cluster.subscribe(resource, (change) => this.#onChange(resource, change))
    cluster.register(this)
  }

  #load(): void {
    this.snapshot.clear()
    this.#queue.clear()
    this.#recheck.clear()
    this.#changes = []
    this.#retries.clear()
    this.#settledPods.clear()
    for (const node of this.#cluster.read.list('nodes')) this.snapshot.setNode(node.metadata.name, node)
    for (const pod of this.#cluster.read.list('pods')) this.#takeIn(pod, undefined)
  }

  forget(): void {
    this.#load()
  }

  // ── what changes ──

  #onPod(change: ObjectChange): void {
    const pod = change.after as Pod | undefined
    if (pod !== undefined) {
      this.#takeIn(pod, change.before as Pod | undefined)
      return
    }
    this.#forgetPod(podInfo(change.before as Pod))
  }

  #forgetPod(info: PodInfo): void {
    this.snapshot.unplace(info.uid)
    this.#settled(info)
  }

  /** No more to do for it: placed, gone or finished. */
  #settled(info: PodInfo): void {
    this.#queue.drop(info.uid)
    this.snapshot.nominate(info, undefined)
    this.#settledPods.add(info.uid)
  }

  /** Does what listeners noted. */
  #catchUp(): void {
    const { cells } = this.#cluster
    for (const uid of this.#settledPods) {
      this.#queue.tidy(uid)
      if (this.#queue.place(uid) !== undefined) continue
      if (cells.get(WAITING, uid) !== undefined) this.#endWaiting(uid)
      if (cells.get(VERDICT, uid) !== undefined) cells.delete(VERDICT, uid)
    }
    this.#settledPods.clear()
    for (const uid of this.#retries) this.#queue.retry(uid)
    this.#retries.clear()
    const changes = this.#changes
    this.#changes = []
    for (const { resource, change } of changes) this.#wake(resource, change)
  }

  #takeIn(pod: Pod, before: Pod | undefined): void {
    if (pod.spec?.nodeName) {
      if (isFinished(pod)) this.#forgetPod(podInfo(pod))
      else {
        this.snapshot.place(pod, pod.spec.nodeName)
        if (!before?.spec?.nodeName) this.#settled(podInfo(pod))
      }
      return
    }
    const info = podInfo(pod)
    const ours = (pod.spec?.schedulerName ?? SCHEDULER_NAME) === SCHEDULER_NAME
    if (!ours || isFinished(pod) || pod.metadata.deletionTimestamp !== undefined) {
      this.#forgetPod(info)
      return
    }
    const waiting = this.#cluster.cells.get<Waiting>(WAITING, info.uid)
    if (waiting !== undefined) {
      this.snapshot.place(pod, waiting.node)
      return
    }
    if (pod.status?.nominatedNodeName !== before?.status?.nominatedNodeName || before === undefined)
      this.snapshot.nominate(info, pod.status?.nominatedNodeName)
    const retry =
      before !== undefined &&
      (before.spec !== pod.spec ? !same(before.spec, pod.spec) : false || !same(before.metadata.labels, pod.metadata.labels))
    this.#queue.put(info, this.#framework.preEnqueue(info) !== undefined)
    if (retry) this.#retries.add(info.uid)
  }

  #onChange(resource: string, change: ObjectChange): void {
    if (resource.startsWith('persistentvolume')) for (const uid of this.#cluster.cells.keys(WAITING)) this.#recheck.add(uid)
    if (this.#queue.anyWaits) this.#changes.push({ resource, change })
  }

  #wake(resource: string, change: ObjectChange): void {
    this.#queue.wake((plugin) => {
      const hint = hints.get(plugin)?.[resource]
      if (hint === undefined) return false
      // Most hints look at the change alone, and are asked once.
      return hint.length < 2 ? hint(change, undefined as never) : ({ pod }) => hint(change, pod)
    })
  }
  onTimer(id: string): void {
    if (id.startsWith(VOLUMES)) this.#recheck.add(id.slice(VOLUMES.length))
    else this.#queue.due(id)
  }

  // ── a cycle ──

  work(): boolean {
    this.#catchUp()
    for (const uid of this.#recheck) {
      this.#recheck.delete(uid)
      this.#resume(uid)
      return true
    }
    const queued = this.#queue.pop()
    if (queued === undefined) return false
    this.#schedule(queued)
    return true
  }

  #find(info: PodInfo, all: boolean): Filtered {
    const count = this.snapshot.nodes.length
    const start = this.#cluster.cells.get<number>(ACTOR, START) ?? 0
    const filtered = this.#framework.findNodes(info, all || count === 0 ? 0 : start % count, all ? count : enoughNodes(count))
    if (!all && count > 0 && filtered.looked % count !== 0) this.#cluster.cells.put(ACTOR, START, (start + filtered.looked) % count)
    return filtered
  }

  #schedule(info: PodInfo): void {
    const filtered = this.#find(info, false)
    if (filtered.feasible.length === 0) {
      this.#fail(info, filtered)
      return
    }
    const node = this.#framework.choose(filtered.state, info, filtered.feasible, this.#cluster.random)
    let wait = false
    try {
      for (const p of plugins) if (p.preBind?.(filtered.state, info, node.name, this.#handle, this.#hands) === 'wait') wait = true
      if (wait) this.#wait(info, node.name)
      else this.#bind(info, node.name)
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#rejected(info, `binding rejected: ${error.message}`)
    }
  }

  #bind(info: PodInfo, node: string): void {
    const { namespace, name, uid } = info.pod.metadata
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    }
    this.#hands.write.post('pods', namespace, name, 'binding', binding)
    this.#hands.events.event(info.pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`, {
      action: 'Binding',
    })
  }

  #wait(info: PodInfo, node: string): void {
    const dueMs = this.#cluster.clock.nowMs + BIND_TIMEOUT_MS
    const waiting: Waiting = { node, namespace: info.namespace, name: info.pod.metadata.name, dueMs }
    this.#queue.drop(info.uid)
    this.#cluster.cells.put(WAITING, info.uid, waiting)
    this.snapshot.place(info.pod, node)
    this.#cluster.setTimer(ACTOR, `${VOLUMES}${info.uid}`, dueMs)
    this.#recheck.add(info.uid)
  }

  #endWaiting(uid: string): void {
    this.#cluster.cells.delete(WAITING, uid)
    this.#cluster.cancelTimer(ACTOR, `${VOLUMES}${uid}`)
  }

  /** A pod that waits for volumes: binds it when they are there, gives up when they never will be or time is over. */
  #resume(uid: string): void {
    const waiting = this.#cluster.cells.get<Waiting>(WAITING, uid)
    const pod = waiting && this.#cluster.read.get('pods', waiting.namespace, waiting.name)
    if (waiting === undefined || pod === undefined) return
    const answers = plugins.map((p) => p.mayBind?.(pod, waiting.node, this.#handle) ?? true)
    const late = this.#cluster.clock.nowMs >= waiting.dueMs
    if (!late && answers.every((a) => a === true)) {
      this.#endWaiting(uid)
      try {
        this.#bind(podInfo(pod), waiting.node)
      } catch (error) {
        if (!isApiError(error)) throw error
        this.#giveUp(pod, `binding rejected: ${error.message}`)
      }
    } else if (late || answers.includes('never')) {
      this.#endWaiting(uid)
      this.#giveUp(pod, 'binding volumes: context deadline exceeded')
    }
  }

  #giveUp(pod: Pod, message: string): void {
    const info = podInfo(pod)
    this.snapshot.unplace(info.uid)
    this.#queue.put(info, false)
    this.#rejected(info, message)
  }

  /** Something went wrong on the way to a node that would have done. */
  #rejected(info: PodInfo, message: string): void {
    this.#queue.failed(info.uid, [])
    this.#tell(info, 'SchedulerError', message, undefined)
  }

  #fail(info: PodInfo, filtered: Filtered): void {
    const by = filtered.preFilter === undefined ? [...new Set(filtered.rejectedBy.values())] : [filtered.preFilter.plugin]
    // Before preemption acts: a victim that leaves at once already wakes this pod. Without nodes, a new one does.
    this.#queue.failed(info.uid, by.length > 0 ? by : ['NodeName'])
    const post = this.#framework.postFilter(info, filtered, this.#hands)
    const message = this.#framework.message(filtered, post.message)
    const verdict: Verdict = { pod: info.key, message, nodes: this.#framework.verdicts(info, filtered) }
    this.#cluster.cells.put(VERDICT, info.uid, verdict)
    this.#tell(info, 'Unschedulable', message, post.nominated)
  }

  #tell(info: PodInfo, reason: string, message: string, nominated: string | undefined): void {
    this.#hands.events.event(info.pod, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' })
    try {
      this.#hands.write.modify(
        'pods',
        info.namespace,
        info.pod.metadata.name,
        (draft) => this.#note(draft, reason, message, nominated),
        'status',
      )
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }

  #note(draft: Pod, reason: string, message: string, nominated: string | undefined): void {
    const conditions = draft.status?.conditions ?? []
    const old = conditions.find((c) => c.type === 'PodScheduled')
    const now = formatTime(this.#cluster.clock.nowMs)
    draft.status ??= {}
    if (old?.status !== 'False' || old.reason !== reason || old.message !== message) {
      const next: PodCondition = {
        lastProbeTime: null as never,
        lastTransitionTime: old?.status === 'False' ? (old.lastTransitionTime ?? now) : now,
        message,
        ...(draft.metadata.generation !== undefined && { observedGeneration: draft.metadata.generation }),
        reason,
        status: 'False',
        type: 'PodScheduled',
      }
      draft.status.conditions = old === undefined ? [...conditions, next] : conditions.map((c) => (c === old ? next : c))
    }
    if (nominated !== undefined) draft.status.nominatedNodeName = nominated
  }

  // ── for `why` ──

  /** Why a pending pod is where it is: each node's verdict now, without changing anything. Undefined for a pod that is not waiting. */
  explain(namespace: string, name: string): Verdict | undefined {
    const pod = this.#cluster.read.get('pods', namespace, name)
    if (pod === undefined || pod.spec?.nodeName) return undefined
    const info = podInfo(pod)
    const gate = this.#framework.preEnqueue(info)
    if (gate !== undefined) return { pod: info.key, message: gate.rejection.reasons.join(', '), nodes: [] }
    const filtered = this.#find(info, true)
    const verdict: Verdict = {
      pod: info.key,
      message: this.#framework.message(filtered, ''),
      nodes: this.#framework.verdicts(info, filtered),
    }
    if (filtered.feasible.length === 0) return verdict
    return { ...verdict, message: '', chosen: this.#framework.choose(filtered.state, info, filtered.feasible, this.#cluster.random).name }
  }

  /** What the last failed attempt found. */
  lastVerdict(pod: Pod): Verdict | undefined {
    return this.#cluster.cells.get<Verdict>(VERDICT, podInfo(pod).uid)
  }
}

const hints = new Map(plugins.map((p) => [p.name, p.wakes]))

/** Starts the scheduler in a cluster. */
export const createScheduler = (cluster: Cluster): Scheduler => new Scheduler(cluster)
