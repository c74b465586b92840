/** Snapshots of block devices (external-snapshotter): a VolumeSnapshot gets its content, and what the device held at that moment is kept. */
import { splitKey } from '../../api/meta.ts'
import { quantityValue } from '../../api/quantity.ts'
import { formatTime } from '../../api/rfc3339.ts'
import type { ControllerDefinition, ReconcileContext } from '../../client/contract.ts'
import type { Storage } from '../contract.ts'
import {
  DISK_DRIVER,
  deviceOf,
  SNAPSHOT_CLASSES,
  SNAPSHOT_CONTENTS,
  SNAPSHOTS,
  type Snapshot,
  type SnapshotContent,
  snapshotOf,
} from './plan.ts'

const DEFAULT_CLASS = 'snapshot.storage.kubernetes.io/is-default-class'
/** Until the driver says that a snapshot may be used. */
const TAKE_MS = 1_000
const RETRY_MS = 15_000

interface SnapshotClass {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly driver: string
  readonly deletionPolicy: string
}

type World = { readonly storage: Storage; readonly alive: () => boolean }

function classOf(snapshot: Snapshot, { read }: ReconcileContext): SnapshotClass | undefined {
  const name = snapshot.spec?.volumeSnapshotClassName
  const classes = read.list(SNAPSHOT_CLASSES) as unknown as readonly SnapshotClass[]
  return name === undefined
    ? classes.find((c) => c.metadata.annotations?.[DEFAULT_CLASS] === 'true')
    : classes.find((c) => c.metadata.name === name)
}

/** The content of a snapshot that is gone goes too, unless its class keeps it. */
function dispose(namespace: string, name: string, world: World, { read, write }: ReconcileContext): void {
  for (const content of read.list(SNAPSHOT_CONTENTS) as readonly SnapshotContent[]) {
    const { volumeSnapshotRef: ref, deletionPolicy, driver } = content.spec
    if (ref.namespace !== namespace || ref.name !== name || driver !== DISK_DRIVER || deletionPolicy !== 'Delete') continue
    if (content.status?.snapshotHandle) world.storage.destroy(snapshotOf(content.status.snapshotHandle))
    write.delete(SNAPSHOT_CONTENTS, undefined, content.metadata.name)
  }
}

function take(snapshot: Snapshot, world: World, context: ReconcileContext): void {
  const { read, write, events, again, nowMs } = context
  const { namespace = '', name, uid } = snapshot.metadata
  const fail = (reason: string, message: string): void => {
    events.event(snapshot, 'Warning', reason, message)
    again(RETRY_MS)
  }
  const found = classOf(snapshot, context)
  if (found === undefined)
    return snapshot.spec?.volumeSnapshotClassName === undefined
      ? fail('SetDefaultSnapshotClassFailed', 'Failed to set default snapshot class with error cannot find default snapshot class')
      : fail(
          'GetSnapshotClassFailed',
          `Failed to get snapshot class with error volumesnapshotclass.snapshot.storage.k8s.io "${snapshot.spec.volumeSnapshotClassName}" not found`,
        )
  if (found.driver !== DISK_DRIVER) return
  if (snapshot.spec?.volumeSnapshotClassName === undefined)
    write.patch(SNAPSHOTS, namespace, name, { spec: { volumeSnapshotClassName: found.metadata.name } }, 'merge')
  const claimName = snapshot.spec?.source?.persistentVolumeClaimName ?? ''
  const claim = read.get('persistentvolumeclaims', namespace, claimName)
  const volume = read.get('persistentvolumes', undefined, claim?.spec?.volumeName ?? '')
  const creating = 'Failed to create snapshot content with error'
  if (claim === undefined)
    return fail(
      'SnapshotContentCreationFailed',
      `${creating} snapshot controller failed to update ${name} on API server: cannot get claim from snapshot`,
    )
  if (volume === undefined)
    return fail(
      'SnapshotContentCreationFailed',
      `${creating} the PVC ${claimName} is not yet bound to a PV, will not attempt to take a snapshot`,
    )
  if (volume.spec?.csi?.driver !== DISK_DRIVER)
    return fail('SnapshotContentCreationFailed', `${creating} cannot find CSI PersistentVolumeSource for volume ${volume.metadata.name}`)
  const contentName = `snapcontent-${uid}`
  const handle = `snapshot-${uid}`
  const size = String(volume.spec.capacity?.['storage'] ?? '0')
  const content = read.get(SNAPSHOT_CONTENTS, undefined, contentName) as SnapshotContent | undefined
  if (content === undefined) {
    events.event(snapshot, 'Normal', 'CreatingSnapshot', `Waiting for a snapshot ${namespace}/${name} to be created by the CSI driver.`)
    write.create(SNAPSHOT_CONTENTS, {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshotContent',
      metadata: { name: contentName },
      spec: {
        deletionPolicy: found.deletionPolicy,
        driver: DISK_DRIVER,
        source: { volumeHandle: volume.spec.csi.volumeHandle },
        sourceVolumeMode: 'Filesystem',
        volumeSnapshotClassName: found.metadata.name,
        volumeSnapshotRef: { apiVersion: 'snapshot.storage.k8s.io/v1', kind: 'VolumeSnapshot', namespace, name, uid },
      },
    } as SnapshotContent)
    world.storage.copy(deviceOf(volume.metadata.name), snapshotOf(handle))
    return again(TAKE_MS)
  }
  if (!content.status?.readyToUse)
    write.updateStatus(SNAPSHOT_CONTENTS, {
      ...content,
      status: { creationTime: nowMs * 1_000_000, readyToUse: true, restoreSize: quantityValue(size), snapshotHandle: handle },
    } as SnapshotContent)
  write.updateStatus(SNAPSHOTS, {
    ...(read.get(SNAPSHOTS, namespace, name) as Snapshot),
    status: { boundVolumeSnapshotContentName: contentName, creationTime: formatTime(nowMs), readyToUse: true, restoreSize: size },
  } as Snapshot)
  events.event(snapshot, 'Normal', 'SnapshotCreated', `Snapshot ${namespace}/${name} was successfully created by the CSI driver.`)
  events.event(snapshot, 'Normal', 'SnapshotReady', `Snapshot ${namespace}/${name} is ready to use.`)
}

export const snapshotter = (world: World): ControllerDefinition => ({
  name: 'csi-snapshotter',
  component: 'snapshot-controller',
  watches: [{ resource: SNAPSHOTS, own: true }],
  reconcile: (key, context) => {
    if (!world.alive()) return context.again(RETRY_MS)
    const { namespace = '', name } = splitKey(key)
    const snapshot = context.read.get(SNAPSHOTS, namespace, name) as Snapshot | undefined
    if (snapshot === undefined) return dispose(namespace, name, world, context)
    if (snapshot.status?.readyToUse !== true && !snapshot.metadata.deletionTimestamp) take(snapshot, world, context)
  },
})
