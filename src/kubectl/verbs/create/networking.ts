/**
 * `create service clusterip|nodeport|loadbalancer|externalname` and `create ingress`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError } from '../../errors.ts'
import type { VerbContext } from '../../verb.ts'
import type { Generator } from './generator.ts'

const isNumber = (text: string): boolean => /^\d+$/.test(text)

function portOf(text: string): number {
  if (!isNumber(text)) throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  const port = Number(text)
  if (port > 65535) throw new CommandError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`)
  return port
}

function servicePort(text: string, nodePort: number): Record<string, unknown> {
  const [port, target, ...more] = text.split(':')
  if (more.length > 0) throw new CommandError(`invalid port format ${text}`)
  const number = portOf(port!)
  const targetPort = target === undefined ? number : isNumber(target) ? portOf(target) : target
  return { name: text.replaceAll(':', '-'), port: number, protocol: 'TCP', targetPort, ...(nodePort > 0 ? { nodePort } : {}) }
}

function service(
  path: string,
  type: string,
  failure: string,
  fields: (context: VerbContext) => Record<string, unknown>,
  portsNeeded: (context: VerbContext) => boolean,
): Generator {
  return {
    path,
    failure: `failed to create ${failure} service: `,
    make(context, name): ApiObject {
      const { flags } = context
      const ports = flags.list('tcp')
      if (ports.length === 0 && portsNeeded(context)) throw new CommandError('at least one tcp port specifier must be provided')
      const nodePort = flags.has('node-port') ? flags.int('node-port') : 0
      return {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, labels: { app: name } },
        spec: {
          ...(ports.length > 0 ? { ports: ports.map((port) => servicePort(port, nodePort)) } : {}),
          selector: { app: name },
          type,
          ...fields(context),
        },
        status: { loadBalancer: {} },
      }
    },
  }
}

const none = (): Record<string, unknown> => ({})
const clusterIp = service(
  'kubectl create service clusterip',
  'ClusterIP',
  'ClusterIP',
  (context) => (context.flags.text('clusterip') === '' ? {} : { clusterIP: context.flags.text('clusterip') }),
  (context) => context.flags.text('clusterip') !== 'None',
)
const nodePort = service('kubectl create service nodeport', 'NodePort', 'NodePort', none, () => true)
const loadBalancer = service('kubectl create service loadbalancer', 'LoadBalancer', 'LoadBalancer', none, () => true)
const externalName: Generator = {
  ...service(
    'kubectl create service externalname',
    'ExternalName',
    'ExternalName',
    (context) => ({ externalName: context.flags.text('external-name') }),
    () => false,
  ),
  required: ['external-name'],
}

interface Rule {
  readonly host: string
  readonly path: string
  readonly pathType: 'Exact' | 'Prefix'
  readonly service: string
  readonly port: string
  readonly tls: string | undefined
}

function parseRule(text: string): Rule {
  const found = /^([\w*\-.]*)(\/[^=]*)=([\w-]+):([\w\d-]+)(?:,tls(?:=([\w-]*))?)?$/.exec(text)
  if (found === null) throw new CommandError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  const prefix = found[2]!.endsWith('*')
  const path = prefix ? found[2]!.slice(0, -1) : found[2]!
  return {
    host: found[1]!,
    path,
    pathType: prefix ? 'Prefix' : 'Exact',
    service: found[3]!,
    port: found[4]!,
    tls: text.includes(',tls') ? (found[5] ?? '') : undefined,
  }
}

const backend = (name: string, port: string) => ({ service: { name, port: isNumber(port) ? { number: Number(port) } : { name: port } } })

function ingressRules(rules: readonly Rule[]): unknown[] {
  const byHost = new Map<string, unknown[]>()
  for (const rule of rules) {
    const paths = byHost.get(rule.host) ?? []
    paths.push({ path: rule.path, pathType: rule.pathType, backend: backend(rule.service, rule.port) })
    byHost.set(rule.host, paths)
  }
  return [...byHost].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }))
}

function ingressTls(rules: readonly Rule[]): unknown[] {
  const bySecret = new Map<string, Set<string>>()
  for (const rule of rules) {
    if (rule.tls === undefined) continue
    const hosts = bySecret.get(rule.tls) ?? new Set()
    if (rule.host !== '') hosts.add(rule.host)
    bySecret.set(rule.tls, hosts)
  }
  return [...bySecret].map(([secretName, hosts]) => ({
    ...(hosts.size > 0 ? { hosts: [...hosts] } : {}),
    ...(secretName === '' ? {} : { secretName }),
  }))
}

const ingress: Generator = {
  path: 'kubectl create ingress',
  failure: 'failed to create ingress: ',
  make(context, name) {
    const { flags } = context
    const fallback = flags.text('default-backend')
    const given = flags.list('rule')
    if (given.length === 0 && fallback === '') {
      throw new CommandError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      )
    }
    const rules = given.map(parseRule)
    const backendParts = fallback.split(':')
    if (fallback !== '' && (backendParts.length !== 2 || backendParts.includes('')))
      throw new CommandError('default-backend should be in format servicename:serviceport')
    const annotations = Object.fromEntries(
      flags.list('annotation').map((pair) => {
        const equals = pair.indexOf('=')
        if (equals < 1) throw new CommandError(`annotation ${pair} is invalid and should be in format key=[value]`)
        return [pair.slice(0, equals), pair.slice(equals + 1)]
      }),
    )
    const tls = ingressTls(rules)
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
      spec: {
        ...(flags.text('class') === '' ? {} : { ingressClassName: flags.text('class') }),
        ...(fallback === '' ? {} : { defaultBackend: backend(backendParts[0]!, backendParts[1]!) }),
        ...(rules.length > 0 ? { rules: ingressRules(rules) } : {}),
        ...(tls.length > 0 ? { tls } : {}),
      },
      status: { loadBalancer: {} },
    }
  },
}

export const networkGenerators: readonly Generator[] = [clusterIp, nodePort, loadBalancer, externalName, ingress]
