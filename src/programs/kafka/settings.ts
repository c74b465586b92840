/**
 * Kafka's properties and what of them is refused at the start. `apache/kafka` writes KAFKA_A_B into its properties and leaves its own file where one of
 * them is given; `bitnami/kafka` takes KAFKA_CFG_A_B over defaults. https://github.com/apache/kafka/blob/trunk/docker/examples/README.md
 */
import type { ProcessContext } from '../contract.ts'
import { readText } from '../text/files.ts'
import type { Listener, Settings, Voter } from './contract.ts'

const DEFAULTS = {
  'num.partitions': '1',
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
  'auto.create.topics.enable': 'true',
  'offsets.topic.replication.factor': '3',
  'offsets.topic.num.partitions': '50',
  'log.dirs': '/tmp/kafka-logs',
  'inter.broker.listener.name': '',
} as const
/** What apache/kafka starts with when nothing is said. */
const OWN_FILE = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': '1@localhost:9093',
  listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  'advertised.listeners': 'PLAINTEXT://localhost:9092',
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
  'log.dirs': '/tmp/kraft-combined-logs',
  'offsets.topic.replication.factor': '1',
}
const DEFAULT_CLUSTER = '5L6g3nShT-eMCtK--X86sw'
const NO_PROPERTIES = /^KAFKA_(VERSION|HEAP_OPTS|OPTS|JMX_\w+|JVM_\w+|GC_LOG_OPTS|LOG4J_\w+|TOOLS_\w+|CFG_\w+|KRAFT_\w+)$/

export class SettingsError extends Error {}

const property = (name: string): string =>
  name.toLowerCase().replaceAll('___', '-').replaceAll('__', '\0').replaceAll('_', '.').replaceAll('\0', '_')

function fileProperties(text: string): Record<string, string> {
  const out: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const match = /^\s*([^#!=\s]+)\s*=\s*(.*?)\s*$/.exec(line)
    if (match !== null) out[match[1]!] = match[2]!
  }
  return out
}

const fromEnv = (env: ProcessContext['env'], prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix) && (prefix !== 'KAFKA_' || !NO_PROPERTIES.test(name)))
      .map(([name, value]) => [property(name.slice(prefix.length)), value]),
  )

function apache(ctx: ProcessContext): Record<string, string> {
  const given = fromEnv(ctx.env, 'KAFKA_')
  const mounted = readText(ctx.files, '/mnt/shared/config/server.properties')
  if (mounted !== undefined) return { ...fileProperties(mounted), ...given }
  if (Object.keys(given).length === 0) return OWN_FILE
  if (given['listeners'] === undefined && given['advertised.listeners'] !== undefined)
    given['listeners'] = given['advertised.listeners'].replaceAll(/:\/\/[^:]*:/g, '://0.0.0.0:')
  return given
}

function bitnami(ctx: ProcessContext): Record<string, string> {
  const given = fromEnv(ctx.env, 'KAFKA_CFG_')
  if (given['process.roles'] !== undefined && given['node.id'] === undefined && given['broker.id'] === undefined)
    throw new SettingsError('KRaft mode requires an unique node.id, please set the environment variable KAFKA_CFG_NODE_ID')
  return { 'log.dirs': '/bitnami/kafka/data', listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093', ...given }
}

interface Endpoint {
  readonly name: string
  readonly host: string
  readonly port: number
}
function endpoints(text: string, key: string): Endpoint[] {
  return text
    .split(',')
    .map((t) => t.trim())
    .filter((t) => t !== '')
    .map((t) => {
      const match = /^(\w+):\/\/\[?([\w.:-]*?)\]?:(-?\d+)$/.exec(t)
      if (match === null)
        throw new SettingsError(`Error creating broker listeners from '${text}': Unable to parse ${t} to a broker endpoint (${key})`)
      return { name: match[1]!.toUpperCase(), host: match[2]!, port: Number(match[3]) }
    })
}

function voters(text: string): Voter[] {
  return text
    .split(',')
    .filter((t) => t.trim() !== '')
    .map((t) => {
      const match = /^\s*(\d+)@([\w.-]+):(\d+)\s*$/.exec(t)
      if (match === null)
        throw new SettingsError(
          `Invalid value ${text} for configuration controller.quorum.voters: Failed to parse voter ID and address in ${t}`,
        )
      return { id: Number(match[1]), host: match[2]!, port: Number(match[3]) }
    })
}

const required = (condition: boolean, text: string): void => {
  if (!condition) throw new SettingsError(`requirement failed: ${text}`)
}

/** Reads and checks all. Throws SettingsError with the text that Kafka ends with. */
export function readSettings(ctx: ProcessContext): Settings {
  const isBitnami = ctx.env['BITNAMI_APP_NAME'] === 'kafka'
  const file = ctx.argv.slice(1).find((a) => a.endsWith('.properties'))
  const given = file !== undefined ? fileProperties(readText(ctx.files, file) ?? '') : isBitnami ? bitnami(ctx) : apache(ctx)
  const p: Record<string, string> = { ...DEFAULTS, ...given }
  if (!p['process.roles']) throw new SettingsError('Missing required configuration `process.roles` which has no default value.')
  const roles = p['process.roles'].split(',').map((r) => r.trim())
  for (const role of roles)
    if (role !== 'broker' && role !== 'controller')
      throw new SettingsError(`Unknown process role '${role}' (only 'broker' and 'controller' are allowed roles)`)
  const nodeId = Number(p['node.id'] ?? p['broker.id'] ?? Number.NaN)
  if (!Number.isInteger(nodeId))
    throw new SettingsError(
      'Missing configuration `node.id` which is required when `process.roles` is defined (i.e. when running in KRaft mode).',
    )
  const quorum = voters(p['controller.quorum.voters'] ?? p['controller.quorum.bootstrap.servers'] ?? '')
  required(
    quorum.length > 0,
    'If using `process.roles`, either `controller.quorum.bootstrap.servers` or `controller.quorum.voters` must be set',
  )
  const controllerNames = (p['controller.listener.names'] ?? '').split(',').filter((n) => n !== '')
  required(
    controllerNames.length > 0,
    'controller.listener.names must contain at least one value when running KRaft with a controller role',
  )
  if (roles.includes('controller'))
    required(
      quorum.some((v) => v.id === nodeId),
      `If process.roles contains the 'controller' role, the node id ${nodeId} must be included in the set of voters controller.quorum.voters=Set(${quorum.map((v) => v.id).join(', ')})`,
    )
  else
    required(
      quorum.every((v) => v.id !== nodeId),
      `If process.roles contains just the 'broker' role, the node id ${nodeId} must not be included in the set of voters controller.quorum.voters=Set(${quorum.map((v) => v.id).join(', ')})`,
    )
  const bound = endpoints(p['listeners'] ?? 'PLAINTEXT://:9092', 'listeners')
  const protocols = new Map(
    (p['listener.security.protocol.map'] ?? 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT')
      .split(',')
      .map((t) => t.split(':') as [string, string]),
  )
  for (const { name } of bound) {
    const protocol = protocols.get(name)
    if (protocol === undefined) throw new SettingsError(`No security protocol defined for listener ${name}`)
    if (protocol !== 'PLAINTEXT')
      throw new SettingsError(`clusterlab simulates only the security protocol PLAINTEXT, not ${protocol} of listener ${name}`)
  }
  const own = bound.filter((e) => !controllerNames.includes(e.name))
  const advertised = p['advertised.listeners'] ? endpoints(p['advertised.listeners'], 'advertised.listeners') : own
  const listeners: Listener[] = roles.includes('broker')
    ? advertised
        .filter((a) => !controllerNames.includes(a.name))
        .map((a) => {
          required(a.host !== '0.0.0.0', 'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.')
          const at = own.find((e) => e.name === a.name)
          required(
            at !== undefined,
            `advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found ${advertised.map((x) => x.name).join(',')}. The valid options based on the current configuration are ${own.map((x) => x.name).join(',')}`,
          )
          return { name: a.name, host: a.host || ctx.hostname, port: a.port, boundPort: at!.port }
        })
    : []
  const controller = roles.includes('controller') ? bound.find((e) => controllerNames.includes(e.name)) : undefined
  if (roles.includes('controller'))
    required(controller !== undefined, 'controller.listener.names must be a subset of listeners when running a controller')
  const interBroker =
    p['inter.broker.listener.name'] || (listeners.some((l) => l.name === 'PLAINTEXT') ? 'PLAINTEXT' : (listeners[0]?.name ?? ''))
  if (roles.includes('broker'))
    required(
      listeners.some((l) => l.name === interBroker),
      `inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are ${listeners.map((l) => l.name).join(',')}`,
    )
  return {
    nodeId,
    roles,
    voters: quorum,
    listeners,
    controllerPort: controller?.port,
    interBroker,
    logDir: (p['log.dirs'] || p['log.dir'] || DEFAULTS['log.dirs']).split(',')[0]!,
    clusterId: ctx.env['CLUSTER_ID'] || ctx.env['KAFKA_KRAFT_CLUSTER_ID'] || (isBitnami ? '' : DEFAULT_CLUSTER),
    properties: p,
  }
}

export const numberOf = (s: Settings, key: keyof typeof DEFAULTS): number => Number(s.properties[key] ?? DEFAULTS[key])
