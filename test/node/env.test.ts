/** A container's environment: references, Service variables, `$(VAR)`. */

import { describe, expect, test } from 'vitest'
import type { Container, Pod } from '../../src/api/generated/types/core-v1.ts'
import type { Reader } from '../../src/api/reader.ts'
import { buildEnv, expandReferences } from '../../src/node/kubelet/env.ts'
import { createRandom } from '../../src/sim/random.ts'

test.each([
  ['a reference', 'http://$(HOST)/', 'http://web/'],
  ['an unknown one stays', '$(NOTHING)', '$(NOTHING)'],
  ['$$ is a dollar', '$$(HOST)', '$(HOST)'],
  ['no braces, no reference', '$HOST', '$HOST'],
])('%s', (_name, text, expected) => expect(expandReferences(text, { HOST: 'web' })).toBe(expected))

const objects: Record<string, unknown> = {
  'configmaps/lab/conf': { metadata: { name: 'conf' }, data: { mode: 'fast' } },
  'secrets/lab/keys': { metadata: { name: 'keys' }, data: { token: Buffer.from('s3cret').toString('base64') } },
  'services/lab/db': {
    metadata: { name: 'db', namespace: 'lab' },
    spec: { clusterIP: '10.96.0.7', ports: [{ port: 3307, name: 'sql', protocol: 'TCP' }] },
  },
  'services/lab/headless': { metadata: { name: 'headless', namespace: 'lab' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } },
}
const read = {
  get: (resource: string, namespace: string, name: string) => objects[`${resource}/${namespace}/${name}`],
  list: (resource: string, namespace: string) =>
    Object.entries(objects)
      .filter(([k]) => k.startsWith(`${resource}/${namespace}/`))
      .map(([, v]) => v),
} as unknown as Reader
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'lab', uid: 'u', labels: { app: 'web' } },
  spec: { containers: [], nodeName: 'node-a' },
} as unknown as Pod
const facts = { pod, podIp: '10.244.1.2', nodeIp: '192.168.0.101', allocatable: { cpu: '4', memory: '8092Mi' }, random: createRandom('0') }
const build = (container: Partial<Container>): Record<string, string> =>
  buildEnv({ name: 'c', ...container } as Container, facts, { PATH: '/bin' }, read)

describe('env', () => {
  test.each<[string, Partial<Container>, Record<string, string>]>([
    [
      'values see those before them',
      {
        env: [
          { name: 'A', value: 'x' },
          { name: 'B', value: '$(A)y' },
        ],
      },
      { A: 'x', B: 'xy' },
    ],
    [
      'keys of a ConfigMap and a Secret',
      {
        env: [
          { name: 'M', valueFrom: { configMapKeyRef: { name: 'conf', key: 'mode' } } },
          { name: 'T', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
        ],
      },
      { M: 'fast', T: 's3cret' },
    ],
    ['all of one, with a prefix', { envFrom: [{ prefix: 'K_', secretRef: { name: 'keys' } }] }, { K_token: 's3cret' }],
    [
      'fields of the pod',
      {
        env: [
          { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'L', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
        ],
      },
      { N: 'web', L: 'web' },
    ],
    [
      "limits in units; the node's when there is none",
      {
        resources: { limits: { memory: '96Mi' } },
        env: [
          { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
          { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
        ],
      },
      { MEM: '96', CPU: '4' },
    ],
    [
      'Services of the namespace, headless ones not',
      {},
      { DB_SERVICE_HOST: '10.96.0.7', DB_SERVICE_PORT: '3307', DB_SERVICE_PORT_SQL: '3307', DB_PORT_3307_TCP_ADDR: '10.96.0.7' },
    ],
  ])('%s', (_name, container, expected) => {
    const env = build(container)
    expect(env).toMatchObject(expected)
    expect(env['HEADLESS_SERVICE_HOST']).toBeUndefined()
  })

  test.each<[string, Partial<Container>, string]>([
    [
      'a missing ConfigMap',
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }] },
      'configmap "none" not found',
    ],
    [
      'a missing key',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'keys', key: 'k' } } }] },
      "couldn't find key k in Secret lab/keys",
    ],
    ['a missing envFrom', { envFrom: [{ secretRef: { name: 'none' } }] }, 'secret "none" not found'],
  ])('%s is told', (_name, container, message) => expect(() => build(container)).toThrow(message))

  test('what is optional may be missing', () => {
    expect(build({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'k', optional: true } } }] })['A']).toBeUndefined()
  })
})

test('references to references end where execve would: texts do not double without end', () => {
  let text = 'x'.repeat(10)
  expect(() => {
    for (let i = 0; i < 60; i++) text = expandReferences('$(A)$(A)', { A: text })
  }).toThrow('argument list too long')
  expect(text.length).toBeLessThan(200_000)
})
