import { describe, expect, test } from 'vitest'
import { deploymentController } from '../../src/controllers/deployment/index.ts'
import { limit, NO_MEMORY } from '../../src/controllers/hpa/behavior.ts'
import { horizontalPodAutoscaler } from '../../src/controllers/hpa/index.ts'
import { type MetricsReader, wantedReplicas } from '../../src/controllers/hpa/replicas.ts'
import { replicaSetController } from '../../src/controllers/replicaset/index.ts'
import { resourceQuotaController } from '../../src/controllers/resourcequota/index.ts'
import { createWorld, pod, podSpec } from './world.ts'

const web = (replicas: number): any => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'lab' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: podSpec({ containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }] }),
    },
  },
})
const hpa = (spec: object = {}): any => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'lab' },
  spec: {
    minReplicas: 2,
    maxReplicas: 6,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
    ...spec,
  },
})
const world = (metrics?: MetricsReader) =>
  createWorld({
    controllers: [deploymentController, replicaSetController, horizontalPodAutoscaler(metrics)],
    scheduler: true,
    nodes: ['node-a', 'node-b'],
  })
const using = (cpuMilli: () => number): MetricsReader => ({ pod: () => [{ container: 'c', cpuMilli: cpuMilli(), memoryBytes: 0 }] })

describe('an autoscaler', () => {
  test('without metrics goes to its minimum first, and complains afterwards', () => {
    const w = world()
    w.write.create('deployments.apps', web(1))
    w.write.create('horizontalpodautoscalers.autoscaling', hpa())
    w.run(14_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(1)
    w.run(2000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(2)
    expect(w.events('SuccessfulRescale')).toEqual(['New size: 2; reason: Current number of replicas below Spec.MinReplicas'])
    w.run(15_000)
    expect(w.get('horizontalpodautoscalers.autoscaling', 'web').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }),
    )
  })
  test('doubles under load, and shrinks only after the window', () => {
    let load = 100
    const w = world(using(() => load))
    w.write.create('deployments.apps', web(2))
    w.write.create('horizontalpodautoscalers.autoscaling', hpa())
    w.run(16_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(4)
    expect(w.events('SuccessfulRescale')).toEqual(['New size: 4; reason: cpu resource utilization (percentage of request) above target'])
    load = 10
    w.run(200_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBeGreaterThanOrEqual(4)
    w.run(200_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(2)
  })
  const ready = (name: string, cpu?: string): any => ({
    ...pod(name, { containers: [{ name: 'c', image: 'n', ...(cpu && { resources: { requests: { cpu } } }) }] }),
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  })
  test.each([
    ['within tolerance stays', 52, 2],
    ['twice the target doubles', 100, 4],
    ['half the target halves', 25, 1],
  ])('%s', (_name, usage, replicas) => {
    const pods = [ready('a', '100m'), ready('b', '100m')]
    expect(
      wantedReplicas(
        { resource: 'cpu', target: { utilization: 50 }, current: 2 },
        pods,
        using(() => usage),
      ),
    ).toMatchObject({ replicas, utilization: usage })
  })
  test('a container without requests has no utilization', () => {
    expect(
      wantedReplicas(
        { resource: 'cpu', target: { utilization: 50 }, current: 1 },
        [ready('a')],
        using(() => 5),
      ),
    ).toBe('missing request for cpu in container c of Pod a')
  })
  test.each([
    ['more than the maximum', 6, 20, {}, 6, 'TooManyReplicas'],
    ['faster than the rate', 2, 20, { maxReplicas: 100 }, 6, 'ScaleUpLimit'],
    ['less than the minimum', 3, 1, {}, 2, 'TooFewReplicas'],
    [
      'one at a time',
      6,
      2,
      { behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] } } },
      5,
      'ScaleDownLimit',
    ],
  ])('is held back: %s', (_name, current, wanted, spec, replicas, reason) => {
    expect(limit(hpa(spec), current, wanted, NO_MEMORY, 0)).toMatchObject({ replicas, limited: { reason } })
  })
})

describe('a quota', () => {
  test('is recounted when pods go', () => {
    const w = createWorld({ controllers: [resourceQuotaController] })
    w.write.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'lab' },
      spec: { hard: { pods: '3', 'requests.cpu': '1' } },
    } as never)
    for (const name of ['a', 'b'])
      w.write.create('pods', pod(name, { containers: [{ name: 'c', image: 'n', resources: { requests: { cpu: '200m' } } }] }))
    w.run(10)
    w.write.delete('pods', 'lab', 'a')
    w.run(10)
    expect(w.get('resourcequotas', 'q').status).toEqual({
      hard: { pods: '3', 'requests.cpu': '1' },
      used: { pods: '1', 'requests.cpu': '200m' },
    })
  })
})
