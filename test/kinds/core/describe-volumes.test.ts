/** What `kubectl describe` tells of each source of a volume, in pods and as PersistentVolumes; as the real kubectl prints it. */
import { expect, test } from 'vitest'
import { writeVolumeSource, writeVolumes } from '../../../src/kinds/core/pod/describe/volumes.ts'
import { describeWith } from '../../../src/kinds/describe/writer.ts'

test.each<[string, object, string[]]>([
  [
    'an awsElasticBlockStore',
    { awsElasticBlockStore: { volumeID: 'v', fsType: 'ext4' } },
    ['VolumeID: v', 'FSType: ext4', 'Partition: 0', 'ReadOnly: false'],
  ],
  [
    'an rbd without a secret',
    { rbd: { monitors: ['a', 'b'], image: 'i', pool: 'p' } },
    ['CephMonitors: [a b]', 'RBDPool: p', 'SecretRef: nil'],
  ],
  [
    'a cephfs with one',
    { cephfs: { monitors: ['a'], secretRef: { name: 's' } } },
    ['Monitors: [a]', 'SecretRef: &LocalObjectReference{Name:s,}'],
  ],
  ['fibre channel', { fc: { targetWWNs: ['w', 'x'], lun: 2 } }, ['TargetWWNs: w, x', 'LUN: 2']],
  [
    'iscsi: a name without a colon',
    { iscsi: { iscsiInterface: 'default' } },
    ['ISCSIInterface default', 'Portals: []', 'InitiatorName: <none>'],
  ],
  ['a flexVolume', { flexVolume: { driver: 'a/b', options: { k: 'v' } } }, ['Driver: a/b', 'Options: map[k:v]']],
  [
    'csi in a pod has no handle',
    { csi: { driver: 'd', volumeAttributes: { a: 'b' } } },
    ['Driver: d', 'ReadOnly: false', 'VolumeAttributes: a=b'],
  ],
])('%s', (_name, volume, expected) => {
  const lines = describeWith((w) => writeVolumes(w, [{ name: 'it', ...volume }], ''))
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' '))
  expect(lines).toEqual(expect.arrayContaining(expected))
})

test.each<[string, object, string]>([
  ['the namespace of glusterfs endpoints', { glusterfs: { endpoints: 'e', path: 'p' } }, 'EndpointsNamespace:  <unset>'],
  [
    'the namespace of a secret',
    { cinder: { volumeID: 'v', secretRef: { name: 's', namespace: 'n' } } },
    '&SecretReference{Name:s,Namespace:n,}',
  ],
  ['the handle of csi', { csi: { driver: 'd', volumeHandle: 'h' } }, 'VolumeHandle:      h'],
])('a PersistentVolume tells %s', (_name, source, expected) => {
  expect(describeWith((w) => writeVolumeSource(w, source, true))).toContain(expected)
})

test("an ephemeral volume's claim stands below it", () => {
  const ephemeral = {
    volumeClaimTemplate: { metadata: { labels: { x: 'y' } }, spec: { storageClassName: 'fast', volumeMode: 'Filesystem' } },
  }
  expect(describeWith((w) => writeVolumes(w, [{ name: 'it', ephemeral } as never], ''))).toBe(`Volumes:
  it:
    Type:          EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
    StorageClass:  fast
    Volume:        
    Labels:        x=y
    Annotations:   <none>
    Capacity:      
    Access Modes:  
    VolumeMode:    Filesystem
`)
})
