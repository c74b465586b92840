/**
 * One sync of one pod (SyncPod and SyncTerminatingPod): report status, mount volumes, make the sandbox, then do what `computeActions`
 * says. Level-triggered: called again, it goes on from what is.
 */

import { isApiError } from '../../api/errors.ts'
import type { PersistentVolume, Pod } from '../../api/generated/types/core-v1.ts'
import { deepEqual } from '../../api/walk.ts'
import type { PodRun, VolumeRun } from '../records.ts'
import { computeActions, mainOver } from './actions.ts'
import { allocateIp } from './addresses.ts'
import { isAttached } from './attach.ts'
import { inBackoff } from './backoff.ts'
import { allContainers, apiPod, dropRun, type KubeletHands, podEvent, putRun, runOf, timer } from './hands.ts'
import { giveToGroup, takesGroup } from './ownership.ts'
import { scheduleProbes } from './probes.ts'
import { completeResize, takePod } from './resize.ts'
import { type StarterCallbacks, startQueue } from './starter.ts'
import { dropMirror, ensureMirror } from './static-pods.ts'
import { generateStatus, isSidecar } from './status.ts'
import { stopContainer } from './termination.ts'
import { isApiVolume, MountError, mountVolume } from './volumes.ts'

/** A crash-looping container is looked at again at the end of its back-off, but at least this often. */
const RESYNC_MS = 60_000
/** What passes between the end of a back-off and the worker's next turn. */
const REQUEUE_SLACK_MS = 1_500
const SANDBOX_MS = 120
/** A sync gives up waiting for volumes after this long, says so, and begins anew (podAttachAndMountTimeout). */
const MOUNT_TIMEOUT_MS = 123_000
/** How often a pod looks whether its volume was attached. */
const ATTACH_LOOK_MS = 2_000
/** How often the pod's worker looks whether its volumes are mounted (podAttachAndMountRetryInterval); never so at the first look. */
const MOUNT_LOOK_MS = 300

export function callbacks(hands: KubeletHands): StarterCallbacks {
  return {
    changed: (uid) => scheduleRelist(hands, uid),
    finished: (uid) => {
      const run = runOf(hands, uid)
      if (run === undefined) return
      if (run.again) {
        putRun(hands, run, { again: false })
        hands.enqueue(uid)
      }
      scheduleResync(hands, run)
    },
  }
}

/** The runtime is listed once a second; what changed since is seen then (PLEG). Each node has a phase of its own. */
export function scheduleRelist(hands: KubeletHands, uid: string): void {
  const id = `relist/${uid}`
  if (hands.cluster.timerDue(hands.actor, id) !== undefined) return
  const phase = hands.cluster.random.below(1000, 'pleg', hands.node.name)
  const now = hands.cluster.clock.nowMs
  timer(hands, id, 1000 - ((now + phase) % 1000), { uid })
}

/** Containers that wait for a back-off's end, or failed to be configured, are tried again. */
function scheduleResync(hands: KubeletHands, run: PodRun): void {
  const now = hands.cluster.clock.nowMs
  let dueMs = Number.POSITIVE_INFINITY
  for (const [name, { reason }] of Object.entries(run.reasons)) {
    if (run.containers[name]?.phase === 'running') continue
    const exit = run.containers[name]?.exit
    const entry = run.backoffs[name]
    if (reason === 'CrashLoopBackOff' && exit && entry && inBackoff(entry, exit.finishedMs, now))
      dueMs = Math.min(dueMs, exit.finishedMs + entry.delayMs)
    else if (reason === 'ImagePullBackOff' || reason === 'ErrImagePull') {
      const image = run.backoffs[`image:${allContainers(run.pod).find((c) => c.name === name)?.image ?? ''}`]
      dueMs = Math.min(dueMs, Math.max(now + 10_000, image === undefined ? 0 : image.updatedMs + image.delayMs))
    } else dueMs = Math.min(dueMs, now + 10_000)
  }
  if (dueMs === Number.POSITIVE_INFINITY) return
  timer(hands, `sync/${run.uid}`, Math.min(dueMs - now + REQUEUE_SLACK_MS, RESYNC_MS), { uid: run.uid })
}

/** Writes the pod's status where it differs. */
export function reportStatus(hands: KubeletHands, uid: string): Pod | undefined {
  const run = runOf(hands, uid)
  if (run === undefined || !hands.online()) return undefined
  const pod = apiPod(hands, run)
  if (pod === undefined) return undefined
  const next = generateStatus({ pod, given: run.pod, run, nowMs: hands.cluster.clock.nowMs, nodeIp: hands.node.ip })
  const kept = pod.status ?? {}
  if (kept.nominatedNodeName) next.nominatedNodeName = kept.nominatedNodeName
  if (kept.resize) next.resize = kept.resize
  if (deepEqual(next, kept)) return pod
  try {
    return hands.write.updateStatus('pods', { ...pod, status: next } as Pod)
  } catch (error) {
    // The pod went or changed in the same instant: the next sync sees it as it is then.
    if (isApiError(error)) return pod
    throw error
  }
}

export function syncPod(hands: KubeletHands, uid: string): void {
  let run = runOf(hands, uid)
  if (run === undefined || (run.refused !== undefined && run.failure === undefined)) return
  if (run.step !== undefined) {
    if (!run.again) run = putRun(hands, run, { again: true })
    if (!isEnding(hands, run)) return
  }
  if (run.fromFile) {
    if (hands.online() && !run.terminating) ensureMirror(hands, run)
  } else if (hands.online()) {
    const pod = apiPod(hands, run)
    if (pod !== undefined && pod !== run.pod) run = takePod(hands, run, pod)
    if (run.resize) run = completeResize(hands, run)
    if (pod === undefined) return terminatePod(hands, run, Math.min(run.pod.spec?.terminationGracePeriodSeconds ?? 30, 30))
  }
  reportStatus(hands, uid)
  run = runOf(hands, uid)!
  if (run.pod.metadata.deletionTimestamp) return terminatePod(hands, run, run.pod.metadata.deletionGracePeriodSeconds ?? 30)
  if (run.fromFile && run.terminating) return terminatePod(hands, run, run.terminating.graceSeconds)
  if (run.failure) return terminatePod(hands, run, run.terminating?.graceSeconds ?? run.pod.spec?.terminationGracePeriodSeconds ?? 30)
  if (overDeadline(hands, run)) return
  if (!run.mounted && !mountVolumes(hands, run)) return
  run = runOf(hands, uid)!
  if (run.sandboxMs === 0) return makeSandbox(hands, run)
  act(hands, run)
}

const isEnding = (hands: KubeletHands, run: PodRun): boolean =>
  run.fromFile
    ? run.terminating !== undefined
    : hands.online() && (apiPod(hands, run)?.metadata.deletionTimestamp !== undefined || apiPod(hands, run) === undefined)

function act(hands: KubeletHands, run: PodRun): void {
  const actions = computeActions(run.pod, run)
  const grace = run.pod.spec?.terminationGracePeriodSeconds ?? 30
  for (const { container, message, restarts } of actions.kill) {
    if (run.killing[container] === undefined)
      stopContainer(hands, run.uid, container, message, probeGrace(run, container) ?? grace, restarts)
  }
  if (actions.over) {
    if (!allContainers(run.pod).some((c) => runOf(hands, run.uid)?.containers[c.name]?.phase === 'running')) reportStatus(hands, run.uid)
    return
  }
  const now = runOf(hands, run.uid)
  if (now === undefined) return
  scheduleProbes(hands, now)
  const queue = actions.start.filter((name) => now.killing[name] === undefined)
  if (queue.length > 0) startQueue(hands, run.uid, queue, callbacks(hands))
}

/** A container that a sync stopped has ended: the same sync starts it again, before anybody lists the runtime. */
export function restartStopped(hands: KubeletHands, run: PodRun, name: string): void {
  if (run.step === undefined && !run.terminating && !run.failure) startQueue(hands, run.uid, [name], callbacks(hands), true)
}

/** A probe may set a grace period of its own. */
function probeGrace(run: PodRun, name: string): number | undefined {
  const container = allContainers(run.pod).find((c) => c.name === name)
  const failed =
    run.probes[`${name}/liveness`]?.ok === false
      ? container?.livenessProbe
      : run.probes[`${name}/startup`]?.ok === false
        ? container?.startupProbe
        : undefined
  return failed?.terminationGracePeriodSeconds
}

function overDeadline(hands: KubeletHands, run: PodRun): boolean {
  const seconds = run.pod.spec?.activeDeadlineSeconds
  if (seconds === undefined || mainOver(run.pod, run)) return false
  const leftMs = run.startMs + seconds * 1000 - hands.cluster.clock.nowMs
  if (leftMs > 0) {
    timer(hands, `deadline/${run.uid}`, leftMs, { uid: run.uid })
    return false
  }
  const message = 'Pod was active on the node longer than the specified deadline'
  podEvent(hands, run.pod, 'Normal', 'DeadlineExceeded', message)
  failPod(hands, run, 'DeadlineExceeded', message)
  return true
}

/** The pod fails as a whole: refused, evicted or out of time. `disruption`: through no fault of its own, which a condition says. */
export function failPod(
  hands: KubeletHands,
  run: PodRun,
  reason: string,
  message: string,
  graceSeconds?: number,
  disruption = false,
): void {
  const grace = graceSeconds ?? run.pod.spec?.terminationGracePeriodSeconds ?? 30
  const failed = putRun(hands, run, {
    failure: { reason, message, ...(disruption && { disruption }) },
    terminating: { graceSeconds: grace, reason, message },
  })
  reportStatus(hands, run.uid)
  terminatePod(hands, failed, grace)
}

function mountVolumes(hands: KubeletHands, run: PodRun): boolean {
  const volumes: Record<string, VolumeRun> = {}
  const failed: string[] = []
  let silent = true
  const unattached: string[] = []
  const world = {
    read: hands.cluster.read,
    storage: hands.storage,
    node: hands.node.name,
    nowMs: hands.cluster.clock.nowMs,
    attached: (pv: PersistentVolume) => isAttached(hands, pv),
  }
  for (const volume of run.pod.spec?.volumes ?? []) {
    try {
      const mounted = mountVolume(volume, run.pod, world)
      if (mounted.backing && takesGroup(volume, run.pod, world.read)) giveToGroup(hands.storage.open(mounted.backing), run.pod)
      volumes[volume.name] = mounted
    } catch (error) {
      if (!(error instanceof MountError)) throw error
      failed.push(volume.name)
      if (error.reason === 'FailedAttachVolume') {
        unattached.push(volume.name)
      } else if (!error.silent) {
        silent = false
        podEvent(hands, run.pod, 'Warning', error.reason, error.message)
      }
    }
  }
  if (failed.length > 0) {
    const tries = silent ? 0 : run.mountTries + 1
    const since = run.mountSinceMs ?? hands.cluster.clock.nowMs
    const late = hands.cluster.clock.nowMs - since >= MOUNT_TIMEOUT_MS
    if (late)
      podEvent(
        hands,
        run.pod,
        'Warning',
        'FailedMount',
        `Unable to attach or mount volumes: unmounted volumes=[${failed.join(' ')}], unattached volumes=[${unattached.join(' ')}], failed to process volumes=[]: context deadline exceeded`,
      )
    putRun(hands, run, {
      mountTries: tries,
      mountSinceMs: late ? hands.cluster.clock.nowMs : since,
    })
    const waitMs = unattached.length > 0 ? ATTACH_LOOK_MS : silent ? 500 : Math.min(500 * 2 ** (tries - 1), 122_000)
    timer(hands, `sync/${run.uid}`, Math.min(waitMs, Math.max(since + MOUNT_TIMEOUT_MS - hands.cluster.clock.nowMs, 500)), { uid: run.uid })
    return false
  }
  const waitedMs = Object.keys(volumes).length > 0 ? MOUNT_LOOK_MS : 0
  putRun(hands, run, { volumes, mounted: true, mountTries: 0, probesMs: hands.cluster.clock.nowMs + waitedMs })
  if (Object.values(volumes).some((v) => v.objects)) timer(hands, `volumes/${run.uid}`, volumePeriodMs(hands, run), { uid: run.uid })
  return true
}

/** API volumes are refreshed with the pod's periodic sync, every 60 to 90 s. */
const volumePeriodMs = (hands: KubeletHands, run: PodRun): number => 60_000 + hands.cluster.random.below(30_000, 'volume-sync', run.uid)

/** Renders API volumes anew where their objects changed. */
export function refreshVolumes(hands: KubeletHands, uid: string): void {
  const run = runOf(hands, uid)
  if (run === undefined || run.terminating) return
  if (hands.online()) {
    const volumes = { ...run.volumes }
    const changed: string[] = []
    for (const volume of run.pod.spec?.volumes ?? []) {
      if (!isApiVolume(volume)) continue
      try {
        const kept = volumes[volume.name]?.objects
        const world = { read: hands.cluster.read, storage: hands.storage, node: hands.node.name, nowMs: hands.cluster.clock.nowMs, kept }
        const next = mountVolume(volume, run.pod, world)
        if (!deepEqual(next.objects, kept)) {
          volumes[volume.name] = next
          changed.push(volume.name)
        }
      } catch (error) {
        if (!(error instanceof MountError)) throw error
        podEvent(hands, run.pod, 'Warning', error.reason, error.message)
      }
    }
    if (changed.length > 0) announce(hands, putRun(hands, run, { volumes }), changed)
  }
  timer(hands, `volumes/${uid}`, volumePeriodMs(hands, run), { uid })
}

function announce(hands: KubeletHands, run: PodRun, volumes: readonly string[]): void {
  for (const container of allContainers(run.pod)) {
    const state = run.containers[container.name]
    if (state?.phase !== 'running') continue
    for (const mount of container.volumeMounts ?? [])
      if (volumes.includes(mount.name) && !mount.subPath) hands.processes.filesChanged(state.id, mount.mountPath)
  }
}

function makeSandbox(hands: KubeletHands, run: PodRun): void {
  putRun(hands, run, { step: { kind: 'sandbox', queue: [] } })
  timer(hands, `step/${run.uid}`, SANDBOX_MS, { uid: run.uid })
}

/** The sandbox is ready: it has an address, and containers may be made in it. */
export function sandboxReady(hands: KubeletHands, uid: string): void {
  const run = runOf(hands, uid)
  if (run === undefined) return
  const { step: _step, ...rest } = run
  const ip = run.hostNetwork ? hands.node.ip : run.ip || allocateIp(hands)
  const ready = putRun(hands, rest as PodRun, { ip, sandboxMs: hands.cluster.clock.nowMs })
  scheduleRelist(hands, uid)
  if (ready.terminating === undefined) act(hands, ready)
  else hands.enqueue(uid)
}

/** Stops everything; once all is still, writes the last status and lets the API forget the pod. */
function terminatePod(hands: KubeletHands, run: PodRun, graceSeconds: number): void {
  const shorter = run.terminating === undefined || graceSeconds < run.terminating.graceSeconds
  if (shorter) putRun(hands, run, { terminating: { ...run.terminating, graceSeconds } })
  const ephemeral = (run.pod.spec?.ephemeralContainers ?? []) as unknown as ReturnType<typeof allContainers>
  const running = [...allContainers(run.pod), ...ephemeral].filter((c) => run.containers[c.name]?.phase === 'running')
  const main = running.filter((c) => !isSidecar(c))
  // Sidecars end after the containers they serve.
  for (const container of main.length > 0 ? main : [...running].reverse())
    stopContainer(hands, run.uid, container.name, `Stopping container ${container.name}`, graceSeconds)
  if (running.length === 0) return finishPod(hands, runOf(hands, run.uid)!)
}

function finishPod(hands: KubeletHands, run: PodRun): void {
  if (run.fromFile) {
    if (hands.online()) dropMirror(hands, run)
    return forgetPod(hands, run)
  }
  const pod = hands.online() ? apiPod(hands, run) : undefined
  if (pod !== undefined) {
    reportStatus(hands, run.uid)
    if (!pod.metadata.deletionTimestamp) return
    try {
      hands.write.delete('pods', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0, uid: run.uid })
    } catch (error) {
      if (!isApiError(error)) throw error
    }
    // A finalizer may hold the object: the record stays until it is gone.
    if (apiPod(hands, run) !== undefined) return
  } else if (!hands.online()) return
  forgetPod(hands, run)
}

/** Nothing of the pod is left on the node. */
export function forgetPod(hands: KubeletHands, run: PodRun): void {
  for (const volume of Object.values(run.volumes)) {
    if (
      volume.backing &&
      (volume.backing.kind === 'memory' ||
        (volume.backing.kind === 'node-disk' && volume.backing.path.startsWith(`/var/lib/kubelet/pods/${run.uid}/`)))
    )
      hands.storage.destroy(volume.backing)
  }
  for (const state of Object.values(run.containers)) {
    for (const id of [state.id, state.last?.containerId ?? '']) {
      if (id === '') continue
      hands.logs.drop(id)
      hands.storage.destroy({ kind: 'layer', containerId: id })
    }
  }
  for (const kind of ['sync', 'relist', 'step', 'deadline', 'volumes', 'resize'])
    hands.cluster.cancelTimer(hands.actor, `${kind}/${run.uid}`)
  for (const container of allContainers(run.pod))
    for (const kind of ['startup', 'liveness', 'readiness'])
      hands.cluster.cancelTimer(hands.actor, `probe/${run.uid}/${container.name}/${kind}`)
  dropRun(hands, run.uid)
}
