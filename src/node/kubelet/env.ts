/** A container's environment as the kubelet builds it: Service variables, envFrom, env with references and `$(VAR)`; and `$(VAR)` in commands. */
import type { Container, EnvVar, Pod, Service } from '../../api/generated/types/core-v1.ts'
import { milliValue, quantityValue, scaleToDivisor } from '../../api/quantity.ts'
import type { Reader } from '../../api/reader.ts'
import type { Random } from '../../sim/random.ts'

/** Why a container cannot be configured: shown as CreateContainerConfigError. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export interface EnvFacts {
  readonly pod: Pod
  readonly podIp: string
  readonly nodeIp: string
  readonly allocatable: Readonly<Record<string, string>>
  /** What tokens are signed by. */
  readonly random: Random
}

const MAX_ARG_STRLEN = 131_072

/** `$(NAME)` becomes the variable's value where there is one; `$$` is a literal dollar. */
export function expandReferences(text: string, env: Readonly<Record<string, string>>): string {
  let length = text.length
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (whole, name: string | undefined) => {
    if (whole === '$$') return '$'
    if (name === undefined || !Object.hasOwn(env, name)) return whole
    length += env[name]!.length
    // References to references double: execve takes no text that is longer (MAX_ARG_STRLEN).
    if (length > MAX_ARG_STRLEN) throw new ConfigError('argument list too long')
    return env[name]!
  })
}

/** A list of Services is another one as soon as one of them is. */
const known = new WeakMap<
  readonly Service[],
  { readonly kubernetes: Service | undefined; readonly env: Readonly<Record<string, string>> }
>()

/** Variables for the Services of the namespace, and the API server's from `default`. */
function serviceVariables(pod: Pod, read: Reader): Readonly<Record<string, string>> {
  const kubernetes = read.get('services', 'default', 'kubernetes')
  if (pod.spec?.enableServiceLinks === false) return variablesOf(kubernetes, [])
  const services = read.list('services', pod.metadata.namespace)
  const kept = known.get(services)
  if (kept !== undefined && kept.kubernetes === kubernetes) return kept.env
  const env = variablesOf(kubernetes, services)
  known.set(services, { kubernetes, env })
  return env
}

function variablesOf(kubernetes: Service | undefined, services: readonly Service[]): Record<string, string> {
  const env: Record<string, string> = {}
  const add = (service: Service): void => {
    const ip = service.spec?.clusterIP
    const ports = service.spec?.ports ?? []
    if (!ip || ip === 'None' || ports.length === 0) return
    const name = service.metadata.name.toUpperCase().replaceAll('-', '_')
    env[`${name}_SERVICE_HOST`] = ip
    env[`${name}_SERVICE_PORT`] = String(ports[0]!.port)
    for (const port of ports) if (port.name) env[`${name}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`] = String(port.port)
    const first = ports[0]!
    env[`${name}_PORT`] = `${(first.protocol ?? 'TCP').toLowerCase()}://${ip}:${first.port}`
    for (const port of ports) {
      const protocol = port.protocol ?? 'TCP'
      const prefix = `${name}_PORT_${port.port}_${protocol}`
      env[prefix] = `${protocol.toLowerCase()}://${ip}:${port.port}`
      env[`${prefix}_PROTO`] = protocol.toLowerCase()
      env[`${prefix}_PORT`] = String(port.port)
      env[`${prefix}_ADDR`] = ip
    }
  }
  if (kubernetes) add(kubernetes)
  for (const service of services) if (service !== kubernetes) add(service)
  return env
}

/** A field of the pod as the downward API gives it. */
export function fieldValue(facts: EnvFacts, path: string): string {
  const { pod } = facts
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (subscript) return pod.metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2]!] ?? ''
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name
    case 'metadata.namespace':
      return pod.metadata.namespace ?? ''
    case 'metadata.uid':
      return pod.metadata.uid ?? ''
    case 'metadata.labels':
    case 'metadata.annotations': {
      const map = pod.metadata[path.slice(9) as 'labels' | 'annotations'] ?? {}
      return Object.keys(map)
        .sort()
        .map((k) => `${k}=${JSON.stringify(map[k])}`)
        .join('\n')
    }
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? ''
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? ''
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIp
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.nodeIp
    default:
      throw new ConfigError(`unsupported fieldPath: ${path}`)
  }
}

/** A container's request or limit in units of the divisor; limits that are not set are the node's allocatable. */
export function resourceValue(facts: EnvFacts, container: Container, resource: string, divisor: string | undefined): string {
  const [kind, name] = resource.split('.', 2) as ['limits' | 'requests', string]
  const set = container.resources?.[kind]?.[name] ?? (kind === 'limits' ? facts.allocatable[name] : undefined) ?? '0'
  const by = divisor === undefined || divisor === '0' ? '1' : divisor
  return String(scaleToDivisor(set, by, name === 'cpu' && milliValue(by) < 1000 ? 'milli' : 'whole'))
}

function fromKey(
  read: Reader,
  kind: 'configmaps' | 'secrets',
  namespace: string,
  ref: { name?: string; key: string; optional?: boolean },
): string | undefined {
  const object = read.get(kind, namespace, ref.name ?? '')
  const what = kind === 'configmaps' ? 'configmap' : 'secret'
  if (object === undefined) {
    if (ref.optional) return undefined
    throw new ConfigError(`${what} "${ref.name}" not found`)
  }
  const value = dataOf(object, kind)[ref.key]
  if (value === undefined && !ref.optional)
    throw new ConfigError(`couldn't find key ${ref.key} in ${kind === 'configmaps' ? 'ConfigMap' : 'Secret'} ${namespace}/${ref.name}`)
  return value
}

/** The texts an object holds; a Secret's are decoded. */
export function dataOf(
  object: { data?: Record<string, string>; binaryData?: Record<string, string> },
  kind: 'configmaps' | 'secrets',
): Record<string, string> {
  if (kind === 'configmaps') return { ...object.data, ...decodeAll(object.binaryData) }
  return decodeAll(object.data)
}

const decodeAll = (data: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([k, v]) => [k, Buffer.from(v, 'base64').toString('utf8')]))

function valueOfVariable(
  variable: EnvVar,
  facts: EnvFacts,
  container: Container,
  read: Reader,
  sofar: Readonly<Record<string, string>>,
): string | undefined {
  const from = variable.valueFrom
  if (from === undefined) return expandReferences(variable.value ?? '', sofar)
  const namespace = facts.pod.metadata.namespace ?? ''
  if (from.fieldRef) return fieldValue(facts, from.fieldRef.fieldPath)
  if (from.resourceFieldRef) return resourceValue(facts, container, from.resourceFieldRef.resource, from.resourceFieldRef.divisor)
  if (from.configMapKeyRef) return fromKey(read, 'configmaps', namespace, from.configMapKeyRef)
  if (from.secretKeyRef) return fromKey(read, 'secrets', namespace, from.secretKeyRef)
  return ''
}

/** Throws ConfigError where a reference cannot be met. */
export function buildEnv(
  container: Container,
  facts: EnvFacts,
  imageEnv: Readonly<Record<string, string>>,
  read: Reader,
): Record<string, string> {
  const namespace = facts.pod.metadata.namespace ?? ''
  const services = serviceVariables(facts.pod, read)
  const env: Record<string, string> = {}
  for (const source of container.envFrom ?? []) {
    const kind = source.configMapRef ? 'configmaps' : 'secrets'
    const ref = source.configMapRef ?? source.secretRef
    if (ref === undefined) continue
    const object = read.get(kind, namespace, ref.name ?? '')
    if (object === undefined) {
      if (ref.optional) continue
      throw new ConfigError(`${kind === 'configmaps' ? 'configmap' : 'secret'} "${ref.name}" not found`)
    }
    for (const [key, value] of Object.entries(dataOf(object, kind))) env[`${source.prefix ?? ''}${key}`] = value
  }
  for (const variable of container.env ?? []) {
    const value = valueOfVariable(variable, facts, container, read, { ...services, ...env })
    if (value !== undefined) env[variable.name] = value
  }
  // Not by spreading: V8 would give each container's environment a shape of its own, and all that holds it.
  return Object.assign({}, imageEnv, services, env)
}

/** Limits as the runtime enforces them. */
export function limitsOf(container: Container): { memoryBytes?: number; cpuMilli?: number } {
  const limits = container.resources?.limits
  return {
    ...(limits?.['memory'] !== undefined && { memoryBytes: quantityValue(limits['memory']) }),
    ...(limits?.['cpu'] !== undefined && { cpuMilli: milliValue(limits['cpu']) }),
  }
}
