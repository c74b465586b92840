/**
 * Starts a pod's containers one after the other (kuberuntime's SyncPod): back-off, image, configuration, process, postStart hook.
 * Where that takes time the rest is kept as a step in the pod's record and goes on when the step's timer is due.
 */

import { formatDuration } from '../../api/durations.ts'
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import type { HttpRequest, Origin } from '../../network/contract.ts'
import type { ImageResolution } from '../../programs/contract.ts'
import type { PodRun } from '../records.ts'
import { diskFreeBytes } from '../runtime/full-disk.ts'
import { inBackoff, nextBackoff } from './backoff.ts'
import { ConfigError } from './env.ts'
import { containerEvent, containerOf, type KubeletHands, putRun, runOf, timer } from './hands.ts'
import { canonicalReference, isPresent, keepImage, pullDecision, resolveImage, tellMissingSecrets } from './images.ts'
import { launch } from './launch.ts'
import { scheduleProbes } from './probes.ts'
import { stopContainer } from './termination.ts'

/** Called when the queue is worked off, and when a container's state changed so that the relist will see it. */
export interface StarterCallbacks {
  finished(uid: string): void
  changed(uid: string): void
}

const podLabel = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`

/**
 * Works through the queue until something takes time. `sameSync`: by the sync that stopped them, which knows of their end before the one
 * that it just brought about: a back-off counts from there.
 */
export function startQueue(hands: KubeletHands, uid: string, queue: readonly string[], calls: StarterCallbacks, sameSync = false): void {
  for (let i = 0; i < queue.length; i++) {
    const run = runOf(hands, uid)
    if (run === undefined) return
    if (run.terminating || run.failure) break
    const container = containerOf(run.pod, queue[i]!)
    if (container !== undefined && beginContainer(hands, run, container, queue.slice(i + 1), calls, sameSync) === 'wait') return
  }
  const run = runOf(hands, uid)
  if (run === undefined) return
  if (run.step) {
    const { step: _done, ...rest } = run
    putRun(hands, rest as PodRun)
  }
  calls.finished(uid)
}

/** A step's time has passed. */
export function resumeStep(hands: KubeletHands, uid: string, session: string | undefined, calls: StarterCallbacks): void {
  const run = runOf(hands, uid)
  const step = run?.step
  if (run === undefined || step === undefined) return
  const { step: _step, ...rest } = run
  const now = putRun(hands, rest as PodRun)
  const container = step.container === undefined ? undefined : containerOf(now.pod, step.container)
  if (container !== undefined && !now.terminating && !now.failure) {
    if (step.kind === 'pull') {
      if (pulled(hands, now, container, step.pullStartedMs ?? 0, step.queue, calls) === 'wait') return
    } else if (step.kind === 'post-start') {
      if (session !== undefined && hands.execs.finish(session).exitCode !== 0) postStartFailed(hands, now, container)
    }
  }
  startQueue(hands, uid, step.queue, calls)
}

type Progress = 'next' | 'wait'

function wait(hands: KubeletHands, run: PodRun, step: NonNullable<PodRun['step']>, afterMs: number | undefined): Progress {
  putRun(hands, run, { step })
  if (afterMs !== undefined) timer(hands, `step/${run.uid}`, afterMs, { uid: run.uid })
  return 'wait'
}

export function setReason(hands: KubeletHands, run: PodRun, container: string, reason: string, message: string): PodRun {
  return putRun(hands, run, { reasons: { ...run.reasons, [container]: { reason, message } } })
}

function beginContainer(
  hands: KubeletHands,
  run: PodRun,
  container: Container,
  queue: readonly string[],
  calls: StarterCallbacks,
  sameSync: boolean,
): Progress {
  const now = hands.cluster.clock.nowMs
  const state = run.containers[container.name]
  const exit = sameSync ? state?.last : state?.exit
  let current = run
  if (exit !== undefined) {
    const entry = run.backoffs[container.name]
    if (inBackoff(entry, exit.finishedMs, now)) {
      containerEvent(
        hands,
        run.pod,
        container.name,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${container.name} in pod ${podLabel(run.pod)}`,
      )
      setReason(
        hands,
        run,
        container.name,
        'CrashLoopBackOff',
        `back-off ${formatDuration(entry!.delayMs)} restarting failed container=${container.name} pod=${podLabel(run.pod)}`,
      )
      return 'next'
    }
    current = putRun(hands, run, { backoffs: { ...run.backoffs, [container.name]: nextBackoff(entry, exit.finishedMs, now) } })
  }
  return ensureImage(hands, current, container, queue, calls)
}

function ensureImage(hands: KubeletHands, run: PodRun, container: Container, queue: readonly string[], calls: StarterCallbacks): Progress {
  const reference = container.image ?? ''
  const now = hands.cluster.clock.nowMs
  tellMissingSecrets(hands, run.pod)
  const resolution = resolveImage(hands, run.pod, reference)
  if (!resolution.ok && resolution.badName) {
    containerEvent(hands, run.pod, container.name, 'Warning', 'InspectFailed', resolution.message)
    containerEvent(hands, run.pod, container.name, 'Warning', 'Failed', 'Error: InvalidImageName')
    setReason(hands, run, container.name, 'InvalidImageName', resolution.message)
    return 'next'
  }
  const decision = pullDecision(container, isPresent(hands, reference) !== undefined)
  if (decision === 'present') {
    containerEvent(
      hands,
      run.pod,
      container.name,
      'Normal',
      'Pulled',
      `Container image "${reference}" already present on machine and can be accessed by the pod`,
    )
    return startContainer(hands, run, container, queue, calls)
  }
  if (decision === 'never') {
    const message = `Container image "${reference}" is not present with pull policy of Never`
    containerEvent(hands, run.pod, container.name, 'Warning', 'ErrImageNeverPull', message)
    containerEvent(hands, run.pod, container.name, 'Warning', 'Failed', 'Error: ErrImageNeverPull')
    setReason(hands, run, container.name, 'ErrImageNeverPull', message)
    return 'next'
  }
  const entry = run.backoffs[`image:${reference}`]
  if (entry !== undefined && inBackoff(entry, entry.updatedMs, now)) {
    containerEvent(hands, run.pod, container.name, 'Normal', 'BackOff', `Back-off pulling image "${reference}"`)
    containerEvent(hands, run.pod, container.name, 'Warning', 'Failed', 'Error: ImagePullBackOff')
    const before = run.reasons[container.name]?.message ?? ''
    const cause = before.startsWith('Back-off') ? before : `Back-off pulling image "${reference}": ErrImagePull: ${before}`
    setReason(hands, run, container.name, 'ImagePullBackOff', cause)
    return 'next'
  }
  containerEvent(hands, run.pod, container.name, 'Normal', 'Pulling', `Pulling image "${reference}"`)
  return wait(hands, run, { kind: 'pull', container: container.name, queue, pullStartedMs: now }, resolution.pullMs)
}

/** An image that the disk has no room for is not unpacked. */
function whatFits(hands: KubeletHands, reference: string, resolution: ImageResolution): ImageResolution {
  if (!resolution.ok || isPresent(hands, reference) !== undefined || resolution.sizeBytes <= diskFreeBytes(hands)) return resolution
  const name = canonicalReference(reference)
  const layer = /([0-9a-f]{64})/.exec(resolution.imageId)?.[1] ?? ''
  return {
    ok: false,
    pullMs: resolution.pullMs,
    message: `failed to pull and unpack image "${name}": failed to extract layer sha256:${layer}: write /var/lib/containerd/io.containerd.content.v1.content/ingest/${layer}/data: no space left on device`,
  }
}

function pulled(
  hands: KubeletHands,
  run: PodRun,
  container: Container,
  startedMs: number,
  queue: readonly string[],
  calls: StarterCallbacks,
): Progress {
  const reference = container.image ?? ''
  const now = hands.cluster.clock.nowMs
  const resolution = whatFits(hands, reference, resolveImage(hands, run.pod, reference))
  if (!resolution.ok) {
    containerEvent(hands, run.pod, container.name, 'Warning', 'Failed', `Failed to pull image "${reference}": ${resolution.message}`)
    containerEvent(hands, run.pod, container.name, 'Warning', 'Failed', 'Error: ErrImagePull')
    const key = `image:${reference}`
    const entry = run.backoffs[key]
    const held = putRun(hands, run, { backoffs: { ...run.backoffs, [key]: nextBackoff(entry, entry?.updatedMs ?? now, now) } })
    setReason(hands, held, container.name, 'ErrImagePull', resolution.message)
    return 'next'
  }
  keepImage(hands, reference, resolution)
  const took = formatDuration(now - startedMs)
  containerEvent(
    hands,
    run.pod,
    container.name,
    'Normal',
    'Pulled',
    `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${resolution.sizeBytes} bytes.`,
  )
  return startContainer(hands, run, container, queue, calls)
}

function startContainer(
  hands: KubeletHands,
  run: PodRun,
  container: Container,
  queue: readonly string[],
  calls: StarterCallbacks,
): Progress {
  const { name } = container
  // Each start looks at all containers of its pod, and keeps the whole of it anew.
  hands.cluster.cells.charge(6 * run.pod.spec!.containers.length)
  const fresh = forget(run, name)
  try {
    const result = launch(hands, fresh, container, (state) => {
      containerEvent(hands, run.pod, name, 'Normal', 'Created', 'Container created')
      containerEvent(hands, run.pod, name, 'Normal', 'Started', 'Container started')
      putRun(hands, fresh, { containers: { ...fresh.containers, [name]: state } })
    })
    calls.changed(run.uid)
    if (!result.ok) {
      containerEvent(hands, run.pod, name, 'Normal', 'Created', 'Container created')
      const kept = putRun(hands, fresh, { containers: { ...fresh.containers, [name]: result.state } })
      containerEvent(hands, run.pod, name, 'Warning', 'Failed', `Error: ${result.message}`)
      setReason(hands, kept, name, 'RunContainerError', result.message)
      return 'next'
    }
    if (!result.simulated) containerEvent(hands, run.pod, name, 'Normal', 'NotSimulated', notSimulated(container.image ?? ''))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    containerEvent(hands, run.pod, name, 'Warning', 'Failed', `Error: ${error.message}`)
    setReason(hands, run, name, 'CreateContainerConfigError', error.message)
    return 'next'
  }
  const now = runOf(hands, run.uid)!
  scheduleProbes(hands, now)
  return container.lifecycle?.postStart ? postStart(hands, now, container, queue) : 'next'
}

/** The one thing that a kubelet of this lab says and no real one does. */
const notSimulated = (image: string): string =>
  `clusterlab: the behaviour of image "${image}" is not simulated: its process idles and listens on no port`

/** What is known of a container's last run does not hold for the next. */
function forget(run: PodRun, name: string): PodRun {
  const { [name]: _reason, ...reasons } = run.reasons
  const probes = Object.fromEntries(Object.entries(run.probes).filter(([key]) => !key.startsWith(`${name}/`)))
  return { ...run, reasons, probes }
}

function postStart(hands: KubeletHands, run: PodRun, container: Container, queue: readonly string[]): Progress {
  const hook = container.lifecycle!.postStart!
  const { name } = container
  const step = { kind: 'post-start' as const, container: name, queue }
  if (hook.sleep) return wait(hands, run, step, (hook.sleep.seconds ?? 0) * 1000)
  if (hook.httpGet) {
    const { port, path = '/' } = hook.httpGet
    const number = typeof port === 'number' ? port : (container.ports?.find((p) => p.name === port)?.containerPort ?? 80)
    const origin: Origin = { kind: 'node', node: hands.node.name, ip: hands.node.ip }
    const request: HttpRequest = { method: 'GET', path, host: hook.httpGet.host || run.ip, headers: {} }
    const result = hands
      .network()
      .dial(origin, { host: hook.httpGet.host || run.ip, port: number, protocol: 'http', payload: request, timeoutMs: 30_000 })
    if (!result.ok) postStartFailed(hands, run, container)
    return 'next'
  }
  if (!hook.exec || run.containers[name]?.phase !== 'running') return 'next'
  const started = hands.execs.start({
    podUid: run.uid,
    containerId: run.containers[name].id,
    argv: hook.exec.command ?? [],
    notify: { actor: hands.actor, id: `step/${run.uid}`, payload: { uid: run.uid } },
  })
  if ('session' in started) return wait(hands, runOf(hands, run.uid)!, step, undefined)
  if (started.done.exitCode !== 0) postStartFailed(hands, runOf(hands, run.uid)!, container)
  return 'next'
}

function postStartFailed(hands: KubeletHands, run: PodRun, container: Container): void {
  containerEvent(hands, run.pod, container.name, 'Warning', 'FailedPostStartHook', 'PostStartHook failed')
  setReason(hands, run, container.name, 'PostStartHookError', 'PostStartHook failed')
  stopContainer(hands, run.uid, container.name, 'FailedPostStartHook', run.pod.spec?.terminationGracePeriodSeconds ?? 30)
}
