/** One node's kubelet: takes the pods bound to its node, keeps a worker's queue over them, and hands timers to the parts they belong to. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ObjectChange } from '../../client/contract.ts'
import type { Actor } from '../../sim/loop.ts'
import { configurationOf } from '../power.ts'
import { POD_RUN, type PodRun } from '../records.ts'
import type { ProcessExit } from '../runtime/process-contract.ts'
import { admit } from './admit.ts'
import { isMirror, type KubeletHands, podEvent, podKey, putRun, runOf, timer } from './hands.ts'
import { callbacks, failPod, refreshVolumes, reportStatus, restartStopped, sandboxReady, scheduleRelist, syncPod } from './pod-worker.ts'
import { type ProbeKind, runProbe } from './probes.ts'
import { loseSandbox } from './sandbox.ts'
import { resumeStep } from './starter.ts'
import { podOfFile } from './static-pods.ts'
import { afterPreStop, killNow, stopEnded } from './termination.ts'
import { terminationMessage } from './termination-message.ts'

/** From the last container's end to the API forgetting the pod. */
const TEARDOWN_MS = 800

/** From a look at a pod to the API's knowing that it was refused: what replaces it is refused in its turn, and time must pass. */
const REFUSE_MS = 100

const FINISHED = new Set(['Succeeded', 'Failed'])

export class Kubelet implements Actor {
  readonly name: string
  /** A pod looked at, its status made and compared. */
  readonly effort = 60
  readonly #hands: KubeletHands
  /** Pods to be looked at; with each, where it is known, the API's object that asked for it. */
  readonly #queue = new Map<string, Pod | undefined>()
  /** The machine is on and the kubelet runs. */
  #up: () => boolean

  constructor(hands: Omit<KubeletHands, 'enqueue'>, up: () => boolean) {
    this.name = hands.actor
    this.#up = up
    this.#hands = { ...hands, enqueue: (uid) => this.#enqueue(uid) }
  }

  get hands(): KubeletHands {
    return this.#hands
  }

  /** A pod of this node changed in the API. */
  podChanged(change: ObjectChange): void {
    const { metadata } = (change.after ?? change.before)!
    if (!this.#up() || !concerns(change)) return
    this.#queue.set(metadata.annotations?.['kubernetes.io/config.mirror'] ?? metadata.uid!, change.after as Pod | undefined)
  }

  work(): boolean {
    const [next] = this.#queue
    if (next === undefined) return false
    const [uid, pod] = next
    this.#queue.delete(uid)
    if (!this.#up()) return true
    if (runOf(this.#hands, uid) === undefined) this.#take(uid, pod)
    syncPod(this.#hands, uid)
    return true
  }

  forget(): void {
    this.#queue.clear()
  }

  #enqueue(uid: string): void {
    if (!this.#queue.has(uid)) this.#queue.set(uid, undefined)
  }

  /** The API's pod as it is now; `known` tells its name without a search. */
  #find(uid: string, known: Pod | undefined): Pod | undefined {
    const { read } = this.#hands.cluster
    const pod = known && read.get('pods', known.metadata.namespace, known.metadata.name)
    return pod !== undefined && podKey(pod) === uid ? pod : read.onNode('pods', this.#hands.node.name).find((p) => podKey(p) === uid)
  }

  #newRun(pod: Pod): PodRun {
    const { cells, clock } = this.#hands.cluster
    const { podPidsLimit } = configurationOf(cells, this.#hands.node.name)
    return { ...newRun(pod, clock.nowMs), ...(podPidsLimit !== undefined && { pidsLimit: podPidsLimit }) }
  }

  /** Sees a pod for the first time. */
  #take(uid: string, known: Pod | undefined): void {
    if (!this.#hands.online()) return
    const pod = this.#find(uid, known)
    if (pod === undefined || isMirror(pod) || pod.spec?.nodeName !== this.#hands.node.name || FINISHED.has(pod.status?.phase ?? '')) return
    const run = putRun(this.#hands, this.#newRun(pod))
    const refusal = admit(this.#hands, pod)
    if (refusal === undefined) return
    putRun(this.#hands, run, { refused: refusal })
    timer(this.#hands, `refuse/${uid}`, REFUSE_MS, { uid })
  }

  #refuse(uid: string): void {
    const run = runOf(this.#hands, uid)
    if (run?.refused === undefined || run.failure !== undefined) return
    const { reason, message } = run.refused
    podEvent(this.#hands, run.pod, 'Warning', reason, message)
    failPod(this.#hands, run, reason, message)
  }

  onTimer(id: string, payload: unknown): void {
    if (!this.#up()) return
    const { uid, container, kind, session } = payload as { uid: string; container: string; kind: ProbeKind; session?: string }
    const hands = this.#hands
    switch (id.slice(0, id.indexOf('/'))) {
      case 'relist':
      case 'sync':
      case 'deadline':
      case 'resize':
        return hands.enqueue(uid)
      case 'step':
        return runOf(hands, uid)?.step?.kind === 'sandbox' ? sandboxReady(hands, uid) : resumeStep(hands, uid, session, callbacks(hands))
      case 'probe':
      case 'probe-exec':
        return runProbe(
          hands,
          { uid, container, kind, ...(session && { session }) },
          () => hands.enqueue(uid),
          () => reportStatus(hands, uid),
        )
      case 'kill':
        return killNow(hands, uid, container)
      case 'refuse':
        return this.#refuse(uid)
      case 'pre-stop':
        return afterPreStop(hands, uid, container, session)
      case 'sandbox':
        return loseSandbox(hands, uid)
      case 'volumes':
        return refreshVolumes(hands, uid)
    }
  }

  /** A container's main process ended. */
  exited(exit: ProcessExit): void {
    const hands = this.#hands
    const run = runOf(hands, exit.podUid)
    const state = run && Object.values(run.containers).find((c) => c.id === exit.containerId)
    if (run === undefined || state === undefined || state.phase !== 'running') return
    hands.cluster.cells.charge(4 * run.pod.spec!.containers.length)
    const reason = exit.oom ? 'OOMKilled' : exit.exitCode === 0 ? 'Completed' : 'Error'
    const message = terminationMessage(hands, run, state.name, exit.containerId, exit.exitCode)
    const record = {
      containerId: exit.containerId,
      exitCode: exit.exitCode,
      reason,
      ...(message !== undefined && { message }),
      startedMs: state.startedMs,
      finishedMs: hands.cluster.clock.nowMs,
    }
    const next = putRun(hands, run, { containers: { ...run.containers, [state.name]: { ...state, phase: 'exited', exit: record } } })
    const stopped = stopEnded(hands, next, state.name)
    // One dead container is kept beside the one that runs: the one before it goes now, its log too.
    if (state.last?.containerId) {
      hands.logs.drop(state.last.containerId)
      hands.storage.destroy({ kind: 'layer', containerId: state.last.containerId })
    }
    // Volumes and cgroups are taken down before the pod is given back.
    if (next.terminating) timer(hands, `sync/${run.uid}`, TEARDOWN_MS, { uid: run.uid })
    else {
      scheduleRelist(hands, run.uid)
      if (run.killing[state.name]?.restarts) restartStopped(hands, stopped, state.name)
    }
  }

  /** Every pod of the node is looked at again: after a start, or when the API server can be reached again. */
  resyncAll(): void {
    const { cluster, node } = this.#hands
    for (const pod of cluster.read.onNode('pods', node.name)) this.#queue.set(podKey(pod), pod)
    const prefix = `${node.name}/`
    for (const key of cluster.cells.keys(POD_RUN, prefix)) this.#enqueue(key.slice(prefix.length))
  }

  /** What the files of the node declare, by their texts: new pods are run, those whose file is gone or changed are stopped. */
  filesDeclare(texts: readonly string[]): void {
    const { cluster, node } = this.#hands
    const pods = texts.map((text) => podOfFile(text, this.#hands)).filter((p) => p !== undefined)
    for (const key of cluster.cells.keys(POD_RUN, `${node.name}/`)) {
      const run = cluster.cells.get<PodRun>(POD_RUN, key)!
      if (!run.fromFile || run.terminating || pods.some((p) => p.metadata.uid === run.uid)) continue
      putRun(this.#hands, run, { terminating: { graceSeconds: run.pod.spec?.terminationGracePeriodSeconds ?? 30 } })
      this.#enqueue(run.uid)
    }
    for (const pod of pods) {
      const uid = pod.metadata.uid!
      if (runOf(this.#hands, uid) !== undefined) continue
      putRun(this.#hands, { ...this.#newRun(pod), fromFile: true })
      this.#enqueue(uid)
    }
  }

  /** After a boot: containers are gone, sandboxes too, what was on disk is there. */
  rebooted(): void {
    const { cluster, node } = this.#hands
    for (const key of cluster.cells.keys(POD_RUN, `${node.name}/`)) {
      const run = cluster.cells.get<PodRun>(POD_RUN, key)!
      const containers = Object.fromEntries(
        Object.entries(run.containers).map(([name, state]) => [name, state.phase === 'running' ? lost(state, cluster.clock.nowMs) : state]),
      )
      const { step: _step, again: _again, ...rest } = run
      putRun(this.#hands, rest as PodRun, { containers, sandboxMs: 0, ip: '', probes: {}, killing: {}, mounted: false, rebooted: true })
    }
    this.resyncAll()
  }
}

/** A change of status alone is mostly the kubelet's own word and asks for no work. */
function concerns({ before, after }: ObjectChange): boolean {
  if (before === undefined || after === undefined) return true
  const a = before.metadata
  const b = after.metadata
  return (
    a.generation !== b.generation ||
    before['spec']?.nodeName !== after['spec']?.nodeName ||
    a.deletionTimestamp !== b.deletionTimestamp ||
    a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds
  )
}

const lost = (state: PodRun['containers'][string], nowMs: number): PodRun['containers'][string] => ({
  ...state,
  phase: 'exited',
  exit: { containerId: state.id, exitCode: 255, reason: 'Unknown', startedMs: state.startedMs, finishedMs: nowMs },
})

function newRun(pod: Pod, nowMs: number): PodRun {
  return {
    uid: pod.metadata.uid!,
    pod,
    ip: '',
    hostNetwork: pod.spec?.hostNetwork === true,
    sandboxMs: 0,
    startMs: nowMs,
    containers: {},
    reasons: {},
    backoffs: {},
    probes: {},
    killing: {},
    volumes: {},
    mounted: false,
    mountTries: 0,
  }
}
