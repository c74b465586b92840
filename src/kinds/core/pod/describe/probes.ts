/**
 * A probe in one line: `http-get http://:80/live delay=0s timeout=1s period=5s #success=1 #failure=3`.
 */
import type { Probe } from '../../../../api/generated/types/core-v1.ts'

/** What Go's URL leaves unescaped in a path. */
const escapePath = (path: string): string => encodeURI(path).replace(/[?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

function httpText(get: NonNullable<Probe['httpGet']>): string {
  const host = get.host?.includes(':') ? `[${get.host}]` : (get.host ?? '')
  const path = get.path ?? ''
  return `http-get ${(get.scheme ?? '').toLowerCase()}://${host}:${get.port}${path === '' || path.startsWith('/') ? '' : '/'}${escapePath(path)}`
}

export function probeText(probe: Probe): string {
  const numbers = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`
  if (probe.exec) return `exec [${(probe.exec.command ?? []).join(' ')}] ${numbers}`
  if (probe.httpGet) return `${httpText(probe.httpGet)} ${numbers}`
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${numbers}`
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${numbers}`
  return `unknown ${numbers}`
}
