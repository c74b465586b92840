/** Ports as `port-forward` takes them: `LOCAL:REMOTE`, `REMOTE`, `:REMOTE`, names of a Service's or a container's ports (portforward.go of kubectl and client-go). */
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError } from '../../errors.ts'

interface NamedPort {
  readonly name?: string
  readonly protocol?: string
}
interface ServicePort extends NamedPort {
  readonly port: number
  readonly targetPort?: number | string
}
interface ContainerPort extends NamedPort {
  readonly containerPort: number
}

export interface PortPair {
  /** 0: any that is free. */
  readonly local: number
  readonly remote: number
}

const isNumber = (text: string): boolean => /^[+-]?\d+$/.test(text)

function split(text: string): [string, string] {
  const parts = text.split(':')
  return parts.length === 2 ? [parts[0]!, parts[1]!] : [parts[0]!, parts[0]!]
}

const join = (local: string, remote: string): string => (local === remote ? remote : `${local}:${remote}`)

const containerPorts = (pod: ApiObject): ContainerPort[] =>
  ((pod.spec?.containers ?? []) as { ports?: ContainerPort[] }[]).flatMap((container) => container.ports ?? [])

function podPort(pod: ApiObject, name: string): number {
  const found = containerPorts(pod).find((p) => p.name === name && name !== '')
  if (found === undefined) throw new CommandError(`Pod '${pod.metadata.name}' does not have a named port '${name}'`)
  return found.containerPort
}

/** A pod's own ports: names become numbers. */
export function ofPod(texts: readonly string[], pod: ApiObject): string[] {
  return texts.map((text) => {
    const [local, remote] = split(text)
    if (isNumber(remote)) return text
    const port = String(podPort(pod, remote))
    return local === remote ? port : join(local, port)
  })
}

/** A Service's ports: names become numbers, numbers those of the containers behind it. */
export function ofService(texts: readonly string[], service: ApiObject, pod: ApiObject): string[] {
  const ports = (service.spec?.ports ?? []) as ServicePort[]
  const { name } = service.metadata
  return texts.map((text) => {
    let [local, remote] = split(text)
    if (!isNumber(remote)) {
      const named = ports.find((p) => p.name === remote)
      if (named === undefined) throw new CommandError(`Service '${name}' does not have a named port '${remote}'`)
      if (local === remote) local = String(named.port)
      remote = String(named.port)
    }
    const found = ports.find((p) => p.port === Number(remote))
    if (found === undefined) throw new CommandError(`Service ${name} does not have a service port ${Number(remote)}`)
    const { targetPort } = found
    if (service.spec?.clusterIP === 'None') return join(local, String(found.port))
    const target = typeof targetPort === 'string' ? podPort(pod, targetPort) : targetPort || found.port
    return join(local, String(target))
  })
}

/** Throws for ports that only speak UDP. */
export function refuseUdp(texts: readonly string[], ports: readonly (ServicePort | ContainerPort)[]): void {
  const numberOf = (p: ServicePort | ContainerPort): number => ('port' in p ? p.port : p.containerPort)
  for (const text of texts) {
    const [, remote] = split(text)
    const meant = ports.filter((p) => (isNumber(remote) ? numberOf(p) === Number(remote) : p.name === remote))
    if (meant.length > 0 && meant.every((p) => p.protocol === 'UDP')) throw new CommandError(`UDP protocol is not supported for ${remote}`)
  }
}

export const portsOf = (object: ApiObject): readonly (ServicePort | ContainerPort)[] =>
  object.kind === 'Service' ? ((object.spec?.ports ?? []) as ServicePort[]) : containerPorts(object)

function number(text: string, which: string): number {
  const fail = (why: string): never => {
    throw new CommandError(`error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
  }
  if (!/^\d+$/.test(text)) fail('invalid syntax')
  if (Number(text) > 65_535) fail('value out of range')
  return Number(text)
}

export function parsePairs(texts: readonly string[]): PortPair[] {
  return texts.map((text) => {
    const parts = text.split(':')
    if (parts.length > 2) throw new CommandError(`invalid port format '${text}'`)
    const [first, second = first!] = parts as [string, string?]
    const local = number(parts.length === 2 && first === '' ? '0' : first, 'local')
    const remote = number(second, 'remote')
    if (remote === 0) throw new CommandError('remote port must be > 0')
    return { local, remote }
  })
}
