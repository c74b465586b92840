/** What the API warns of in volumes, claims, Services and classes. */
import { expect, test } from 'vitest'
import type { KindDefinition } from '../../../src/api/kind.ts'
import { statefulSet } from '../../../src/kinds/apps/statefulset/index.ts'
import { persistentVolume } from '../../../src/kinds/core/persistentvolume/index.ts'
import { persistentVolumeClaim } from '../../../src/kinds/core/persistentvolumeclaim/index.ts'
import { service } from '../../../src/kinds/core/service/index.ts'
import { storageClass } from '../../../src/kinds/storage/storageclass/index.ts'

const os = [{ key: 'beta.kubernetes.io/os', operator: 'In', values: ['linux'] }]
const fractional = { resources: { requests: { storage: '100m' } } }
const zone = 'failure-domain.beta.kubernetes.io/zone'

test.each<[string, KindDefinition, object, string[]]>([
  [
    'a volume to be recycled',
    persistentVolume,
    { spec: { persistentVolumeReclaimPolicy: 'Recycle' } },
    [
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    ],
  ],
  [
    'a volume on nodes by an old label',
    persistentVolume,
    { spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: os }] } } } },
    [
      'spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
  ],
  [
    'a claim for a tenth of a byte',
    persistentVolumeClaim,
    { spec: fractional },
    ['spec.resources.requests[storage]: fractional byte value "100m" is invalid, must be an integer'],
  ],
  [
    'such a claim in a StatefulSet',
    statefulSet,
    { spec: { volumeClaimTemplates: [{ spec: fractional }], revisionHistoryLimit: -1 } },
    [
      'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "100m" is invalid, must be an integer',
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
    ],
  ],
  [
    'external addresses',
    service,
    { spec: { type: 'ClusterIP', externalIPs: ['1.2.3.4'], externalName: 'x' } },
    [
      'spec.externalIPs is deprecated and may no longer be implemented in some clusters',
      'spec.externalName is ignored when spec.type is not "ExternalName"',
    ],
  ],
  [
    'a headless Service with what it cannot use',
    service,
    { spec: { type: 'ClusterIP', clusterIP: 'None', sessionAffinity: 'ClientIP', loadBalancerIP: '1.2.3.4' } },
    ['spec.loadBalancerIP is ignored for headless services', 'spec.SessionAffinity is ignored for headless services'],
  ],
  [
    'a class for zones by an old label',
    storageClass,
    { allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['a'] }] }] },
    ['allowedTopologies[0].matchLabelExpressions[0]: deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ],
])('%s', (_, kind, object, warnings) => {
  expect(kind.warnings?.({ metadata: { name: 'x' }, ...object } as never, undefined)).toEqual(warnings)
})
