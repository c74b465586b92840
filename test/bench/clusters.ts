/** Worlds of given sizes for benchmarks and scale tests: nodes that hold many pods, Deployments of many replicas. */
import type { UserInfo } from '../../src/api/kind.ts'
import type { ApiObject } from '../../src/api/meta.ts'
import type { ApiAnswer, ApiRequest } from '../../src/apiserver/contract.ts'
import { CONTROL_PLANE, worker } from '../../src/cluster/presets.ts'
import { World } from '../../src/cluster/world.ts'

export const ADMIN: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

/** A bare cluster of so many workers, each of which takes so many pods. */
export function clusterOf(workers: number, podsPerNode: number): World {
  const wide = (n: number) => {
    const spec = worker(n)
    const resources = (r: Readonly<Record<string, string>>) => ({ ...r, cpu: '64', memory: '256Gi', pods: String(podsPerNode) })
    return { ...spec, capacity: resources(spec.capacity), allocatable: resources(spec.allocatable) }
  }
  return new World({ preset: 'bare', seed: 'bench', nodes: [CONTROL_PLANE, ...Array.from({ length: workers }, (_, i) => wide(i))] })
}

export const deploymentOf = (name: string, replicas: number): ApiObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
    },
  },
})

export function ask(world: World, request: Omit<ApiRequest, 'user'>): ApiAnswer {
  const answer = world.handle({ user: ADMIN, ...request })
  if (answer.code >= 400) throw new Error(JSON.stringify(answer.body))
  return answer
}

export const createDeployment = (world: World, name: string, replicas: number): ApiAnswer =>
  ask(world, {
    verb: 'create',
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    namespace: 'default',
    body: deploymentOf(name, replicas),
  })

export const readyOf = (world: World, name: string): number =>
  world.cluster.read.get('deployments.apps', 'default', name)?.status?.readyReplicas ?? 0

/** Lets time pass until all replicas are Ready; gives the virtual milliseconds it took. */
export function untilReady(world: World, name: string, replicas: number): number {
  const from = world.nowMs
  for (let i = 0; i < 120 && readyOf(world, name) < replicas; i++) world.advance(10_000, () => readyOf(world, name) === replicas)
  if (readyOf(world, name) !== replicas) throw new Error(`only ${readyOf(world, name)} of ${replicas} became Ready`)
  return world.nowMs - from
}
