/** The NFS provisioner, whose class is the default, and the node-local one. */
import type { ApiObject } from '../../api/meta.ts'
import { NFS_SERVER_IP } from '../../network/outside.ts'
import { DEFAULT_EXPORT } from '../../storage/nfs-server.ts'
import { LOCAL_PATH_PROVISIONER, NFS_PROVISIONER } from '../../storage/provisioners/plan.ts'
import { clusterRole, controlPlaneToleration, deployment, namespace, reading, serviceAccount } from './parts.ts'

const volumes = [
  reading('', 'nodes'),
  { apiGroups: [''], resources: ['persistentvolumes'], verbs: ['get', 'list', 'watch', 'create', 'delete'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'list', 'watch', 'update'] },
  reading('storage.k8s.io', 'storageclasses'),
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'update', 'patch'] },
]

const NFS = 'nfs-provisioner'
const LOCAL = 'local-path-storage'

export const nfsManifests: readonly ApiObject[] = [
  namespace(NFS),
  serviceAccount('nfs-client-provisioner', NFS),
  ...clusterRole('nfs-client-provisioner-runner', 'nfs-client-provisioner', NFS, volumes),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'nfs', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: NFS_PROVISIONER,
    parameters: { archiveOnDelete: 'false' },
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  },
  deployment(
    {
      name: 'nfs-client-provisioner',
      namespace: NFS,
      labels: { app: 'nfs-client-provisioner' },
      spec: {
        serviceAccountName: 'nfs-client-provisioner',
        nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
        tolerations: [controlPlaneToleration],
        containers: [
          {
            name: 'nfs-client-provisioner',
            image: 'registry.k8s.io/sig-storage/nfs-subdir-external-provisioner:v4.0.18',
            env: [
              { name: 'PROVISIONER_NAME', value: NFS_PROVISIONER },
              { name: 'NFS_SERVER', value: NFS_SERVER_IP },
              { name: 'NFS_PATH', value: DEFAULT_EXPORT },
            ],
            volumeMounts: [{ name: 'nfs-client-root', mountPath: '/persistentvolumes' }],
          },
        ],
        volumes: [{ name: 'nfs-client-root', nfs: { server: NFS_SERVER_IP, path: DEFAULT_EXPORT } }],
      },
    },
    1,
    { strategy: { type: 'Recreate' } },
  ),
]

export const localPathManifests: readonly ApiObject[] = [
  namespace(LOCAL),
  serviceAccount('local-path-provisioner-service-account', LOCAL),
  ...clusterRole('local-path-provisioner-role', 'local-path-provisioner-service-account', LOCAL, volumes),
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'local-path' },
    provisioner: LOCAL_PATH_PROVISIONER,
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  },
  deployment(
    {
      name: 'local-path-provisioner',
      namespace: LOCAL,
      labels: { app: 'local-path-provisioner' },
      spec: {
        serviceAccountName: 'local-path-provisioner-service-account',
        nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
        tolerations: [controlPlaneToleration],
        containers: [
          {
            name: 'local-path-provisioner',
            image: 'rancher/local-path-provisioner:v0.0.34',
            command: ['local-path-provisioner', '--debug', 'start', '--config', '/etc/config/config.json'],
            env: [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
          },
        ],
      },
    },
    1,
  ),
]
