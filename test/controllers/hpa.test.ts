import { describe, expect, test } from 'vitest'
import { formatTime } from '../../src/api/rfc3339.ts'
import { deploymentController } from '../../src/controllers/deployment/index.ts'
import { limit, NO_MEMORY } from '../../src/controllers/hpa/behavior.ts'
import { horizontalPodAutoscaler } from '../../src/controllers/hpa/index.ts'
import type { MetricsReader, PodMetric } from '../../src/controllers/hpa/metrics.ts'
import { type Question, wantedReplicas } from '../../src/controllers/hpa/replicas.ts'
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
const world = (metrics?: (w: ReturnType<typeof createWorld>) => MetricsReader) => {
  const late: MetricsReader = { list: (...asked) => metrics!(w).list(...asked) }
  const w = createWorld({
    controllers: [deploymentController, replicaSetController, horizontalPodAutoscaler(metrics && late)],
    scheduler: true,
    nodes: ['node-a', 'node-b'],
  })
  return w
}
/** Every pod of the Deployment uses so much, measured a moment ago. */
const using =
  (cpuMilli: () => number) =>
  (w: ReturnType<typeof createWorld>): MetricsReader => ({
    list: () =>
      w.list('pods').map((p) => ({
        apiVersion: 'metrics.k8s.io/v1beta1',
        kind: 'PodMetrics',
        metadata: { name: p.metadata.name, namespace: 'lab' },
        timestamp: formatTime(w.loop.nowMs),
        window: '15s',
        containers: [{ name: 'c', usage: { cpu: `${cpuMilli()}m`, memory: '0' } }],
      })) as never,
  })

const controllerOf = (replicas: number): any => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name: 'web', namespace: 'lab' },
  spec: { replicas, selector: { app: 'web' }, template: web(1).spec.template },
})

describe('what is scaled is known by its Scale alone', () => {
  test('a ReplicationController, whose selector is a plain map', () => {
    const w = world(using(() => 100))
    w.write.create('replicationcontrollers', controllerOf(2))
    for (const n of [1, 2]) w.write.create('pods', pod(`web-${n}`, web(1).spec.template.spec, { labels: { app: 'web' } }))
    w.write.create(
      'horizontalpodautoscalers.autoscaling',
      hpa({ scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'web' } }),
    )
    w.run(60_000)
    expect(w.get('replicationcontrollers', 'web').spec.replicas).toBe(4)
  })

  test('what has no Scale cannot be scaled', () => {
    const w = world()
    w.write.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'lab' } } as never)
    w.write.create('horizontalpodautoscalers.autoscaling', hpa({ scaleTargetRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'web' } }))
    w.run(20_000)
    expect(w.get('horizontalpodautoscalers.autoscaling', 'web').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale' }),
    )
  })
})

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
    w.run(31_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(4)
    expect(w.events('SuccessfulRescale')).toEqual(['New size: 4; reason: cpu resource utilization (percentage of request) above target'])
    load = 10
    w.run(200_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBeGreaterThanOrEqual(4)
    w.run(200_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(2)
  })
  test('counts what it found at first as a recommendation: nothing shrinks for five minutes', () => {
    const w = world(using(() => 1))
    w.write.create('deployments.apps', web(5))
    w.write.create('horizontalpodautoscalers.autoscaling', hpa())
    w.run(280_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(5)
    expect(w.get('horizontalpodautoscalers.autoscaling', 'web').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'AbleToScale', status: 'True', reason: 'ScaleDownStabilized' }),
    )
    w.run(60_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(2)
    expect(w.events('SuccessfulRescale')).toEqual(['New size: 2; reason: All metrics below target'])
  })
  test.each([
    [
      'of pods',
      { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } },
      'FailedGetPodsMetric',
      'unable to get metric packets: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    ],
    [
      'of an object',
      {
        type: 'Object',
        object: {
          metric: { name: 'requests' },
          describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
          target: { type: 'Value', value: '10' },
        },
      },
      'FailedGetObjectMetric',
      'unable to get metric requests: Service on lab web/unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    ],
    [
      'of the world outside',
      {
        type: 'External',
        external: { metric: { name: 'queue', selector: { matchLabels: { q: 'a' } } }, target: { type: 'Value', value: '10' } },
      },
      'FailedGetExternalMetric',
      'unable to get external metric lab/queue/&LabelSelector{MatchLabels:map[string]string{q: a,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)',
    ],
  ])('says who does not serve a metric %s', (_name, metric, reason, message) => {
    const w = world(using(() => 50))
    w.write.create('deployments.apps', web(2))
    w.write.create('horizontalpodautoscalers.autoscaling', hpa({ metrics: [metric] }))
    w.run(16_000)
    expect(w.events(reason)).toEqual([message])
    expect(w.get('horizontalpodautoscalers.autoscaling', 'web').status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'ScalingActive',
        status: 'False',
        reason,
        message: `the HPA was unable to compute the replica count: ${message}`,
      }),
    )
  })
  test('does nothing for pods that another autoscaler scales, too', () => {
    const w = world(using(() => 100))
    w.write.create('deployments.apps', web(2))
    w.write.create('horizontalpodautoscalers.autoscaling', hpa())
    w.write.create('horizontalpodautoscalers.autoscaling', { ...hpa(), metadata: { name: 'again', namespace: 'lab' } })
    w.run(40_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(2)
    expect(w.get('horizontalpodautoscalers.autoscaling', 'web').status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'ScalingActive',
        status: 'False',
        reason: 'AmbiguousSelector',
        message: 'pods by selector app=web are controlled by multiple HPAs: [{lab again} {lab web}]',
      }),
    )
  })
  test('with one metric missing only scales up by the others', () => {
    let load = 100
    const w = world(using(() => load))
    w.write.create('deployments.apps', web(2))
    const missing = { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } }
    w.write.create('horizontalpodautoscalers.autoscaling', hpa({ metrics: [...hpa().spec.metrics, missing] }))
    w.run(31_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(4)
    load = 1
    w.run(400_000)
    expect(w.get('deployments.apps', 'web').spec.replicas).toBe(4)
    expect(w.events('FailedComputeMetricsReplicas').at(-1)).toBe(
      'invalid metrics (1 invalid out of 2), first error is: failed to get pods metric value: unable to get metric packets: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    )
  })
})

const AT = Date.parse('2026-11-20T07:00:00Z')
const ready = (name: string, cpu?: string, more: object = {}): any => ({
  ...pod(name, { containers: [{ name: 'c', image: 'n', ...(cpu && { resources: { requests: { cpu, memory: '100Mi' } } }) }] }),
  status: {
    phase: 'Running',
    startTime: '2026-11-20T06:00:00Z',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-20T06:00:10Z' }],
    ...more,
  },
})
const metricsOf = (values: Readonly<Record<string, number>>): Map<string, PodMetric> =>
  new Map(Object.entries(values).map(([name, value]) => [name, { timestampMs: AT - 5000, windowMs: 15_000, value }]))
const ask = (question: Partial<Question>, pods: any[], values: Readonly<Record<string, number>>) =>
  wantedReplicas({ resource: 'cpu', target: { utilization: 50 }, current: pods.length, nowMs: AT, ...question }, pods, metricsOf(values))

describe('the number of replicas', () => {
  const unready = (name: string): any =>
    ready(name, '100m', {
      startTime: '2026-11-20T06:59:30Z',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-11-20T06:59:30Z' }],
    })
  const pending = (name: string): any => ready(name, '100m', { phase: 'Pending', conditions: [] })
  const a = ready('a', '100m')
  const b = ready('b', '100m')
  test.each<[string, Partial<Question>, any[], Record<string, number>, object]>([
    ['within tolerance stays', {}, [a, b], { a: 52, b: 52 }, { replicas: 2, utilization: 52 }],
    ['twice the target doubles', {}, [a, b], { a: 100, b: 100 }, { replicas: 4, utilization: 100 }],
    ['half the target halves', {}, [a, b], { a: 25, b: 25 }, { replicas: 1, utilization: 25 }],
    ['a tolerance of its own', { tolerance: { up: 0.02 } }, [a, b], { a: 52, b: 52 }, { replicas: 3 }],
    ['an average value', { target: { average: 100 } }, [a, b], { a: 100, b: 500 }, { replicas: 6, average: 300 }],
    ['a pod without numbers is idle when scaling up', {}, [a, b], { a: 200 }, { replicas: 4 }],
    ['a pod without numbers is busy when scaling down', {}, [a, b, ready('c', '100m')], { a: 10, b: 10 }, { replicas: 3 }],
    ['a pod that is not ready is idle when scaling up', {}, [a, unready('b')], { a: 100, b: 100 }, { replicas: 2 }],
    ['a pending pod is idle when scaling up', {}, [a, pending('b')], { a: 200 }, { replicas: 4 }],
    ['a failed pod does not count', {}, [a, ready('b', '100m', { phase: 'Failed' })], { a: 100, b: 900 }, { replicas: 2 }],
    [
      'memory counts from pods that are not ready, too',
      { resource: 'memory' },
      [a, unready('b')],
      { a: 5.2e10, b: 5.2e10 },
      { replicas: 2 },
    ],
  ])('%s', (_name, question, pods, values, wanted) => {
    expect(ask(question, pods, values)).toMatchObject(wanted)
  })
  test.each<[string, Partial<Question>, any[], Record<string, number>, string]>([
    ['a container without requests', {}, [ready('a')], { a: 5 }, 'missing request for cpu in container c of Pod a'],
    ['no pods', {}, [], {}, 'no pods returned by selector while calculating replica count'],
    ['only unready pods', {}, [unready('a')], { a: 50 }, 'did not receive metrics for targeted pods (pods might be unready)'],
  ])('cannot be told: %s', (_name, question, pods, values, why) => {
    expect(ask(question, pods, values)).toBe(why)
  })
})

describe('a change is held back', () => {
  const behavior = { behavior: { scaleUp: {}, scaleDown: {} } }
  test.each([
    ['more than the maximum', 6, 20, {}, 6, 'TooManyReplicas'],
    ['without a behavior at most twice as many, or four', 1, 20, { maxReplicas: 100 }, 4, 'ScaleUpLimit'],
    ['without a behavior at most twice as many', 10, 50, { maxReplicas: 100 }, 20, 'ScaleUpLimit'],
    ['by the default policies four more or twice as many', 2, 20, { maxReplicas: 100, ...behavior }, 6, 'ScaleUpLimit'],
    ['less than the minimum', 3, 1, {}, 2, 'TooFewReplicas'],
    [
      'one at a time',
      6,
      2,
      { behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] } } },
      5,
      'ScaleDownLimit',
    ],
    [
      'a percentage at a time',
      10,
      2,
      { behavior: { scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } } },
      9,
      'ScaleDownLimit',
    ],
    ['never down', 6, 2, { behavior: { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' } } }, 6, 'ScaleDownLimit'],
    [
      'by the policy that changes least',
      4,
      20,
      {
        maxReplicas: 100,
        behavior: {
          scaleUp: {
            selectPolicy: 'Min',
            policies: [
              { type: 'Pods', value: 1, periodSeconds: 60 },
              { type: 'Percent', value: 100, periodSeconds: 60 },
            ],
          },
        },
      },
      5,
      'ScaleUpLimit',
    ],
  ])('%s', (_name, current, wanted, spec, replicas, reason) => {
    expect(limit(hpa(spec), current, wanted, NO_MEMORY, 0)).toMatchObject({ replicas, limited: { reason } })
  })
  test('up, until the window of scaling up agrees', () => {
    const spec = { maxReplicas: 100, behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } }
    const memory = { ...NO_MEMORY, recommendations: [{ atMs: 30_000, n: 3 }] }
    expect(limit(hpa(spec), 2, 6, memory, 40_000)).toMatchObject({ replicas: 3, able: { reason: 'ScaleUpStabilized' } })
    expect(limit(hpa(spec), 2, 6, memory, 100_000)).toMatchObject({ replicas: 6, able: { reason: 'ReadyForNewScale' } })
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
