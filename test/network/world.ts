/** Worlds and clients for network tests: real clusters of a preset, manifests applied through the API, requests from a pod or the office PC. */
import type { ApiObject } from '../../src/api/meta.ts'
import { World, type WorldOptions } from '../../src/cluster/world.ts'
import type { DialResult, Hop, HttpReply, Origin } from '../../src/network/contract.ts'
import { OFFICE_PC_IP } from '../../src/network/outside.ts'
import { standInCatalog } from '../../src/programs/stand-in/index.ts'
import { withAddOns } from './catalog.ts'

export const OFFICE: Origin = { kind: 'outside', name: 'menchu', ip: OFFICE_PC_IP }

export function pod(name: string, labels: Record<string, string>, more: Record<string, unknown> = {}, port = 8080): ApiObject {
  const container = { name: 'c', image: 'nginx:1.27', ports: [{ containerPort: port, name: 'web' }], ...(more['container'] as object) }
  const { container: _c, namespace, ...spec } = more
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: (namespace as string) ?? 'default', labels },
    spec: { terminationGracePeriodSeconds: 1, ...spec, containers: [container] },
  }
}

export const service = (name: string, selector: Record<string, string>, spec: Record<string, unknown> = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector, ports: [{ port: 80, targetPort: 8080 }], ...spec },
})

export const policy = (name: string, spec: Record<string, unknown>): ApiObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'default' },
  spec,
})

export function bareWorld(objects: readonly ApiObject[] = [], seconds = 10): World {
  const world = new World({ preset: 'bare' })
  for (const object of objects) must(world, object)
  world.advance(seconds * 1000)
  return world
}

export function must(world: World, object: ApiObject): ApiObject {
  const answer = world.apply(object)
  if (answer.code >= 300) throw new Error(JSON.stringify(answer.body))
  world.loop.settle()
  return answer.body as ApiObject
}

export function from(world: World, name: string, namespace = 'default'): Origin {
  const found = world.cluster.read.get('pods', namespace, name)!
  return { kind: 'pod', namespace, name, uid: found.metadata.uid!, ip: found.status!.podIP!, node: found.spec!.nodeName! }
}

export const ipOf = (world: World, name: string, namespace = 'default'): string =>
  world.cluster.read.get('pods', namespace, name)!.status!.podIP!
export const clusterIp = (world: World, name: string, namespace = 'default'): string =>
  world.cluster.read.get('services', namespace, name)!.spec!.clusterIP!

export function get(
  world: World,
  origin: Origin,
  host: string,
  port = 80,
  more: { turn?: number; trace?: Hop[]; path?: string; timeoutMs?: number; hostHeader?: string } = {},
): DialResult {
  const { path = '/', timeoutMs = 5_000, hostHeader = host, ...rest } = more
  return world.network.dial(origin, {
    host,
    port,
    protocol: 'http',
    payload: { method: 'GET', path, host: hostHeader, headers: {} },
    timeoutMs,
    ...rest,
  })
}

/** `200`, or the failure's name. */
export const verdict = (result: DialResult): string => (result.ok ? String((result.reply as HttpReply).status) : result.failure)

/** A `default` cluster with the objects, some seconds later. */
export function defaultWorld(objects: readonly ApiObject[] = [], seconds = 15, options: Partial<WorldOptions> = {}): World {
  const world = new World({ preset: 'default', catalog: withAddOns(standInCatalog), ...options })
  world.advance(15_000)
  for (const object of objects) must(world, object)
  world.advance(seconds * 1000)
  return world
}

export const ingress = (name: string, spec: Record<string, unknown>, annotations: Record<string, string> = {}): ApiObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name,
    namespace: 'default',
    annotations: Object.fromEntries(Object.entries(annotations).map(([k, v]) => [`nginx.ingress.kubernetes.io/${k}`, v])),
  },
  spec: { ingressClassName: 'nginx', ...spec },
})

export const path = (p: string, serviceName: string, number = 80, pathType = 'Prefix'): Record<string, unknown> => ({
  path: p,
  pathType,
  backend: { service: { name: serviceName, port: { number } } },
})
export const rule = (host: string, ...paths: readonly Record<string, unknown>[]): Record<string, unknown> => ({
  ...(host && { host }),
  http: { paths },
})
