/**
 * Validation of probes and of the handlers they share with lifecycle hooks (upstream's validateProbe and validateHandler).
 */
import { type FieldError, forbidden, invalid, required } from '../../../../api/errors.ts'
import type { HTTPGetAction, LifecycleHandler, Probe } from '../../../../api/generated/types/core-v1.ts'
import { httpHeaderErrors, portNameErrors, portNumberErrors } from '../../../../api/names.ts'
import { nonNegative } from '../../../fields/numbers.ts'
import { checked, oneOf } from '../../field-checks.ts'

export const portNumberOrNameErrors = (port: number | string | undefined, path: string): FieldError[] =>
  typeof port === 'string' ? checked(path, port, portNameErrors(port)) : checked(path, port ?? 0, portNumberErrors(port ?? 0))

const httpErrors = (http: HTTPGetAction, path: string): FieldError[] => [
  ...(http.path ? [] : [required(`${path}.path`)]),
  ...portNumberOrNameErrors(http.port, `${path}.port`),
  ...oneOf(http.scheme, `${path}.scheme`, ['HTTP', 'HTTPS']),
  ...(http.httpHeaders ?? []).flatMap((h) => checked(`${path}.httpHeaders`, h.name, httpHeaderErrors(h.name))),
]

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>

const sleepErrors = (seconds: number, graceSeconds: number, path: string): FieldError[] =>
  seconds < 0 || seconds > graceSeconds
    ? [invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)]
    : []

/** Exactly one handler, each checked; a second one is forbidden. */
export function handlerErrors(handler: Handler, graceSeconds: number, path: string): FieldError[] {
  const checks: [string, unknown, () => FieldError[]][] = [
    ['exec', handler.exec, () => ((handler.exec?.command?.length ?? 0) > 0 ? [] : [required(`${path}.exec.command`)])],
    ['httpGet', handler.httpGet, () => httpErrors(handler.httpGet!, `${path}.httpGet`)],
    ['tcpSocket', handler.tcpSocket, () => portNumberOrNameErrors(handler.tcpSocket!.port, `${path}.tcpSocket.port`)],
    ['grpc', handler.grpc, () => checked(`${path}.grpc.port`, handler.grpc!.port, portNumberErrors(handler.grpc!.port))],
    ['sleep', handler.sleep, () => sleepErrors(handler.sleep!.seconds, graceSeconds, `${path}.sleep`)],
  ]
  const given = checks.filter(([, value]) => value !== undefined && value !== null)
  if (given.length === 0) return [required(path, 'must specify a handler type')]
  return given.flatMap(([field, , check], i) =>
    i === 0 ? check() : [forbidden(`${path}.${field}`, 'may not specify more than 1 handler type')],
  )
}

function probeErrors(probe: Probe, graceSeconds: number, path: string): FieldError[] {
  const found = handlerErrors(probe as Handler, graceSeconds, path)
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const)
    found.push(...nonNegative(probe[field], `${path}.${field}`))
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace !== null && grace <= 0)
    found.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  return found
}

const successIsOne = (probe: Probe, path: string): FieldError[] =>
  probe.successThreshold === 1 ? [] : [invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')]

export const restartingErrors = (probe: Probe | undefined, graceSeconds: number, path: string): FieldError[] =>
  probe ? [...probeErrors(probe, graceSeconds, path), ...successIsOne(probe, path)] : []

export function readinessErrors(probe: Probe | undefined, graceSeconds: number, path: string): FieldError[] {
  if (!probe) return []
  const found = probeErrors(probe, graceSeconds, path)
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace !== null)
    found.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'))
  return found
}
