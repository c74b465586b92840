/**
 * Validation of containers' ports (upstream's validateContainerPorts and checkHostPortConflicts).
 */
import { duplicate, type FieldError, invalid, required } from '../../../../api/errors.ts'
import type { Container, ContainerPort } from '../../../../api/generated/types/core-v1.ts'
import { portNameErrors, portNumberErrors } from '../../../../api/names.ts'
import { checked, oneOf } from '../../field-checks.ts'

function nameErrors(name: string | undefined, names: Set<string>, path: string): FieldError[] {
  if (!name) return []
  const messages = portNameErrors(name)
  if (messages.length > 0) return checked(path, name, messages)
  if (names.has(name)) return [duplicate(path, name)]
  names.add(name)
  return []
}

export function portErrors(ports: readonly ContainerPort[] | undefined, path: string): FieldError[] {
  const found: FieldError[] = []
  const names = new Set<string>()
  for (const [i, port] of (ports ?? []).entries()) {
    const at = `${path}[${i}]`
    found.push(...nameErrors(port.name, names, `${at}.name`))
    if (!port.containerPort) found.push(required(`${at}.containerPort`))
    else found.push(...checked(`${at}.containerPort`, port.containerPort, portNumberErrors(port.containerPort)))
    if (port.hostPort) found.push(...checked(`${at}.hostPort`, port.hostPort, portNumberErrors(port.hostPort)))
    found.push(...oneOf(port.protocol, `${at}.protocol`, ['TCP', 'UDP', 'SCTP']))
  }
  return found
}

/** The same host port twice among the given containers. */
export function hostPortConflicts(containers: readonly Container[], path: string): FieldError[] {
  const found: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, container] of containers.entries())
    for (const [j, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`
      if (seen.has(key)) found.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key))
      seen.add(key)
    }
  return found
}

/** On the host's network a container's ports are the host's. */
export function hostNetworkPortErrors(containers: readonly Container[], path: string): FieldError[] {
  const found: FieldError[] = []
  for (const [i, container] of containers.entries())
    for (const [j, port] of (container.ports ?? []).entries())
      if (port.hostPort !== port.containerPort)
        found.push(invalid(`${path}[${i}].ports[${j}].hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true'))
  return found
}
