import { describe, expect, test } from 'vitest'
import { cronJobController } from '../../src/controllers/cronjob/index.ts'
import { daemonSetController } from '../../src/controllers/daemonset/index.ts'
import { garbageCollector } from '../../src/controllers/garbage-collector/index.ts'
import { jobController } from '../../src/controllers/job/index.ts'
import { statefulSetController } from '../../src/controllers/statefulset/index.ts'
import { createWorld, node, podSpec, START } from './world.ts'

const controllers = [statefulSetController, daemonSetController, cronJobController, jobController, garbageCollector]
const world = (nodes = ['node-a', 'node-b', 'node-c']) => createWorld({ controllers, scheduler: true, nodes })
type World = ReturnType<typeof world>
const names = (w: World): string[] => w.list('pods').map((p) => p.metadata.name)
const images = (w: World): string[] => w.list('pods').map((p) => p.spec.containers[0].image)

const statefulSet = (spec: object = {}): any => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'lab' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: podSpec() },
    ...spec,
  },
})
const setImage = (w: World, resource: any, name: string, image: string): void => {
  w.write.modify(resource, 'lab', name, (o: any) => {
    o.spec.template.spec.containers[0].image = image
  })
}

describe('a StatefulSet', () => {
  test('starts its pods one after the other and tells of each', () => {
    const w = world()
    w.write.create('statefulsets.apps', statefulSet())
    w.run(500)
    expect(names(w)).toEqual(['db-0'])
    w.run(10_000)
    expect(names(w)).toEqual(['db-0', 'db-1', 'db-2'])
    expect(w.events('SuccessfulCreate')[0]).toBe('Create Pod db-0 in StatefulSet db successful')
    const [first] = w.list('pods')
    expect(first.metadata.labels).toMatchObject({ 'apps.kubernetes.io/pod-index': '0', 'statefulset.kubernetes.io/pod-name': 'db-0' })
    expect(w.get('statefulsets.apps', 'db').status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      collisionCount: 0,
    })
  })

  test('ends them from the highest down, each only when the one above is gone', () => {
    const w = world()
    w.write.create('statefulsets.apps', statefulSet())
    w.run(10_000)
    w.write.modify('statefulsets.apps', 'lab', 'db', (s) => {
      s.spec!.replicas = 1
    })
    w.run(500)
    expect(
      w
        .list('pods')
        .filter((p) => p.metadata.deletionTimestamp)
        .map((p) => p.metadata.name),
    ).toEqual(['db-2'])
    w.run(10_000)
    expect(names(w)).toEqual(['db-0'])
  })

  test('updates only down to its partition', () => {
    const w = world()
    w.write.create('statefulsets.apps', statefulSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }))
    w.run(10_000)
    setImage(w, 'statefulsets.apps', 'db', 'nginx:2')
    w.run(20_000)
    expect(images(w)).toEqual(['nginx', 'nginx', 'nginx:2'])
    const { status } = w.get('statefulsets.apps', 'db')
    expect(status.currentRevision).not.toBe(status.updateRevision)
  })

  test('on delete, takes the new template only for pods that somebody deleted', () => {
    const w = world()
    w.write.create('statefulsets.apps', statefulSet({ updateStrategy: { type: 'OnDelete' } }))
    w.run(10_000)
    setImage(w, 'statefulsets.apps', 'db', 'nginx:2')
    w.run(10_000)
    expect(images(w)).toEqual(['nginx', 'nginx', 'nginx'])
    w.write.delete('pods', 'lab', 'db-1')
    w.run(10_000)
    expect(images(w)).toEqual(['nginx', 'nginx:2', 'nginx'])
  })

  test.each([
    ['Failed', 'Warning', 'RecreatingFailedPod', 'failed'],
    ['Succeeded', 'Normal', 'RecreatingTerminatedPod', 'terminated'],
  ])('makes a pod anew that is %s, and says so', (phase, type, reason, how) => {
    const w = world()
    w.write.create('statefulsets.apps', statefulSet({ replicas: 1 }))
    w.run(5000)
    const [{ metadata }] = w.list('pods')
    w.write.modify('pods', 'lab', 'db-0', (p: any) => void Object.assign(p.status, { phase }), 'status')
    w.run(5000)
    expect(w.get('pods', 'db-0').metadata.uid).not.toBe(metadata.uid)
    expect(w.list('events').filter((e) => e.reason === reason)).toMatchObject([
      { type, message: `StatefulSet lab/db is recreating ${how} Pod db-0` },
    ])
  })

  test('a broken first pod is not replaced by a new template', () => {
    const w = world()
    const broken = statefulSet()
    broken.spec.template.metadata.annotations = { 'test/never-ready': 'true' }
    w.write.create('statefulsets.apps', broken)
    w.run(5000)
    setImage(w, 'statefulsets.apps', 'db', 'nginx:2')
    w.run(20_000)
    expect(images(w)).toEqual(['nginx'])
  })

  test('makes a claim for each pod, and with whenScaled: Delete lets it go with the pod', () => {
    const w = world()
    const claim = { metadata: { name: 'store' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
    const policy = { whenScaled: 'Delete', whenDeleted: 'Retain' }
    w.write.create(
      'statefulsets.apps',
      statefulSet({
        replicas: 2,
        podManagementPolicy: 'Parallel',
        volumeClaimTemplates: [claim],
        persistentVolumeClaimRetentionPolicy: policy,
      }),
    )
    w.run(10)
    expect(w.list('persistentvolumeclaims').map((c) => c.metadata.name)).toEqual(['store-db-0', 'store-db-1'])
    expect(w.events('SuccessfulCreate')).toContain('Create Claim store-db-0 Pod db-0 in StatefulSet db success')
    expect(w.get('pods', 'db-1').spec.volumes).toContainEqual({ name: 'store', persistentVolumeClaim: { claimName: 'store-db-1' } })
  })
})

describe('a DaemonSet', () => {
  const agent = (spec: object = {}): any => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'lab' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: { metadata: { labels: { app: 'agent' } }, spec: podSpec() }, ...spec },
  })

  test('runs once on every node it tolerates, new ones included', () => {
    const w = world()
    w.write.create(
      'nodes',
      node('control-plane', { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }) as never,
    )
    w.write.create('daemonsets.apps', agent())
    w.run(5000)
    expect(
      w
        .list('pods')
        .map((p) => p.spec.nodeName)
        .sort(),
    ).toEqual(['node-a', 'node-b', 'node-c'])
    w.write.create('nodes', node('node-d') as never)
    w.run(5000)
    expect(w.get('daemonsets.apps', 'agent').status).toMatchObject({
      desiredNumberScheduled: 4,
      numberReady: 4,
      numberAvailable: 4,
      updatedNumberScheduled: 4,
      numberMisscheduled: 0,
    })
  })

  test('rolls node by node, and stops at the first that does not come up', () => {
    const w = world()
    w.write.create('daemonsets.apps', agent())
    w.run(5000)
    w.write.modify('daemonsets.apps', 'lab', 'agent', (d) => {
      d.spec!.template.metadata!.annotations = { 'test/never-ready': 'true' }
    })
    w.run(30_000)
    expect(w.get('daemonsets.apps', 'agent').status).toMatchObject({ updatedNumberScheduled: 1, numberAvailable: 2, numberUnavailable: 1 })
    w.write.modify('daemonsets.apps', 'lab', 'agent', (d) => {
      delete d.spec!.template.metadata!.annotations
    })
    w.run(30_000)
    expect(w.get('daemonsets.apps', 'agent').status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 })
    expect(
      w
        .list('controllerrevisions.apps')
        .map((r) => r.revision)
        .sort(),
    ).toEqual([2, 3])
  })

  test('drops from DESIRED a node it does not tolerate any more, but leaves its pod there', () => {
    const w = world()
    w.write.create('daemonsets.apps', agent())
    w.run(5000)
    w.write.modify('nodes', undefined, 'node-c', (n) => {
      n.spec = { ...n.spec, taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] }
    })
    w.run(5000)
    expect(w.get('daemonsets.apps', 'agent').status).toMatchObject({ desiredNumberScheduled: 2, numberMisscheduled: 1 })
    expect(names(w)).toHaveLength(3)
  })
})

describe('a Job', () => {
  const job = (spec: object = {}, annotations: object = {}, name = 'pi'): any => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'lab' },
    spec: {
      template: { metadata: { annotations: { 'test/exit': '0', ...annotations } }, spec: podSpec({ restartPolicy: 'Never' }) },
      ...spec,
    },
  })
  const conditions = (w: World): string[] =>
    (w.get('jobs.batch', 'pi').status.conditions ?? []).map((c: any) => `${c.type}=${c.status} ${c.reason}`)

  test('runs its completions two at a time, and completes', () => {
    const w = world()
    let most = 0
    w.cluster.subscribe('pods', () => {
      most = Math.max(most, w.list('pods').filter((p) => p.status?.phase === 'Running' || p.status?.phase === 'Pending').length)
    })
    w.write.create('jobs.batch', job({ completions: 5, parallelism: 2 }))
    w.run(30_000)
    expect(most).toBe(2)
    expect(w.get('jobs.batch', 'pi').status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
    expect(conditions(w)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached'])
    expect(w.list('pods').flatMap((p) => p.metadata.finalizers ?? [])).toEqual([])
  })

  test('tries again after ten, then twenty seconds, and gives up at its limit', () => {
    const w = world()
    w.write.create('jobs.batch', job({ backoffLimit: 2 }, { 'test/exit': '1' }))
    w.run(8000)
    expect(names(w)).toHaveLength(1)
    w.run(8000)
    expect(names(w)).toHaveLength(2)
    w.run(60_000)
    expect(names(w)).toHaveLength(3)
    expect(w.get('jobs.batch', 'pi').status.failed).toBe(3)
    expect(conditions(w)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded'])
    expect(w.events('BackoffLimitExceeded')).toEqual(['Job has reached the specified backoff limit'])
  })

  test('Indexed: every pod has its number, and the finished ones are told as ranges', () => {
    const w = world()
    w.write.create('jobs.batch', job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }))
    w.run(10_000)
    expect(
      w
        .list('pods')
        .map((p) => p.spec.hostname)
        .sort(),
    ).toEqual(['pi-0', 'pi-1', 'pi-2'])
    expect(w.get('jobs.batch', 'pi').status.completedIndexes).toBe('0-2')
  })

  test('Indexed and made smaller: the pods of the numbers that went go, and do not count as failed', () => {
    const w = world()
    w.write.create('jobs.batch', job({ completions: 3, parallelism: 3, completionMode: 'Indexed' }, { 'test/after': '600000' }))
    w.run(5000)
    w.write.update('jobs.batch', {
      ...w.get('jobs.batch', 'pi'),
      spec: { ...w.get('jobs.batch', 'pi').spec, completions: 1, parallelism: 1 },
    })
    w.run(10_000)
    expect(w.list('pods').map((p) => p.spec.hostname)).toEqual(['pi-0'])
    expect(w.get('jobs.batch', 'pi').status.failed).toBeUndefined()
  })

  test('past its deadline keeps no pod', () => {
    const w = world()
    w.write.create('jobs.batch', job({ activeDeadlineSeconds: 5 }, { 'test/after': '60000' }))
    w.run(12_000)
    expect(conditions(w)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'])
    expect(names(w)).toEqual([])
  })

  test('suspended and resumed, starts its clock at the resumption', () => {
    const w = world()
    w.write.create('jobs.batch', job({ suspend: true }))
    w.run(5000)
    expect(conditions(w)).toEqual(['Suspended=True JobSuspended'])
    w.write.modify('jobs.batch', 'lab', 'pi', (j) => {
      j.spec!.suspend = false
    })
    w.run(10_000)
    expect(conditions(w)).toEqual([
      'Suspended=False JobResumed',
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ])
    expect(w.get('jobs.batch', 'pi').status.startTime).toBe('2026-11-20T06:00:05Z')
  })

  test('podFailurePolicy: FailJob ends it at once, Ignore does not count', () => {
    const w = world()
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }]
    w.write.create('jobs.batch', job({ podFailurePolicy: { rules } }, { 'test/exit': '42' }))
    w.run(10_000)
    expect(conditions(w)).toEqual(['FailureTarget=True PodFailurePolicy', 'Failed=True PodFailurePolicy'])
    expect(w.get('jobs.batch', 'pi').status.conditions[0].message).toMatch(
      /^Container c for pod lab\/pi-\w+ failed with exit code 42 matching FailJob rule at index 0$/,
    )
  })

  test('a CronJob starts one each minute and keeps three', () => {
    const w = world()
    const spec = { schedule: '* * * * *', jobTemplate: { spec: job().spec } }
    w.write.create('cronjobs.batch', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'tick', namespace: 'lab' },
      spec,
    } as never)
    w.run(70_000)
    expect(w.list('jobs.batch').map((j) => j.metadata.name)).toEqual([`tick-${START / 60_000 + 1}`])
    expect(w.get('cronjobs.batch', 'tick').status).toMatchObject({ lastScheduleTime: '2026-11-20T06:01:00Z' })
    w.run(300_000)
    expect(w.list('jobs.batch')).toHaveLength(3)
    expect(w.events('SawCompletedJob')[0]).toBe(`Saw completed job: tick-${START / 60_000 + 1}, condition: Complete`)
    w.write.create('jobs.batch', {
      ...job({}, { 'test/after': '5000' }, 'by-hand'),
      metadata: {
        ...job().metadata,
        name: 'by-hand',
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid: w.get('cronjobs.batch', 'tick').metadata.uid, controller: true },
        ],
      },
    })
    w.run(3000)
    expect(w.events('UnexpectedJob')[0]).toBe('Saw a job that the controller did not create or forgot: by-hand')
  })
})
