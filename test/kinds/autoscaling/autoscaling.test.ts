import { describe, expect, test } from 'vitest'
import { horizontalPodAutoscaler as hpa } from '../../../src/kinds/autoscaling/horizontalpodautoscaler/index.ts'
import { horizontalPodAutoscalerV1 as v1 } from '../../../src/kinds/autoscaling/horizontalpodautoscaler-v1/index.ts'
import { contextOf, created, refusals, row } from '../judge.ts'

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }

describe('an autoscaler', () => {
  test('watches CPU at 80% unless told otherwise', () => {
    const made = created(hpa, { spec: { maxReplicas: 3, scaleTargetRef } })
    expect(made['spec']).toMatchObject({ minReplicas: 1, metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 80 } } }] })
    expect(made['spec']).not.toHaveProperty('behavior')
    expect(row(hpa, made)).toMatchObject({
      Reference: 'Deployment/web',
      Targets: 'cpu: <unknown>/80%',
      MinPods: '1',
      MaxPods: 3,
      Replicas: 0,
    })
  })
  test('half a behavior is completed', () => {
    const { behavior } = created(hpa, {
      spec: { maxReplicas: 3, scaleTargetRef, behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } },
    })['spec']
    expect(behavior.scaleUp).toEqual({
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    })
    expect(behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 60,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    })
  })
  test.each([
    ['nobody to scale', { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment' } }, ['spec.scaleTargetRef.name: Required value']],
    [
      'less than the least',
      { minReplicas: 4, maxReplicas: 3, scaleTargetRef },
      ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
    ],
    [
      'nothing at all',
      { scaleTargetRef },
      [
        'spec.maxReplicas: Invalid value: 0: must be greater than 0',
        'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
      ],
    ],
    [
      'a metric without its source',
      { maxReplicas: 3, scaleTargetRef, metrics: [{ type: 'Pods' }] },
      ['spec.metrics[0].pods: Required value: must populate information for the given metric source'],
    ],
  ])('refused: %s', (_name, spec, expected) => expect(refusals(hpa, { spec })).toEqual(expected))
  test('shows what it measured', () => {
    const o = created(hpa, { spec: { maxReplicas: 3, scaleTargetRef, metrics: [cpu] } })
    o['status'] = {
      desiredReplicas: 2,
      currentReplicas: 2,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 45, averageValue: '45m' } } }],
    }
    expect(row(hpa, o)['Targets']).toBe('cpu: 45%/60%')
    expect(hpa.describe!(o, contextOf())).toContain('resource cpu on pods  (as a percentage of request):  45% (45m) / 60%\n')
  })
})

test('autoscaling/v1 is a view: there and back nothing is lost', () => {
  const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } }
  const stored = created(hpa, {
    spec: { maxReplicas: 3, scaleTargetRef, metrics: [cpu, memory], behavior: { scaleDown: { stabilizationWindowSeconds: 5 } } },
  })
  const seen = v1.storedAs!.fromStored(stored)
  expect(seen['spec']).toEqual({ maxReplicas: 3, minReplicas: 1, scaleTargetRef, targetCPUUtilizationPercentage: 60 })
  expect(v1.storedAs!.toStored(seen)['spec']).toEqual(stored['spec'])
})
