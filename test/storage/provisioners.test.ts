import { describe, expect, test } from 'vitest'
import type { PersistentVolume } from '../../src/api/generated/types/core-v1.ts'
import type { ApiObject } from '../../src/api/meta.ts'
import type { World } from '../../src/cluster/world.ts'
import { NFS_SERVER_IP } from '../../src/network/outside.ts'
import type { FileError } from '../../src/script/files.ts'
import { emptyTree } from '../../src/script/memory-files.ts'
import type { Backing } from '../../src/storage/contract.ts'
import { directoryOf, planDisposal } from '../../src/storage/provisioners/plan.ts'
import { defaultWorld, must, pod } from '../network/world.ts'

const claim = (name: string, spec: Record<string, unknown> = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
})
const user = (name: string, claimName: string, more: Record<string, unknown> = {}): ApiObject =>
  pod(
    name,
    { app: name },
    {
      ...more,
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    },
  )

const volumeOf = (w: World, name: string): PersistentVolume | undefined => {
  const bound = w.cluster.read.get('persistentvolumeclaims', 'default', name)?.spec?.volumeName
  return bound === undefined ? undefined : w.cluster.read.get('persistentvolumes', undefined, bound)
}
const eventsOf = (w: World, name: string): string[] =>
  w.cluster.read
    .list('events', 'default')
    .flatMap((e: any) => ((e.involvedObject ?? e.regarding)?.name === name ? [`${e.reason}: ${e.message ?? e.note}`] : []))
const backingOf = (volume: PersistentVolume): Backing => ({ kind: 'nfs', server: volume.spec!.nfs!.server, path: volume.spec!.nfs!.path })
const remove = (w: World, resource: string, name: string): void => {
  w.cluster.writer('system:admin').delete(resource, resource === 'persistentvolumes' ? undefined : 'default', name)
  w.advance(5_000)
}
const phase = (w: World, name: string): string | undefined => w.cluster.read.get('pods', 'default', name)?.status?.phase

describe('the nfs class', () => {
  test('is the default: a claim gets a directory of its own on the server', () => {
    const w = defaultWorld([claim('data'), user('app', 'data')])
    const volume = volumeOf(w, 'data')!
    expect(volume.spec).toMatchObject({
      nfs: { server: NFS_SERVER_IP, path: `/exports/default-data-${volume.metadata.name}` },
      storageClassName: 'nfs',
      persistentVolumeReclaimPolicy: 'Delete',
      capacity: { storage: '1Gi' },
    })
    expect(volume.metadata.name).toMatch(/^pvc-[0-9a-f-]{36}$/)
    expect(eventsOf(w, 'data')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Provisioning: External provisioner is provisioning volume for claim "default\/data"/),
        expect.stringMatching(/^ProvisioningSucceeded: /),
      ]),
    )
    expect(phase(w, 'app')).toBe('Running')
  })

  test('files outlive the pod, and go with the claim', () => {
    const w = defaultWorld([claim('data'), user('app', 'data')])
    const backing = backingOf(volumeOf(w, 'data')!)
    w.storage.open(backing).write('/post', 'hello')
    remove(w, 'pods', 'app')
    must(w, user('app', 'data', { nodeName: 'node-c' }))
    w.advance(5_000)
    expect(w.storage.open(backing).read('/post')).toBe('hello')
    remove(w, 'pods', 'app')
    const name = volumeOf(w, 'data')!.metadata.name
    remove(w, 'persistentvolumeclaims', 'data')
    expect(w.cluster.read.get('persistentvolumes', undefined, name)).toBeUndefined()
    expect(w.storage.usedBytes(backing)).toBe(0)
  })

  test('Retain keeps volume and files', () => {
    const w = defaultWorld([
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'kept' },
        provisioner: 'cluster.local/nfs-subdir-external-provisioner',
        reclaimPolicy: 'Retain',
      },
      claim('data', { storageClassName: 'kept' }),
    ])
    const volume = volumeOf(w, 'data')!
    w.storage.open(backingOf(volume)).write('/post', 'hello')
    remove(w, 'persistentvolumeclaims', 'data')
    expect(w.cluster.read.get('persistentvolumes', undefined, volume.metadata.name)?.status?.phase).toBe('Released')
    expect(w.storage.open(backingOf(volume)).read('/post')).toBe('hello')
  })

  test('archiveOnDelete moves the files aside', () => {
    const w = defaultWorld([
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'archived' },
        provisioner: 'cluster.local/nfs-subdir-external-provisioner',
        parameters: { archiveOnDelete: 'true' },
      },
      claim('data', { storageClassName: 'archived' }),
    ])
    const volume = volumeOf(w, 'data')!
    w.storage.open(backingOf(volume)).write('/post', 'hello')
    remove(w, 'persistentvolumeclaims', 'data')
    expect(
      w.storage.open({ kind: 'nfs', server: NFS_SERVER_IP, path: `/exports/archived-default-data-${volume.metadata.name}` }).read('/post'),
    ).toBe('hello')
  })

  test('a dead server: nothing is provisioned, mounts fail in its words; all goes on when it is back', () => {
    const w = defaultWorld([claim('data')])
    w.network.outside.power(NFS_SERVER_IP, false)
    for (const object of [claim('more'), user('app', 'data')]) must(w, object)
    w.advance(10_000)
    expect(volumeOf(w, 'more')).toBeUndefined()
    expect(eventsOf(w, 'more').join()).toMatch(/ProvisioningFailed: failed to provision volume with StorageClass "nfs"/)
    expect(eventsOf(w, 'app').join()).toMatch(/mount\.nfs: Connection timed out/)
    w.network.outside.power(NFS_SERVER_IP, true)
    w.advance(180_000)
    expect(volumeOf(w, 'more')).toBeDefined()
    expect(phase(w, 'app')).toBe('Running')
  })

  test('without its pod claims wait', () => {
    const w = defaultWorld()
    w.cluster.writer('system:admin').modify('deployments.apps', 'nfs-provisioner', 'nfs-client-provisioner', (d) => {
      d.spec!.replicas = 0
    })
    w.advance(40_000)
    must(w, claim('data'))
    w.advance(10_000)
    expect(volumeOf(w, 'data')).toBeUndefined()
  })
})

describe('the local-path class', () => {
  test('waits for a pod, then ties the volume to its node', () => {
    const w = defaultWorld([claim('data', { storageClassName: 'local-path' })])
    expect(volumeOf(w, 'data')).toBeUndefined()
    must(w, user('app', 'data'))
    w.advance(10_000)
    const volume = volumeOf(w, 'data')!
    const node = w.cluster.read.get('pods', 'default', 'app')!.spec!.nodeName!
    expect(volume.spec!.hostPath!.path).toBe(`/opt/local-path-provisioner/${volume.metadata.name}_default_data`)
    expect(volume.spec!.nodeAffinity!.required!.nodeSelectorTerms[0]!.matchExpressions![0]!.values).toEqual([node])
    expect(phase(w, 'app')).toBe('Running')
  })

  test('cannot be shared', () => {
    const w = defaultWorld([claim('data', { storageClassName: 'local-path', accessModes: ['ReadWriteMany'] }), user('app', 'data')])
    w.advance(10_000)
    expect(volumeOf(w, 'data')).toBeUndefined()
    expect(eventsOf(w, 'data').join()).toMatch(/NodePath only supports ReadWriteOnce/)
  })
})

describe('places', () => {
  const nfs = (path: string, server = NFS_SERVER_IP): Backing => ({ kind: 'nfs', server, path })
  test.each<[string, Backing, (w: World) => void, RegExp | undefined]>([
    ['an export', nfs('/exports/x'), () => {}, undefined],
    ['by name', nfs('/exports/x', 'nfs.miempresa.com'), () => {}, undefined],
    ['what is not exported', nfs('/home'), () => {}, /access denied by server/],
    ['a server nobody knows', nfs('/exports', 'nas.miempresa.com'), () => {}, /Failed to resolve server/],
    ['an address nobody has', nfs('/exports', '192.168.0.99'), () => {}, /No route to host/],
    ['a machine that is no server', nfs('/exports', '192.168.0.53'), () => {}, /Connection refused/],
    ['a server that is off', nfs('/exports'), (w) => void w.network.outside.power(NFS_SERVER_IP, false), /Connection timed out/],
    ['from a node that is cut off', nfs('/exports'), (w) => w.fleet.cut('node-a', true), /Connection timed out/],
    [
      'a cable that is cut',
      nfs('/exports'),
      (w) => w.network.links.set('x', { a: { node: 'node-a' }, b: { cidr: `${NFS_SERVER_IP}/32` }, partition: true }),
      /Connection timed out/,
    ],
    ["the node's own disk", { kind: 'node-disk', node: 'node-a', path: '/x' }, () => {}, undefined],
    ["another node's disk", { kind: 'node-disk', node: 'node-b', path: '/x' }, () => {}, /on node node-b/],
  ])('%s', (_name, backing, act, expected) => {
    const w = defaultWorld([], 1)
    act(w)
    const status = w.storage.reach(backing, 'node-a')
    if (expected === undefined) expect(status).toEqual({ ok: true })
    else expect(status).toMatchObject({ ok: false, message: expect.stringMatching(expected) })
  })

  test('beyond its capacity a place is full', () => {
    const w = defaultWorld([], 1)
    const backing = nfs('/exports/small')
    w.storage.seed(backing, emptyTree)
    w.storage.setCapacity(backing, 10)
    w.storage.open(backing).write('/a', '12345678')
    expect(() => w.storage.open(backing).write('/b', '12345678')).toThrow(expect.objectContaining({ code: 'ENOSPC' }) as FileError)
    expect(w.storage.usedBytes(backing)).toBe(8)
  })
})

test.each([
  ['delete', { nfs: { server: 's', path: '/e/d' } }, { archiveOnDelete: 'false' }, 'destroy'],
  ['archive', { nfs: { server: 's', path: '/e/d' } }, {}, 'archive'],
  ['onDelete wins', { nfs: { server: 's', path: '/e/d' } }, { onDelete: 'retain', archiveOnDelete: 'false' }, 'keep'],
])('disposal: %s', (_name, spec, parameters, kind) => {
  expect(
    planDisposal({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec } as PersistentVolume, parameters).kind,
  ).toBe(kind)
})

test('pathPattern', () => {
  const c = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'n', uid: 'u', labels: { app: 'x' } },
  } as never
  expect(directoryOf(c, { parameters: { pathPattern: '${.PVC.namespace}/${.PVC.name}-${.PVC.labels.app}' } } as never)).toBe('n/c-x')
})
