/**
 * What is told of each source a volume can have, in a pod or as a PersistentVolume: its type in words and its fields, in kubectl's order.
 */
import { quantitySign } from '../../../../api/quantity.ts'

export type Source = Readonly<Record<string, any>>
/** Names as printed, colon included. */
export type Fields = readonly (readonly [name: string, value: unknown])[]

interface SourceText {
  readonly type: string
  readonly fields: (source: Source, persistent: boolean) => Fields
}

const flag = (value: unknown): boolean => value === true
const text = (value: unknown): unknown => value ?? ''
const goArray = (list: readonly unknown[] | undefined): string => `[${(list ?? []).join(' ')}]`
const goMap = (map: Readonly<Record<string, string>> | undefined): string =>
  `map[${Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}:${map![key]}`)
    .join(' ')}]`

/** A reference to a Secret as Go prints it: of a pod's volume to its namespace, of a PersistentVolume to any. */
function reference(ref: Source | undefined, persistent: boolean): string {
  if (!ref) return 'nil'
  const name = ref['name'] ?? ''
  return persistent ? `&SecretReference{Name:${name},Namespace:${ref['namespace'] ?? ''},}` : `&LocalObjectReference{Name:${name},}`
}

export const secretOrConfigFields =
  (nameField: string, key: string) =>
  (s: Source): Fields => [
    [`${nameField}:`, s[key] ?? ''],
    ['Optional:', flag(s['optional'])],
  ]

/** Names and values, a name for each field of the source; `ReadOnly` comes last where `readOnly` is asked for. */
const plain =
  (names: Readonly<Record<string, string>>, readOnly = true) =>
  (s: Source): Fields => [
    ...Object.entries(names).map(([name, field]) => [`${name}:`, text(s[field])] as const),
    ...(readOnly ? ([['ReadOnly:', flag(s['readOnly'])]] as const) : []),
  ]

const disk = (s: Source, id: readonly [string, unknown]): Fields => [
  id,
  ['FSType:', text(s['fsType'])],
  ['Partition:', s['partition'] ?? 0],
  ['ReadOnly:', flag(s['readOnly'])],
]

/** By field of the volume. */
export const volumeSources: Readonly<Record<string, SourceText>> = {
  hostPath: {
    type: 'HostPath (bare host directory volume)',
    fields: (s) => [
      ['Path:', s['path']],
      ['HostPathType:', s['type'] ?? '<none>'],
    ],
  },
  emptyDir: {
    type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    fields: (s) => [
      ['Medium:', text(s['medium'])],
      ['SizeLimit:', s['sizeLimit'] !== undefined && quantitySign(s['sizeLimit']) > 0 ? s['sizeLimit'] : '<unset>'],
    ],
  },
  gcePersistentDisk: {
    type: 'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    fields: (s) => disk(s, ['PDName:', s['pdName']]),
  },
  awsElasticBlockStore: {
    type: 'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    fields: (s) => disk(s, ['VolumeID:', s['volumeID']]),
  },
  gitRepo: {
    type: 'GitRepo (a volume that is pulled from git when the pod is created)',
    fields: plain({ Repository: 'repository', Revision: 'revision' }, false),
  },
  secret: { type: 'Secret (a volume populated by a Secret)', fields: secretOrConfigFields('SecretName', 'secretName') },
  configMap: { type: 'ConfigMap (a volume populated by a ConfigMap)', fields: secretOrConfigFields('Name', 'name') },
  nfs: { type: 'NFS (an NFS mount that lasts the lifetime of a pod)', fields: plain({ Server: 'server', Path: 'path' }) },
  quobyte: {
    type: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    fields: plain({ Registry: 'registry', Volume: 'volume' }),
  },
  portworxVolume: { type: 'PortworxVolume (a Portworx Volume resource)', fields: plain({ VolumeID: 'volumeID' }, false) },
  iscsi: {
    type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    fields: (s, persistent) => [
      ...plain({ TargetPortal: 'targetPortal', IQN: 'iqn', Lun: 'lun' }, false)(s),
      ['ISCSIInterface', text(s['iscsiInterface'])],
      ['FSType:', text(s['fsType'])],
      ['ReadOnly:', flag(s['readOnly'])],
      ['Portals:', goArray(s['portals'])],
      ['DiscoveryCHAPAuth:', flag(s['chapAuthDiscovery'])],
      ['SessionCHAPAuth:', flag(s['chapAuthSession'])],
      ['SecretRef:', reference(s['secretRef'], persistent)],
      ['InitiatorName:', s['initiatorName'] ?? '<none>'],
    ],
  },
  glusterfs: {
    type: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    fields: (s, persistent) => [
      ['EndpointsName:', s['endpoints']],
      ...(persistent ? ([['EndpointsNamespace:', s['endpointsNamespace'] ?? '<unset>']] as const) : []),
      ['Path:', s['path']],
      ['ReadOnly:', flag(s['readOnly'])],
    ],
  },
  persistentVolumeClaim: {
    type: 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    fields: plain({ ClaimName: 'claimName' }),
  },
  ephemeral: {
    type: 'EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)',
    fields: () => [],
  },
  rbd: {
    type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    fields: (s, persistent) => [
      ['CephMonitors:', goArray(s['monitors'])],
      ...plain({ RBDImage: 'image', FSType: 'fsType', RBDPool: 'pool', RadosUser: 'user', Keyring: 'keyring' }, false)(s),
      ['SecretRef:', reference(s['secretRef'], persistent)],
      ['ReadOnly:', flag(s['readOnly'])],
    ],
  },
  azureDisk: {
    type: 'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    fields: plain({ DiskName: 'diskName', DiskURI: 'diskURI', Kind: 'kind', FSType: 'fsType', CachingMode: 'cachingMode' }),
  },
  vsphereVolume: {
    type: 'vSphereVolume (a Persistent Disk resource in vSphere)',
    fields: plain({ VolumePath: 'volumePath', FSType: 'fsType', StoragePolicyName: 'storagePolicyName' }, false),
  },
  photonPersistentDisk: {
    type: 'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    fields: plain({ PdID: 'pdID', FSType: 'fsType' }, false),
  },
  cinder: {
    type: 'Cinder (a Persistent Disk resource in OpenStack)',
    fields: (s, persistent) => [
      ...plain({ VolumeID: 'volumeID', FSType: 'fsType' })(s),
      ['SecretRef:', reference(s['secretRef'], persistent)],
    ],
  },
  local: { type: 'LocalVolume (a persistent volume backed by local storage on a node)', fields: plain({ Path: 'path' }, false) },
  cephfs: {
    type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    fields: (s, persistent) => [
      ['Monitors:', goArray(s['monitors'])],
      ...plain({ Path: 'path', User: 'user', SecretFile: 'secretFile' }, false)(s),
      ['SecretRef:', reference(s['secretRef'], persistent)],
      ['ReadOnly:', flag(s['readOnly'])],
    ],
  },
  storageos: {
    type: 'StorageOS (a StorageOS Persistent Disk resource)',
    fields: plain({ VolumeName: 'volumeName', VolumeNamespace: 'volumeNamespace', FSType: 'fsType' }),
  },
  fc: {
    type: 'FC (a Fibre Channel disk)',
    fields: (s) => [
      ['TargetWWNs:', (s['targetWWNs'] ?? []).join(', ')],
      ['LUN:', s['lun'] ?? '<none>'],
      ['FSType:', text(s['fsType'])],
      ['ReadOnly:', flag(s['readOnly'])],
    ],
  },
  azureFile: {
    type: 'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    fields: (s, persistent) => [
      ['SecretName:', s['secretName']],
      ...(persistent ? ([['SecretNamespace:', text(s['secretNamespace'])]] as const) : []),
      ['ShareName:', s['shareName']],
      ['ReadOnly:', flag(s['readOnly'])],
    ],
  },
  flexVolume: {
    type: 'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    fields: (s, persistent) => [
      ...plain({ Driver: 'driver', FSType: 'fsType' }, false)(s),
      ['SecretRef:', reference(s['secretRef'], persistent)],
      ['ReadOnly:', flag(s['readOnly'])],
      ['Options:', goMap(s['options'])],
    ],
  },
  flocker: {
    type: 'Flocker (a Flocker volume mounted by the Flocker agent)',
    fields: plain({ DatasetName: 'datasetName', DatasetUUID: 'datasetUUID' }, false),
  },
  scaleIO: {
    type: 'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    fields: (s, persistent) => [
      ...plain({ Gateway: 'gateway', System: 'system', 'Protection Domain': 'protectionDomain', 'Storage Pool': 'storagePool' }, false)(s),
      ...plain({ 'Storage Mode': 'storageMode', VolumeName: 'volumeName' }, false)(s),
      ...(persistent ? plain({ SecretName: 'name', SecretNamespace: 'namespace' }, false)(s['secretRef'] ?? {}) : []),
      ...plain({ FSType: 'fsType' })(s),
    ],
  },
  csi: {
    type: 'CSI (a Container Storage Interface (CSI) volume source)',
    fields: (s, persistent) => [...plain({ Driver: 'driver', FSType: 'fsType', ...(persistent && { VolumeHandle: 'volumeHandle' }) })(s)],
  },
  image: {
    type: 'Image (a container image or OCI artifact)',
    fields: plain({ Reference: 'reference', PullPolicy: 'pullPolicy' }, false),
  },
}
