/** Block devices that one node holds at a time: a CSI driver of the lab's own, its class `block`, and the kinds of its snapshots. */
import type { ApiObject } from '../../api/meta.ts'
import { DISK_DRIVER } from '../../storage/csi-disk/plan.ts'
import { clusterRole, controlPlaneToleration, deployment, namespace, reading, serviceAccount } from './parts.ts'

const NAMESPACE = 'csi-disk'
const GROUP = 'snapshot.storage.k8s.io'

interface Column {
  readonly name: string
  readonly type: string
  readonly jsonPath: string
}
const column = (name: string, type: string, jsonPath: string): Column => ({ name, type, jsonPath })
const text = { type: 'string' }

interface SnapshotKind {
  readonly kind: string
  readonly plural: string
  readonly short: readonly string[]
  readonly namespaced: boolean
  readonly properties: Record<string, unknown>
  readonly columns: readonly Column[]
  readonly status: boolean
}

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

function definition({ kind, plural, short, namespaced, properties, columns, status }: SnapshotKind): ApiObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${GROUP}`,
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-csi/external-snapshotter/pull/814' },
    },
    spec: {
      group: GROUP,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: [...short] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          ...(status && { subresources: { status: {} } }),
          schema: { openAPIV3Schema: { type: 'object', properties } },
          additionalPrinterColumns: [...columns, column('Age', 'date', '.metadata.creationTimestamp')],
        },
      ],
    },
  } as unknown as ApiObject
}

const snapshotKinds: readonly SnapshotKind[] = [
  {
    kind: 'VolumeSnapshotClass',
    plural: 'volumesnapshotclasses',
    short: ['vsclass', 'vsclasses'],
    namespaced: false,
    status: false,
    properties: {
      driver: text,
      deletionPolicy: { ...text, enum: ['Delete', 'Retain'] },
      parameters: { type: 'object', additionalProperties: text },
    },
    columns: [column('Driver', 'string', '.driver'), column('DeletionPolicy', 'string', '.deletionPolicy')],
  },
  {
    kind: 'VolumeSnapshotContent',
    plural: 'volumesnapshotcontents',
    short: ['vsc', 'vscs'],
    namespaced: false,
    status: true,
    properties: { spec: anything, status: anything },
    columns: [
      column('ReadyToUse', 'boolean', '.status.readyToUse'),
      column('RestoreSize', 'integer', '.status.restoreSize'),
      column('DeletionPolicy', 'string', '.spec.deletionPolicy'),
      column('Driver', 'string', '.spec.driver'),
      column('VolumeSnapshotClass', 'string', '.spec.volumeSnapshotClassName'),
      column('VolumeSnapshot', 'string', '.spec.volumeSnapshotRef.name'),
      column('VolumeSnapshotNamespace', 'string', '.spec.volumeSnapshotRef.namespace'),
    ],
  },
  {
    kind: 'VolumeSnapshot',
    plural: 'volumesnapshots',
    short: ['vs'],
    namespaced: true,
    status: true,
    properties: {
      spec: {
        type: 'object',
        required: ['source'],
        properties: {
          volumeSnapshotClassName: text,
          source: { type: 'object', properties: { persistentVolumeClaimName: text, volumeSnapshotContentName: text } },
        },
      },
      status: anything,
    },
    columns: [
      column('ReadyToUse', 'boolean', '.status.readyToUse'),
      column('SourcePVC', 'string', '.spec.source.persistentVolumeClaimName'),
      column('SourceSnapshotContent', 'string', '.spec.source.volumeSnapshotContentName'),
      column('RestoreSize', 'string', '.status.restoreSize'),
      column('SnapshotClass', 'string', '.spec.volumeSnapshotClassName'),
      column('SnapshotContent', 'string', '.status.boundVolumeSnapshotContentName'),
      column('CreationTime', 'date', '.status.creationTime'),
    ],
  },
]

const rules = [
  { apiGroups: [''], resources: ['persistentvolumes', 'persistentvolumeclaims', 'persistentvolumeclaims/status'], verbs: ['*'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'update', 'patch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments', 'volumeattachments/status', 'csinodes'], verbs: ['*'] },
  { apiGroups: [GROUP], resources: ['*'], verbs: ['*'] },
  reading('storage.k8s.io', 'storageclasses'),
]

export const csiDiskManifests: readonly ApiObject[] = [
  ...snapshotKinds.map(definition),
  namespace(NAMESPACE),
  serviceAccount('csi-disk-controller', NAMESPACE),
  ...clusterRole('csi-disk-controller', 'csi-disk-controller', NAMESPACE, rules),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: DISK_DRIVER },
    spec: { attachRequired: true, podInfoOnMount: false, fsGroupPolicy: 'File', volumeLifecycleModes: ['Persistent'] },
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'block' },
    provisioner: DISK_DRIVER,
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
  },
  deployment(
    {
      name: 'csi-disk-controller',
      namespace: NAMESPACE,
      labels: { app: 'csi-disk-controller' },
      spec: {
        serviceAccountName: 'csi-disk-controller',
        nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
        tolerations: [controlPlaneToleration],
        containers: [{ name: 'csi-disk', image: 'clusterlab/csi-disk:v1.0.0', command: ['csi-disk', '--endpoint=unix:///csi/csi.sock'] }],
      },
    },
    1,
  ),
]

/** Made once the kinds of snapshots are served. */
export const snapshotClass: ApiObject = {
  apiVersion: `${GROUP}/v1`,
  kind: 'VolumeSnapshotClass',
  metadata: { name: 'block', annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' } },
  driver: DISK_DRIVER,
  deletionPolicy: 'Delete',
} as unknown as ApiObject
