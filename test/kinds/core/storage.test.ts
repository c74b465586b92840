/** PersistentVolumes and their claims. */
import { expect, test } from 'vitest'
import { fieldErrorText } from '../../../src/api/errors.ts'
import { persistentVolume } from '../../../src/kinds/core/persistentvolume/index.ts'
import { persistentVolumeClaim } from '../../../src/kinds/core/persistentvolumeclaim/index.ts'
import { emptyContext, NOW } from './support.ts'

const claimOf = (spec: object, status: object = {}): any => {
  const object: any = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'lab' },
    spec: structuredClone(spec),
    status,
  }
  persistentVolumeClaim.setDefaults?.(object)
  return object
}
const volumeOf = (spec: object, status: object = {}): any => {
  const object: any = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'vol' }, spec: structuredClone(spec), status }
  persistentVolume.setDefaults?.(object)
  return object
}

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

test.each<[string, object, string[]]>([
  ['nothing said', {}, ['spec.accessModes: Required value: at least 1 access mode is required', 'spec.resources[storage]: Required value']],
  [
    'everything wrong',
    { accessModes: ['ReadWriteSometimes'], storageClassName: 'Slow_Disk', volumeMode: 'Tape', resources: { requests: { storage: '1G' } } },
    [
      'spec.accessModes: Unsupported value: "ReadWriteSometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      `spec.storageClassName: Invalid value: "Slow_Disk": ${subdomain}`,
      'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
    ],
  ],
  [
    'less than nothing',
    { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '-1Gi' } } },
    ['spec.resources[storage]: Invalid value: "-1Gi": must be greater than zero'],
  ],
])('claim: %s', (_, spec, errors) => {
  expect((persistentVolumeClaim.validate?.(claimOf(spec), emptyContext()) ?? []).map(fieldErrorText)).toEqual(errors)
})

const spec = { storageClassName: 'stiff', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } }
const bound = claimOf({ ...spec, volumeName: 'vol' }, { phase: 'Bound', capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'] })
const changed = (change: object, previous = bound): string[] =>
  (persistentVolumeClaim.validateUpdate?.(claimOf({ ...previous.spec, ...change }, previous.status), previous, emptyContext()) ?? []).map(
    fieldErrorText,
  )
const size = (storage: string): object => ({ resources: { requests: { storage } } })

test('a claim keeps its class and modes, and shows the difference', () => {
  expect(changed({ storageClassName: 'other' })).toEqual([
    `spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims
@@ -10,7 +10,7 @@
   }
  },
  "VolumeName": "vol",
- "StorageClassName": "stiff",
+ "StorageClassName": "other",
  "VolumeMode": "Filesystem",
  "DataSource": null,
  "DataSourceRef": null,
`,
  ])
  expect(changed({ accessModes: ['ReadWriteMany'] })[0]).toContain(
    '@@ -1,6 +1,6 @@\n {\n  "AccessModes": [\n-  "ReadWriteOnce"\n+  "ReadWriteMany"\n  ],',
  )
})

test('a bound claim grows, and never shrinks below its capacity', () => {
  expect(changed(size('5Gi'))).toEqual([])
  expect(changed(size('1Gi'))).toEqual(['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'])
})

test('a pending claim keeps its size but is given its volume', () => {
  const pending = claimOf(spec, { phase: 'Pending' })
  expect(changed(size('3Gi'), pending)[0]).toMatch(/^spec: Forbidden: spec is immutable/)
  expect(changed({ volumeName: 'vol' }, pending)).toEqual([])
})

const nfs = { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteMany'], nfs: { server: 's', path: '/x' } }
test.each<[string, object, string[]]>([
  ['fine', nfs, []],
  ['no modes', { ...nfs, accessModes: [] }, ['spec.accessModes: Required value']],
  [
    'no path',
    { ...nfs, nfs: { server: 's', path: '' } },
    ['spec.nfs.path: Required value', 'spec.nfs.path: Invalid value: "": must be an absolute path'],
  ],
  [
    'an unknown policy',
    { ...nfs, persistentVolumeReclaimPolicy: 'UPPER' },
    ['spec.persistentVolumeReclaimPolicy: Unsupported value: "UPPER": supported values: "Delete", "Recycle", "Retain"'],
  ],
  ['no source', { ...nfs, nfs: undefined }, ['spec: Required value: must specify a volume type']],
  ['two sources', { ...nfs, hostPath: { path: '/x' } }, ['spec.nfs: Forbidden: may not specify more than 1 volume type']],
])('volume: %s', (_, given, errors) => {
  expect((persistentVolume.validate?.(volumeOf(given), emptyContext()) ?? []).map(fieldErrorText)).toEqual(errors)
})

test('a volume keeps its source', () => {
  const next = volumeOf({ ...nfs, nfs: { server: 's', path: '/y' } })
  const [error] = (persistentVolume.validateUpdate?.(next, volumeOf(nfs), emptyContext()) ?? []).map(fieldErrorText)
  expect(error).toContain('spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@ ')
  expect(error).toContain('-  "Path": "/x",\n+  "Path": "/y",')
})

test('rows', () => {
  const cellsOf = (kind: typeof persistentVolume, object: any): unknown[] =>
    kind.columns.slice(1).map((c) => c.value(object, { nowMs: NOW }))
  bound.metadata.creationTimestamp = '2026-11-20T06:00:00Z'
  expect(cellsOf(persistentVolumeClaim, bound)).toEqual(['Bound', 'vol', '2Gi', 'RWO', 'stiff', '<unset>', '10s', 'Filesystem'])
  const volume = volumeOf({ ...nfs, storageClassName: 'fast', claimRef: { namespace: 'lab', name: 'data' } }, { phase: 'Bound' })
  volume.metadata.creationTimestamp = '2026-11-20T06:00:00Z'
  expect(cellsOf(persistentVolume, volume)).toEqual([
    '5Gi',
    'RWX',
    'Retain',
    'Bound',
    'lab/data',
    'fast',
    '<unset>',
    '',
    '10s',
    'Filesystem',
  ])
})

test('a claim shrinks back from an expansion that is not done', () => {
  const growing = claimOf({ ...bound.spec, ...size('5Gi') }, bound.status)
  expect(changed(size('3Gi'), growing)).toEqual([])
  expect(changed(size('2Gi'), growing)).toEqual(['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'])
})

test('the volume mode never changes', () => {
  const errors = changed({ volumeMode: 'Block' })
  expect(errors[0]).toContain('- "VolumeMode": "Filesystem",\n+ "VolumeMode": "Block",')
  expect(errors[1]).toBe('volumeMode: Invalid value: "Block": field is immutable')
})
