/** Defaults of pods, quality of service, warnings. */
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { imageTag } from '../../../src/kinds/core/pod/defaults.ts'
import { pod } from '../../../src/kinds/core/pod/index.ts'
import { qosOfSpec } from '../../../src/kinds/core/pod/qos.ts'
import { emptyContext } from './support.ts'

const defaulted = (spec: object): any => {
  const object: any = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: structuredClone(spec) }
  pod.setDefaults?.(object)
  return object.spec
}

test('a bare pod gets everything the API gives it', () => {
  expect(defaulted({ containers: [{ name: 'c', image: 'nginx' }] })).toEqual(
    parse(`
containers:
- {name: c, image: nginx, imagePullPolicy: Always, resources: {}, terminationMessagePath: /dev/termination-log, terminationMessagePolicy: File}
dnsPolicy: ClusterFirst
enableServiceLinks: true
restartPolicy: Always
schedulerName: default-scheduler
securityContext: {}
terminationGracePeriodSeconds: 30`),
  )
})

test('ports, probes, volumes, references', () => {
  const spec = defaulted({
    hostNetwork: true,
    containers: [
      {
        name: 'c',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        livenessProbe: { httpGet: { port: 80 } },
        env: [
          { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'M', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
        resources: { limits: { cpu: '1000m', memory: '1048576Ki' } },
      },
    ],
    volumes: [
      { name: 'a' },
      { name: 'b', configMap: { name: 'x' } },
      { name: 'c', hostPath: { path: '/x' } },
      { name: 'd', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    ],
  })
  expect(spec.containers[0]).toMatchObject({
    imagePullPolicy: 'IfNotPresent',
    ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
    livenessProbe: {
      httpGet: { port: 80, path: '/', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }, { valueFrom: { resourceFieldRef: { divisor: '0' } } }],
    resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
  })
  expect(spec.volumes).toEqual([
    { name: 'a', emptyDir: {} },
    { name: 'b', configMap: { name: 'x', defaultMode: 420 } },
    { name: 'c', hostPath: { path: '/x', type: '' } },
    { name: 'd', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
  ])
})

test.each([
  ['nginx', 'latest'],
  ['nginx:1.27', '1.27'],
  ['registry.lab:5000/nginx', 'latest'],
  ['registry.lab:5000/nginx:2', '2'],
  ['nginx@sha256:abc', undefined],
])('tag of %s', (image, tag) => {
  expect(imageTag(image)).toBe(tag)
})

const container = (requests?: object, limits?: object): any => ({ name: 'c', resources: { requests, limits } })
test.each([
  ['nothing', [container()], 'BestEffort'],
  ['another resource only', [container({ 'nvidia.com/gpu': '1' })], 'BestEffort'],
  ['a request', [container({ cpu: '1' })], 'Burstable'],
  ['limits equal to requests', [container({ cpu: '1', memory: '1Gi' }, { cpu: '1000m', memory: '1Gi' })], 'Guaranteed'],
  ['one container without', [container({ cpu: '1', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }), container()], 'Burstable'],
])('quality of service of %s', (_, containers, qos) => {
  expect(qosOfSpec({ containers })).toBe(qos)
})

test('warnings', () => {
  const spec = {
    nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
    containers: [
      {
        name: 'c',
        ports: [
          { containerPort: 80, protocol: 'TCP' },
          { containerPort: 80, protocol: 'TCP' },
        ],
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
          { name: 'P', value: 'x' },
          { name: 'P', value: '$(P):y' },
        ],
        resources: { limits: { memory: '100m' } },
      },
    ],
    affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } },
  }
  expect(pod.warnings?.({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as never, undefined)).toEqual([
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod',
  ])
})

test('a gated pod says so when it is created', () => {
  const object: any = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [], schedulingGates: [{ name: 'a' }] } }
  pod.prepareForCreate?.(object, emptyContext())
  expect(object.status).toMatchObject({
    phase: 'Pending',
    qosClass: 'BestEffort',
    conditions: [{ type: 'PodScheduled', reason: 'SchedulingGated', lastTransitionTime: '2026-11-20T06:00:10Z' }],
  })
})
