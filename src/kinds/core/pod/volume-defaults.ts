/**
 * Defaults of volumes in a pod's spec (core/v1's SetDefaults_Volume and those of its sources): a volume without a source is an
 * emptyDir, files get mode 0644, tokens an hour.
 */
import type { PersistentVolumeSpec, Volume } from '../../../api/generated/types/core-v1.ts'
import { formatQuantity } from '../../../api/quantity.ts'
import { setClaimSpecDefaults } from '../persistentvolumeclaim/defaults.ts'

const FILE_MODE = 0o644
const TOKEN_SECONDS = 3600

const hasSource = (volume: Volume): boolean =>
  Object.entries(volume).some(([field, value]) => field !== 'name' && value !== undefined && value !== null)

interface DownwardItem {
  fieldRef?: { apiVersion?: string }
  resourceFieldRef?: { divisor?: string | number }
}

function setDownwardItems(items: readonly DownwardItem[] | undefined): void {
  for (const item of items ?? []) {
    if (item.fieldRef && !item.fieldRef.apiVersion) item.fieldRef.apiVersion = 'v1'
    if (item.resourceFieldRef) item.resourceFieldRef.divisor = formatQuantity(item.resourceFieldRef.divisor ?? '0')
  }
}

/** Defaults of sources that pods and PersistentVolumes share; in place. */
export function setSourceDefaults({
  hostPath,
  iscsi,
  rbd,
  azureDisk,
  scaleIO,
}: Pick<PersistentVolumeSpec, 'hostPath' | 'azureDisk'> & {
  iscsi?: { iscsiInterface?: string }
  rbd?: Partial<Record<'pool' | 'user' | 'keyring', string>>
  scaleIO?: Partial<Record<'storageMode' | 'fsType', string>>
}): void {
  if (hostPath) hostPath.type ??= ''
  if (iscsi) iscsi.iscsiInterface ||= 'default'
  if (rbd) {
    rbd.pool ||= 'rbd'
    rbd.user ||= 'admin'
    rbd.keyring ||= '/etc/ceph/keyring'
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite'
    azureDisk.kind ??= 'Shared'
    azureDisk.fsType ??= 'ext4'
    azureDisk.readOnly ??= false
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned'
    scaleIO.fsType ||= 'xfs'
  }
}

/** Fills one volume of a pod's spec in place. */
export function setVolumeDefaults(volume: Volume): void {
  if (!hasSource(volume)) volume.emptyDir = {}
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) if (source) source.defaultMode ??= FILE_MODE
  if (volume.emptyDir?.sizeLimit !== undefined) volume.emptyDir.sizeLimit = formatQuantity(volume.emptyDir.sizeLimit)
  setDownwardItems(volume.downwardAPI?.items as DownwardItem[] | undefined)
  for (const source of volume.projected?.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS
    setDownwardItems(source.downwardAPI?.items as DownwardItem[] | undefined)
  }
  setSourceDefaults(volume)
  const template = volume.ephemeral?.volumeClaimTemplate
  if (template) setClaimSpecDefaults(template.spec)
}
