/** Stopping containers: preStop, SIGTERM, the grace period, SIGKILL. Each container's stop is data and goes on through timers. */
import type { Container } from '../../api/generated/types/core-v1.ts'
import type { HttpRequest, Origin } from '../../network/contract.ts'
import type { PodRun } from '../records.ts'
import { cancel, containerEvent, containerOf, type KubeletHands, putRun, runOf, timer } from './hands.ts'

/** Begins to stop a running container; asked again with a shorter grace it only shortens. `restarts`: to start it again. */
export function stopContainer(
  hands: KubeletHands,
  uid: string,
  name: string,
  message: string,
  graceSeconds: number,
  restarts = false,
): void {
  const run = runOf(hands, uid)
  const state = run?.containers[name]
  if (run === undefined || state?.phase !== 'running') return
  const now = hands.cluster.clock.nowMs
  const deadlineMs = now + Math.max(graceSeconds, 0) * 1000
  const already = run.killing[name]
  if (already !== undefined) {
    if (deadlineMs < already.deadlineMs) {
      putRun(hands, run, { killing: { ...run.killing, [name]: { ...already, deadlineMs } } })
      timer(hands, `kill/${uid}/${name}`, deadlineMs - now, { uid, container: name })
    }
    return
  }
  const container = containerOf(run.pod, name)!
  containerEvent(hands, run.pod, name, 'Normal', 'Killing', message)
  const preStop = container.lifecycle?.preStop
  const waits = preStop !== undefined && graceSeconds > 0
  putRun(hands, run, {
    killing: { ...run.killing, [name]: { deadlineMs, message, stage: waits ? 'pre-stop' : 'term', ...(restarts && { restarts }) } },
  })
  timer(hands, `kill/${uid}/${name}`, deadlineMs - now, { uid, container: name })
  if (waits) runPreStop(hands, run, container)
  else terminate(hands, run, name)
}

function runPreStop(hands: KubeletHands, run: PodRun, container: Container): void {
  const hook = container.lifecycle!.preStop!
  const done = (): void => afterPreStop(hands, run.uid, container.name, undefined)
  if (hook.sleep)
    return timer(hands, `pre-stop/${run.uid}/${container.name}`, (hook.sleep.seconds ?? 0) * 1000, {
      uid: run.uid,
      container: container.name,
    })
  if (hook.httpGet) {
    const { path = '/', port } = hook.httpGet
    const number = typeof port === 'number' ? port : (container.ports?.find((p) => p.name === port)?.containerPort ?? 80)
    const origin: Origin = { kind: 'node', node: hands.node.name, ip: hands.node.ip }
    const request: HttpRequest = { method: 'GET', path, host: hook.httpGet.host || run.ip, headers: {} }
    hands.network().dial(origin, { host: hook.httpGet.host || run.ip, port: number, protocol: 'http', payload: request, timeoutMs: 30_000 })
    return done()
  }
  if (!hook.exec) return done()
  const started = hands.execs.start({
    podUid: run.uid,
    containerId: run.containers[container.name]!.id,
    argv: hook.exec.command ?? [],
    notify: { actor: hands.actor, id: `pre-stop/${run.uid}/${container.name}`, payload: { uid: run.uid, container: container.name } },
  })
  if ('session' in started) return
  if (started.done.exitCode !== 0) hookFailed(hands, run, container.name)
  done()
}

const hookFailed = (hands: KubeletHands, run: PodRun, name: string): void =>
  containerEvent(hands, run.pod, name, 'Warning', 'FailedPreStopHook', 'PreStopHook failed')

/** The preStop hook is over: now the signal. */
export function afterPreStop(hands: KubeletHands, uid: string, name: string, session: string | undefined): void {
  const run = runOf(hands, uid)
  if (run === undefined) return
  if (session !== undefined && hands.execs.finish(session).exitCode !== 0) hookFailed(hands, run, name)
  const killing = run.killing[name]
  if (killing === undefined || killing.stage !== 'pre-stop') return
  putRun(hands, run, { killing: { ...run.killing, [name]: { ...killing, stage: 'term' } } })
  terminate(hands, run, name)
}

function terminate(hands: KubeletHands, run: PodRun, name: string): void {
  const signal = (containerOf(run.pod, name)?.lifecycle as { stopSignal?: string } | undefined)?.stopSignal ?? 'SIGTERM'
  hands.processes.signal(run.containers[name]!.id, signal.replace(/^SIG/, ''))
}

/** The grace period is over. */
export function killNow(hands: KubeletHands, uid: string, name: string): void {
  const run = runOf(hands, uid)
  const state = run?.containers[name]
  if (state?.phase === 'running') hands.processes.kill(state.id, 137, { signal: 9 })
}

/** Forgets a container's stop, because it has ended. */
export function stopEnded(hands: KubeletHands, run: PodRun, name: string): PodRun {
  if (run.killing[name] === undefined) return run
  cancel(hands, `kill/${run.uid}/${name}`)
  cancel(hands, `pre-stop/${run.uid}/${name}`)
  const { [name]: _ended, ...killing } = run.killing
  return putRun(hands, run, { killing })
}
