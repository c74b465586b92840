import { describe, expect, test } from 'vitest'
import { daemonSet } from '../../../src/kinds/apps/daemonset/index.ts'
import { deployment } from '../../../src/kinds/apps/deployment/index.ts'
import { replicaSet } from '../../../src/kinds/apps/replicaset/index.ts'
import { statefulSet } from '../../../src/kinds/apps/statefulset/index.ts'
import { changeRefusals, contextOf, created, readerOf, refusals, row } from '../judge.ts'

const selector = { matchLabels: { app: 'web' } }
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } }
const spec = { selector, template }
const mismatch = 'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'

describe('what is refused', () => {
  test.each([
    ['a good deployment', deployment, spec, []],
    ['a deployment without a selector', deployment, { template: { spec: template.spec } }, ['spec.selector: Required value', mismatch]],
    ['a deployment without a template', deployment, { selector }, [mismatch, 'spec.template.spec.containers: Required value']],
    [
      'all mistakes at once, in order',
      deployment,
      { ...spec, replicas: -2, minReadySeconds: -5, strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      [
        'spec.replicas: Invalid value: -2: must be greater than or equal to 0',
        "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
        'spec.minReadySeconds: Invalid value: -5: must be greater than or equal to 0',
      ],
    ],
    [
      'a rolling update that cannot move',
      deployment,
      { ...spec, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'more than all unavailable',
      deployment,
      { ...spec, strategy: { rollingUpdate: { maxUnavailable: '150%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
    ],
    [
      'a deadline shorter than minReadySeconds',
      deployment,
      { ...spec, minReadySeconds: 10, progressDeadlineSeconds: 5 },
      ['spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds'],
    ],
    [
      'a selector that is none: the template is not looked at',
      deployment,
      { selector: { matchExpressions: [{ key: 'app', operator: 'Is', values: ['web'] }] }, template: {} },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Is","values":["web"]}]}: invalid label selector',
      ],
    ],
    ['a daemonset without spec', daemonSet, undefined, [mismatch, 'spec.template.spec.containers: Required value']],
    [
      'a daemonset that surges and is unavailable',
      daemonSet,
      { ...spec, updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
      ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
    ],
    [
      'pods of a replicaset that end',
      replicaSet,
      { ...spec, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'a statefulset with an unknown access mode',
      statefulSet,
      {
        ...spec,
        volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['-5Mi'], resources: { requests: { storage: '1Gi' } } } }],
      },
      [
        'spec.volumeClaimTemplates[0].spec.accessModes: Unsupported value: "-5Mi": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ],
    ],
  ])('%s', (_name, kind, s, expected) => {
    expect(refusals(kind, { spec: s })).toEqual(expected)
  })

  test('mounts of a statefulset may name its claims', () => {
    const mounting = { ...template, spec: { containers: [{ name: 'c', image: 'x', volumeMounts: [{ name: 'd', mountPath: '/d' }] }] } }
    const claim = { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
    expect(refusals(statefulSet, { spec: { selector, template: mounting, volumeClaimTemplates: [claim] } })).toEqual([])
    expect(refusals(statefulSet, { spec: { selector, template: mounting } })).toEqual([
      'spec.template.spec.containers[0].volumeMounts[0].name: Not found: "d"',
    ])
  })
})

describe('what may not change', () => {
  const other = { matchLabels: { app: 'web', tier: 'front' } }
  const both = { ...template, metadata: { labels: other.matchLabels } }
  test.each([
    [
      'the selector of a deployment',
      deployment,
      { selector: other, template: both },
      ['spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"front"}}: field is immutable'],
    ],
    [
      'the selector of a daemonset',
      daemonSet,
      { selector: other, template: both },
      ['spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"front"}}: field is immutable'],
    ],
    ['replicas of a statefulset may', statefulSet, { ...spec, replicas: 5 }, []],
    [
      'the service of a statefulset',
      statefulSet,
      { ...spec, serviceName: 'other' },
      [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ],
    ],
  ])('%s', (_name, kind, after, expected) => {
    expect(changeRefusals(kind, { spec }, { spec: after })).toEqual(expected)
  })
})

describe('defaults', () => {
  test('a deployment', () => {
    const made = created(deployment, { spec })
    expect(made['spec']).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' } },
    })
    expect(made['spec'].template.spec).not.toHaveProperty('enableServiceLinks')
  })
  test('a statefulset', () => {
    expect(created(statefulSet, { spec })['spec']).toMatchObject({
      podManagementPolicy: 'OrderedReady',
      serviceName: '',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    })
  })
  test('a daemonset counts generations of its template', () => {
    const before = created(daemonSet, { spec })
    expect(before.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '1' })
    const next = structuredClone(before)
    next['spec'].template.spec.containers[0].image = 'nginx:1.28'
    daemonSet.prepareForUpdate?.(next, before, contextOf())
    expect(next.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '2' })
  })
})

describe('rollout', () => {
  const rollout = deployment.capabilities!.rollout!
  const running = (status: object) => ({
    ...created(deployment, { metadata: { name: 'web', generation: 2 }, spec: { ...spec, replicas: 3 } }),
    status,
  })
  test.each([
    ['not yet seen', { observedGeneration: 1 }, 'Waiting for deployment spec update to be observed...', false],
    [
      'new replicas to come',
      { observedGeneration: 2, updatedReplicas: 1 },
      'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...',
      false,
    ],
    [
      'old replicas to go',
      { observedGeneration: 2, updatedReplicas: 3, replicas: 4 },
      'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
      false,
    ],
    [
      'not available yet',
      { observedGeneration: 2, updatedReplicas: 3, replicas: 3, availableReplicas: 2 },
      'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...',
      false,
    ],
    [
      'done',
      { observedGeneration: 2, updatedReplicas: 3, replicas: 3, availableReplicas: 3 },
      'deployment "web" successfully rolled out',
      true,
    ],
  ])('%s', (_name, status, message, done) => {
    expect(rollout.status(running(status), 0)).toEqual({ message, done })
  })
  test('a deadline that has passed is an error', () => {
    const stuck = { observedGeneration: 2, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }
    expect(() => rollout.status(running(stuck), 0)).toThrow('deployment "web" exceeded its progress deadline')
  })
  test('history comes from ReplicaSets, and leads back', () => {
    const web = created(deployment, { metadata: { name: 'web', namespace: 'lab', annotations: { note: 'new' } }, spec })
    const set = (revision: string, image: string, cause?: string) => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `web-${revision}`,
        namespace: 'lab',
        labels: { app: 'web', 'pod-template-hash': revision },
        annotations: { 'deployment.kubernetes.io/revision': revision, ...(cause && { 'kubernetes.io/change-cause': cause }) },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-1', controller: true }],
      },
      spec: {
        selector,
        template: { metadata: { labels: { app: 'web', 'pod-template-hash': revision } }, spec: { containers: [{ name: 'c', image }] } },
      },
    })
    const history = rollout.history(web, readerOf({ 'replicasets.apps': [set('2', 'b'), set('1', 'a', 'first')] }))
    expect(history.map((r) => [r.revision, r.changeCause])).toEqual([
      [1, 'first'],
      [2, ''],
    ])
    expect(history[0]!.rollbackPatch()).toEqual({
      metadata: { annotations: { $patch: 'replace', 'kubernetes.io/change-cause': 'first' } },
      spec: { template: { $patch: 'replace', metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'a' }] } } },
    })
  })
  test('a statefulset tells its partition', () => {
    const sts = created(statefulSet, { metadata: { generation: 1 }, spec: { ...spec, replicas: 3 } })
    sts['status'] = { observedGeneration: 1, readyReplicas: 3, updatedReplicas: 3, replicas: 3 }
    expect(statefulSet.capabilities!.rollout!.status(sts, 0)).toEqual({
      message: 'partitioned roll out complete: 3 new pods have been updated...',
      done: true,
    })
  })
})

test('a description is aligned as kubectl aligns it', () => {
  const web = created(deployment, { metadata: { name: 'web', namespace: 'lab' }, spec })
  const text = deployment.describe!(web, contextOf())
  expect(text).toContain('Replicas:               1 desired | 0 updated | 0 total | 0 available | 0 unavailable\n')
  expect(text).toContain('RollingUpdateStrategy:  25% max unavailable, 25% max surge\nPod Template:\n  Labels:  app=web\n')
  expect(text).not.toContain('NewReplicaSet')
})

test('columns', () => {
  expect(row(deployment, created(deployment, { metadata: { name: 'web' }, spec }))).toEqual({
    Name: 'web',
    Ready: '0/1',
    'Up-to-date': 0,
    Available: 0,
    Age: '0s',
    Containers: 'c',
    Images: 'nginx:1.27',
    Selector: 'app=web',
  })
})
