/**
 * A pod's status as the kubelet reports it (generateAPIPodStatus): container states, phase and conditions, from what the runtime has
 * and from why the last sync left a container waiting. Pure.
 */
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
  VolumeMount,
} from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ContainerRun, ExitRecord, PodRun } from '../records.ts'
import { containerOf } from './hands.ts'

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** Whether the kubelet will start an ended container again. */
export function willRestart(pod: Pod, container: Container, exit: ExitRecord | undefined, isInit: boolean): boolean {
  if (exit === undefined) return true
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always'
  if (isInit && !isSidecar(container)) return exit.exitCode !== 0 && (container.restartPolicy ?? pod.spec?.restartPolicy) !== 'Never'
  if (policy === 'Always') return true
  return policy === 'OnFailure' && exit.exitCode !== 0
}

export function initDone(pod: Pod, run: PodRun): boolean {
  return (pod.spec?.initContainers ?? []).every((c) => {
    const state = run.containers[c.name]
    if (isSidecar(c)) return state !== undefined && state.phase !== 'none' && containerStarted(c, state, run)
    return state?.exit?.exitCode === 0 && state.phase === 'exited'
  })
}

/** Passed its startup probe, or has none. */
export function containerStarted(container: Container, state: ContainerRun | undefined, run: PodRun): boolean {
  if (state?.phase !== 'running') return false
  return container.startupProbe === undefined || run.probes[`${container.name}/startup`]?.ok === true
}

function containerReady(container: Container, state: ContainerRun | undefined, run: PodRun): boolean {
  if (state?.phase !== 'running' || !containerStarted(container, state, run)) return false
  return container.readinessProbe === undefined || run.probes[`${container.name}/readiness`]?.ok === true
}

function terminated(exit: ExitRecord): ContainerState {
  return {
    terminated: {
      ...(exit.containerId && { containerID: `containerd://${exit.containerId}` }),
      exitCode: exit.exitCode,
      finishedAt: formatTime(exit.finishedMs),
      ...(exit.message && { message: exit.message }),
      reason: exit.reason,
      ...(exit.signal !== undefined && { signal: exit.signal }),
      startedAt: exit.startedMs === 0 ? '1970-01-01T00:00:00Z' : formatTime(exit.startedMs),
    },
  }
}

interface StatusFacts {
  readonly pod: Pod
  /** The pod with the resources that the node gave it. */
  readonly given: Pod
  readonly run: PodRun
  readonly podOver: boolean
}

function containerStatus(container: Container, facts: StatusFacts, isInit: boolean): ContainerStatus {
  const { pod, run } = facts
  const state = run.containers[container.name]
  const reason = run.reasons[container.name]
  const waits = state?.phase !== 'running' && !facts.podOver && willRestart(pod, container, state?.exit, isInit)
  let now: ContainerState
  let last: ContainerState = state?.last ? terminated(state.last) : {}
  if (state?.phase === 'running') now = { running: { startedAt: formatTime(state.startedMs) } }
  else if (state?.phase === 'exited' && state.exit && !(waits && reason)) now = terminated(state.exit)
  else {
    if (state?.exit) last = terminated(state.exit)
    // The kubelet says so of all containers of a pod that has init containers, done or not.
    const unstarted = pod.spec?.initContainers?.length ? 'PodInitializing' : 'ContainerCreating'
    now = { waiting: reason ? { reason: reason.reason, ...(reason.message && { message: reason.message }) } : { reason: unstarted } }
  }
  const { resources } = containerOf(facts.given, container.name) ?? container
  const requests = resources?.requests
  // Set one by one: this is made for every pod at every sync.
  const status = {} as ContainerStatus
  if (requests && Object.keys(requests).length > 0) status.allocatedResources = requests
  if (state?.id) status.containerID = `containerd://${state.id}`
  status.image = state?.image || container.image || ''
  status.imageID = state?.imageId ?? ''
  status.lastState = last
  status.name = container.name
  status.ready =
    isInit && !isSidecar(container) ? state?.phase === 'exited' && state.exit?.exitCode === 0 : containerReady(container, state, run)
  if (resources && Object.keys(resources).length > 0 && state?.id) status.resources = resources as Record<string, never>
  status.restartCount = state?.restarts ?? 0
  status.started = containerStarted(container, state, run)
  status.state = now
  if (container.volumeMounts?.length && state?.id) status.volumeMounts = container.volumeMounts.map(mountStatus)
  return status
}

const mountStatus = ({ mountPath, name, readOnly }: VolumeMount): NonNullable<ContainerStatus['volumeMounts']>[number] =>
  readOnly ? { mountPath, name, readOnly: true, recursiveReadOnly: 'Disabled' } : { mountPath, name }

/** getPhase of the kubelet. */
export function podPhase(pod: Pod, run: PodRun): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  const spec = pod.spec!
  const failedInit = (spec.initContainers ?? []).some((c) => {
    const state = run.containers[c.name]
    return !isSidecar(c) && state?.phase === 'exited' && state.exit!.exitCode !== 0 && !willRestart(pod, c, state.exit, true)
  })
  if (failedInit) return 'Failed'
  const counts = { unknown: 0, running: 0, stopped: 0, succeeded: 0, waiting: 0 }
  for (const c of spec.containers) {
    const state = run.containers[c.name]
    if (state === undefined || state.phase === 'none') counts.waiting++
    else if (state.phase === 'running') counts.running++
    else {
      counts.stopped++
      if (state.exit!.exitCode === 0) counts.succeeded++
    }
  }
  const started = spec.containers.some((c) => (run.containers[c.name]?.phase ?? 'none') !== 'none')
  if (!initDone(pod, run) && !started) return 'Pending'
  if (counts.waiting > 0)
    return started && counts.waiting < spec.containers.length && counts.running + counts.stopped > 0 ? pendingOrRunning(counts) : 'Pending'
  if (counts.running > 0) return 'Running'
  const restarting = spec.containers.some((c) => willRestart(pod, c, run.containers[c.name]?.exit, false))
  if (restarting && run.terminating === undefined) return 'Running'
  return counts.succeeded === counts.stopped ? 'Succeeded' : 'Failed'
}

/** A container that has never run keeps the pod Pending. */
const pendingOrRunning = (counts: { waiting: number }): 'Pending' | 'Running' => (counts.waiting > 0 ? 'Pending' : 'Running')

export interface StatusInput {
  readonly pod: Pod
  /** The pod with the resources that the node gave it, where that is another. */
  readonly given?: Pod
  readonly run: PodRun
  readonly nowMs: number
  readonly nodeIp: string
}

export function generateStatus({ pod, given = pod, run, nowMs, nodeIp }: StatusInput): PodStatus {
  const spec = pod.spec!
  if (run.refused && run.failure) return refusal(pod, run, run.failure)
  // A pod that must go is over once its containers are (status_manager's mergePodStatus).
  const failure = Object.values(run.containers).some((c) => c.phase === 'running') ? undefined : run.failure
  const phase = failure ? 'Failed' : podPhase(pod, run)
  const podOver = phase === 'Succeeded' || phase === 'Failed'
  const inits = spec.initContainers ?? []
  const initialized =
    initDone(pod, run) || phase === 'Succeeded' || (podOver && spec.containers.some((c) => run.containers[c.name]?.phase === 'exited'))
  const facts: StatusFacts = { pod, given, run, podOver }
  const containers = spec.containers.map((c) => containerStatus(c, facts, false))
  const initStatuses = inits.map((c) => containerStatus(c, facts, true))
  const ephemeral = (spec.ephemeralContainers ?? []).map((c) => ({
    ...containerStatus(c as unknown as Container, { ...facts, podOver: true }, false),
    ready: false,
  }))
  const conditions = podConditions({ pod, run, nowMs, nodeIp }, phase, initialized, containers, initStatuses)
  const byName = (a: ContainerStatus, b: ContainerStatus): number => (a.name < b.name ? -1 : 1)
  const status: PodStatus = {}
  if (failure) {
    status.message = failure.message
    status.reason = failure.reason
  }
  status.conditions = conditions
  if (pod.metadata.generation !== undefined) status.observedGeneration = pod.metadata.generation
  status.containerStatuses = containers.sort(byName)
  if (ephemeral.length > 0) status.ephemeralContainerStatuses = ephemeral.sort(byName)
  status.hostIP = nodeIp
  status.hostIPs = [{ ip: nodeIp }]
  if (initStatuses.length > 0) status.initContainerStatuses = initStatuses
  status.phase = phase
  if (run.ip && run.sandboxMs > 0) {
    status.podIP = run.ip
    status.podIPs = [{ ip: run.ip }]
  }
  status.qosClass = pod.status?.qosClass ?? 'BestEffort'
  status.startTime = formatTime(run.startMs)
  return status
}

/** A pod that the kubelet did not take (rejectPod): the reason, and nothing of containers. */
function refusal(pod: Pod, run: PodRun, failure: { readonly reason: string; readonly message: string }): PodStatus {
  return {
    message: `Pod was rejected: ${failure.message}`,
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase: 'Failed',
    qosClass: pod.status?.qosClass ?? 'BestEffort',
    reason: failure.reason,
    startTime: formatTime(run.startMs),
  }
}

/** The kubelet ended the pod for the node's sake. */
const disruption = ({ failure }: PodRun): [string, Partial<PodCondition> & { status: string }][] =>
  failure?.disruption ? [['DisruptionTarget', { status: 'True', reason: 'TerminationByKubelet', message: failure.message }]] : []

/** Conditions that say how far a resize is: type → reason and message. */
function resizeConditions(run: PodRun): [string, Partial<PodCondition> & { status: string }][] {
  const { resize } = run
  if (resize === undefined) return []
  if (resize.pending) return [['PodResizePending', { status: 'True', ...resize.pending }]]
  return [['PodResizeInProgress', { status: 'True', ...(resize.error && { reason: 'Error', message: resize.error }) }]]
}

const RESIZE_CONDITIONS = ['PodResizePending', 'PodResizeInProgress'] as const

function podConditions(
  input: StatusInput,
  phase: string,
  initialized: boolean,
  containers: readonly ContainerStatus[],
  inits: readonly ContainerStatus[],
): PodCondition[] {
  const { pod, run, nowMs } = input
  const over = phase === 'Succeeded' || phase === 'Failed'
  // In the order of the spec, which is that of their statuses.
  const unready = pod.spec!.containers.filter((_, i) => !containers[i]!.ready).map((c) => c.name)
  const sidecars = (pod.spec!.initContainers ?? []).filter((c, i) => isSidecar(c) && !inits[i]!.ready).map((c) => c.name)
  const notReady = [...sidecars, ...unready]
  const containersReady: Partial<PodCondition> & { status: string } =
    phase === 'Succeeded'
      ? { status: 'False', reason: 'PodCompleted' }
      : over
        ? { status: 'False', reason: 'PodFailed' }
        : notReady.length > 0
          ? { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${notReady.join(' ')}]` }
          : { status: 'True' }
  const gates = (pod.spec!.readinessGates ?? [])
    .filter((g) => pod.status?.conditions?.find((c) => c.type === g.conditionType)?.status !== 'True')
    .map((g) => g.conditionType)
  const ready =
    containersReady.status === 'True' && gates.length > 0
      ? { status: 'False', reason: 'ReadinessGatesNotReady', message: gateMessage(pod, gates) }
      : containersReady
  const incomplete = (pod.spec!.initContainers ?? []).filter((c) => !initOk(c, run)).map((c) => c.name)
  const initCondition: Partial<PodCondition> & { status: string } = initialized
    ? { status: 'True', reason: phase === 'Succeeded' ? 'PodCompleted' : undefined }
    : { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${incomplete.join(' ')}]` }
  const wanted: [string, Partial<PodCondition> & { status: string }][] = [
    ...disruption(run),
    ...resizeConditions(run),
    ['PodReadyToStartContainers', { status: run.sandboxMs > 0 && !over ? 'True' : 'False' }],
    ['Initialized', initCondition],
    ['Ready', ready],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ]
  const old = pod.status?.conditions ?? []
  const mine = wanted.map(([type, value]) =>
    condition(
      type,
      value,
      old.find((c) => c.type === type),
      pod.metadata.generation,
      nowMs,
    ),
  )
  const gone = (type: string): boolean => (RESIZE_CONDITIONS as readonly string[]).includes(type) || wanted.some((w) => w[0] === type)
  return [...mine, ...old.filter((c) => !gone(c.type))]
}

const gateMessage = (pod: Pod, gates: readonly string[]): string => {
  const missing = gates.filter((g) => !pod.status?.conditions?.some((c) => c.type === g))
  const text = gates.map((g) =>
    missing.includes(g)
      ? `corresponding condition of pod readiness gate "${g}" does not exist.`
      : `the status of pod readiness gate "${g}" is not "True", but False`,
  )
  return text.length === 1 ? text[0]! : `[${text.join(', ')}]`
}

const initOk = (c: Container, run: PodRun): boolean => {
  const state = run.containers[c.name]
  return isSidecar(c) ? containerStarted(c, state, run) : state?.phase === 'exited' && state.exit!.exitCode === 0
}

function condition(
  type: string,
  value: Partial<PodCondition> & { status: string },
  old: PodCondition | undefined,
  generation: number | undefined,
  nowMs: number,
): PodCondition {
  const same = old !== undefined && old.status === value.status
  const made = {
    lastProbeTime: null as unknown as string,
    lastTransitionTime: same && old.lastTransitionTime ? old.lastTransitionTime : formatTime(nowMs),
  } as PodCondition
  if (value.message) made.message = value.message
  if (generation !== undefined) made.observedGeneration = generation
  if (value.reason) made.reason = value.reason
  made.status = value.status
  made.type = type
  return made
}
