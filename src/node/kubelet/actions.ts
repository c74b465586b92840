/** What a pod needs next (computePodActions): which containers to stop and why, which to start. Pure. */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import type { PodRun } from '../records.ts'
import { containerStarted, isSidecar, willRestart } from './status.ts'

export interface PodActions {
  readonly kill: readonly { readonly container: string; readonly message: string; readonly restarts?: boolean }[]
  /** In order; an init container comes alone. */
  readonly start: readonly string[]
  /** Nothing is left to do for its containers: the pod is over. */
  readonly over: boolean
}

/** The part of a container whose change restarts it in place: its image. */
export const specHash = (container: Container): string => `${container.image ?? ''}`

export function computeActions(pod: Pod, run: PodRun): PodActions {
  const inits = initActions(pod, run)
  if (inits.wait) return { kill: [], start: inits.start, over: inits.failed && inits.start.length === 0 }
  return mainActions(pod, run, inits.start)
}

interface InitActions {
  readonly start: readonly string[]
  /** Main containers must not run yet. */
  readonly wait: boolean
  readonly failed: boolean
}

function initActions(pod: Pod, run: PodRun): InitActions {
  const mainStarted = pod.spec!.containers.some((c) => (run.containers[c.name]?.phase ?? 'none') !== 'none')
  const sidecars: string[] = []
  for (const container of pod.spec?.initContainers ?? []) {
    const state = run.containers[container.name]
    if (isSidecar(container)) {
      if (state === undefined || state.phase !== 'running') {
        if (!mainStarted) return { start: [...sidecars, container.name], wait: true, failed: false }
        if (!mainOver(pod, run)) sidecars.push(container.name)
      } else if (!mainStarted && !containerStarted(container, state, run)) return { start: sidecars, wait: true, failed: false }
      continue
    }
    if (mainStarted || (state?.phase === 'exited' && state.exit!.exitCode === 0)) continue
    if (state?.phase === 'running') return { start: sidecars, wait: true, failed: false }
    if (state?.phase === 'exited' && !willRestart(pod, container, state.exit, true)) return { start: [], wait: true, failed: true }
    return { start: [...sidecars, container.name], wait: true, failed: false }
  }
  return { start: sidecars, wait: false, failed: false }
}

/** All main containers have ended for good. */
export function mainOver(pod: Pod, run: PodRun): boolean {
  return pod.spec!.containers.every((c) => {
    const state = run.containers[c.name]
    return state?.phase === 'exited' && !willRestart(pod, c, state.exit, false)
  })
}

function mainActions(pod: Pod, run: PodRun, sidecars: readonly string[]): PodActions {
  if (mainOver(pod, run)) {
    const kill = [...(pod.spec?.initContainers ?? [])]
      .reverse()
      .filter((c) => isSidecar(c) && run.containers[c.name]?.phase === 'running')
      .map((c) => ({ container: c.name, message: `Stopping container ${c.name}` }))
    return { kill, start: [], over: true }
  }
  const kill: { container: string; message: string; restarts?: boolean }[] = []
  const restarts = pod.spec!.restartPolicy !== 'Never'
  const start: string[] = [...sidecars]
  for (const container of pod.spec!.containers) {
    const state = run.containers[container.name]
    if (state?.phase === 'running') {
      const why = reasonToKill(container, run)
      if (why !== undefined) kill.push({ container: container.name, message: restarts ? `${why}, will be restarted` : why, restarts })
    } else if (willRestart(pod, container, state?.exit, false)) start.push(container.name)
  }
  for (const container of pod.spec?.initContainers ?? []) {
    if (!isSidecar(container) || run.containers[container.name]?.phase !== 'running') continue
    const why = reasonToKill(container, run)
    if (why !== undefined) kill.push({ container: container.name, message: `${why}, will be restarted`, restarts: true })
  }
  // Ephemeral containers (kubectl debug) are started once and never again.
  for (const { name } of pod.spec!.ephemeralContainers ?? []) if ((run.containers[name]?.phase ?? 'none') === 'none') start.push(name)
  return { kill, start, over: false }
}

function reasonToKill(container: Container, run: PodRun): string | undefined {
  const state = run.containers[container.name]!
  if (state.specHash !== specHash(container)) return `Container ${container.name} definition changed`
  if (run.probes[`${container.name}/liveness`]?.ok === false) return `Container ${container.name} failed liveness probe`
  if (run.probes[`${container.name}/startup`]?.ok === false) return `Container ${container.name} failed startup probe`
  return undefined
}
