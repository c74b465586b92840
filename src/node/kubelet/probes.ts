/** Probes (prober): when each is due, how it is run, what its results add up to. */
import type { Container, Probe } from '../../api/generated/types/core-v1.ts'
import type { DialResult, HttpReply, HttpRequest, Origin } from '../../network/contract.ts'
import type { PodRun, ProbeRun } from '../records.ts'
import { allContainers, containerEvent, containerOf, type KubeletHands, putRun, runOf, timer } from './hands.ts'
import { containerStarted } from './status.ts'

export const PROBE_KINDS = ['startup', 'liveness', 'readiness'] as const
export type ProbeKind = (typeof PROBE_KINDS)[number]

export const probeOf = (container: Container, kind: ProbeKind): Probe | undefined => container[`${kind}Probe`]

export interface ProbeOutcome {
  readonly ok: boolean
  /** After `Readiness probe failed: `. */
  readonly message: string
}

/** Sets the probes' timers for containers that run and have none set. Ticks are counted from when the probes' workers were made, before any container. */
export function scheduleProbes(hands: KubeletHands, run: PodRun): void {
  for (const container of allContainers(run.pod)) {
    if (run.containers[container.name]?.phase !== 'running') continue
    for (const kind of PROBE_KINDS) if (probeOf(container, kind)) scheduleProbe(hands, run, container, kind)
  }
}

const timerId = (run: PodRun, container: string, kind: ProbeKind): string => `probe/${run.uid}/${container}/${kind}`

function scheduleProbe(hands: KubeletHands, run: PodRun, container: Container, kind: ProbeKind): void {
  const id = timerId(run, container.name, kind)
  if (hands.cluster.timerDue(hands.actor, id) !== undefined) return
  const probe = probeOf(container, kind)!
  const periodMs = (probe.periodSeconds ?? 10) * 1000
  const now = hands.cluster.clock.nowMs
  const earliest = Math.max(now + 1, run.containers[container.name]!.startedMs + (probe.initialDelaySeconds ?? 0) * 1000)
  const sinceMs = run.probesMs ?? run.startMs
  // The first look of a worker finds no container yet.
  const ticks = Math.max(1, Math.ceil((earliest - sinceMs) / periodMs))
  timer(hands, id, sinceMs + ticks * periodMs - now, { uid: run.uid, container: container.name, kind })
}

/** A probe's timer fired. */
export function runProbe(
  hands: KubeletHands,
  payload: { uid: string; container: string; kind: ProbeKind; session?: string },
  sync: () => void,
  refresh: () => void,
): void {
  const run = runOf(hands, payload.uid)
  const container = run && containerOf(run.pod, payload.container)
  if (run === undefined || container === undefined) return
  const state = run.containers[container.name]
  const probe = probeOf(container, payload.kind)
  if (probe === undefined || state?.phase !== 'running') return
  if (payload.session !== undefined) {
    const done = hands.execs.finish(payload.session)
    settle(hands, run, container, payload.kind, execOutcome(done.exitCode, done.stdout + done.stderr, done.error), sync, refresh)
    return scheduleProbe(hands, runOf(hands, run.uid)!, container, payload.kind)
  }
  if (!isDue(run, container, payload.kind) || run.killing[container.name]) return scheduleProbe(hands, run, container, payload.kind)
  const outcome = perform(hands, run, container, probe, payload.kind)
  if (outcome === 'pending') return
  settle(hands, run, container, payload.kind, outcome, sync, refresh)
  const now = runOf(hands, run.uid)
  if (now) scheduleProbe(hands, now, container, payload.kind)
}

/** Startup comes before the others and is over once it passed. */
function isDue(run: PodRun, container: Container, kind: ProbeKind): boolean {
  const started = containerStarted(container, run.containers[container.name], run)
  return kind === 'startup' ? !started : started
}

function perform(hands: KubeletHands, run: PodRun, container: Container, probe: Probe, kind: ProbeKind): ProbeOutcome | 'pending' {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec) {
    const id = `probe-exec/${run.uid}/${container.name}/${kind}`
    const started = hands.execs.start({
      podUid: run.uid,
      containerId: run.containers[container.name]!.id,
      argv: probe.exec.command ?? [],
      timeoutMs,
      notify: { actor: hands.actor, id, payload: { uid: run.uid, container: container.name, kind } },
    })
    return 'done' in started ? execOutcome(started.done.exitCode, started.done.stdout + started.done.stderr, started.done.error) : 'pending'
  }
  const origin: Origin = { kind: 'node', node: hands.node.name, ip: hands.node.ip }
  const ip = run.ip
  if (probe.httpGet) {
    const port = portNumber(container, probe.httpGet.port)
    const host = probe.httpGet.host || ip
    const scheme = (probe.httpGet.scheme ?? 'HTTP').toLowerCase()
    const path = probe.httpGet.path?.startsWith('/') ? probe.httpGet.path : `/${probe.httpGet.path ?? ''}`
    const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.36', accept: '*/*' }
    for (const h of probe.httpGet.httpHeaders ?? []) headers[h.name.toLowerCase()] = h.value
    const request: HttpRequest = {
      method: 'GET',
      path,
      host: headers['host'] ?? `${host}:${port}`,
      headers,
      ...(scheme === 'https' && { tls: { serverName: host, insecure: true } }),
    }
    const result = hands.network().dial(origin, { host, port, protocol: 'http', payload: request, timeoutMs })
    return httpOutcome(result, `${scheme}://${host}:${port}${path}`, `${host}:${port}`)
  }
  if (probe.tcpSocket) {
    const port = portNumber(container, probe.tcpSocket.port)
    const host = probe.tcpSocket.host || ip
    const result = hands.network().dial(origin, { host, port, protocol: 'tcp', timeoutMs })
    return result.ok ? { ok: true, message: '' } : { ok: false, message: dialMessage(result, `${host}:${port}`) }
  }
  if (probe.grpc) {
    const result = hands
      .network()
      .dial(origin, { host: ip, port: probe.grpc.port, protocol: 'grpc-health', payload: { service: probe.grpc.service ?? '' }, timeoutMs })
    return grpcOutcome(result, `${ip}:${probe.grpc.port}`, timeoutMs)
  }
  return { ok: true, message: '' }
}

const execOutcome = (exitCode: number, output: string, error: string | undefined): ProbeOutcome => {
  if (error !== undefined) return { ok: false, message: error }
  return { ok: exitCode === 0, message: output.trimEnd() }
}

function dialMessage(result: DialResult & { ok: false }, address: string): string {
  switch (result.failure) {
    case 'refused':
      return `dial tcp ${address}: connect: connection refused`
    case 'reset':
      return `read tcp ${address}: read: connection reset by peer`
    case 'no-route':
      return `dial tcp ${address}: connect: no route to host`
    default:
      return `dial tcp ${address}: i/o timeout`
  }
}

/** As pkg/probe/grpc words it. A server that does not speak gRPC never finishes the handshake. */
function grpcOutcome(result: DialResult, address: string, timeoutMs: number): ProbeOutcome {
  const within = `${timeoutMs / 1000}s`
  if (!result.ok && result.failure === 'timeout' && result.peer !== undefined)
    return { ok: false, message: `timeout: health rpc did not complete within ${within}` }
  const { status, error } = (result.ok ? (result.reply ?? {}) : {}) as { status?: string; error?: { code: string; message: string } }
  if (error !== undefined)
    return { ok: false, message: `error: health rpc probe failed: rpc error: code = ${error.code} desc = ${error.message}` }
  if (typeof status !== 'string')
    return { ok: false, message: `timeout: failed to connect service "${address}" within ${within}: context deadline exceeded` }
  return status === 'SERVING' ? { ok: true, message: '' } : { ok: false, message: `service unhealthy (responded with "${status}")` }
}

function httpOutcome(result: DialResult, url: string, address: string): ProbeOutcome {
  if (!result.ok) {
    const timedOut = result.failure === 'timeout' && result.peer !== undefined
    return {
      ok: false,
      message: `Get "${url}": ${timedOut ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' : dialMessage(result, address)}`,
    }
  }
  const { status } = result.reply as HttpReply
  return status >= 200 && status < 400 ? { ok: true, message: '' } : { ok: false, message: `HTTP probe failed with statuscode: ${status}` }
}

function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find((p) => p.name === port)?.containerPort ?? Number(port)
}

const LABEL: Record<ProbeKind, string> = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' }

/** Counts one result towards the thresholds and acts when the verdict changes. */
function settle(
  hands: KubeletHands,
  run: PodRun,
  container: Container,
  kind: ProbeKind,
  outcome: ProbeOutcome,
  sync: () => void,
  refresh: () => void,
): void {
  const probe = probeOf(container, kind)!
  const key = `${container.name}/${kind}`
  const before: ProbeRun = run.probes[key] ?? { ok: undefined, streak: 0, streakOk: true }
  const threshold = outcome.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
  // Beyond the threshold a streak changes nothing: it is not counted on, so that a steady probe writes nothing.
  const streak = before.streak > 0 && before.streakOk === outcome.ok ? Math.min(before.streak + 1, threshold) : 1
  const verdict = streak >= threshold ? outcome.ok : before.ok
  if (!outcome.ok) containerEvent(hands, run.pod, container.name, 'Warning', 'Unhealthy', `${LABEL[kind]} probe failed: ${outcome.message}`)
  if (before.ok === verdict && before.streak === streak && before.streakOk === outcome.ok) return
  const current = runOf(hands, run.uid)
  if (current === undefined) return
  putRun(hands, current, { probes: { ...current.probes, [key]: { ok: verdict, streak, streakOk: outcome.ok } } })
  if (verdict === before.ok) return
  if (kind === 'readiness') refresh()
  else {
    refresh()
    sync()
  }
}
