/**
 * Which volume a claim gets: volumes with the fewest access modes that still cover the claim's come first (so an exact match wins over a smaller
 * volume that can more), among those the smallest that is large enough. Models upstream's persistentVolumeOrderedIndex; the scheduler asks it for a node.
 */
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types/core-v1.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { labelSelectorMatches } from '../../api/selectors.ts'
import { anyTermMatches } from '../node-selector.ts'

export const classOfClaim = (claim: PersistentVolumeClaim): string =>
  claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? claim.spec?.storageClassName ?? ''
const classOfVolume = (volume: PersistentVolume): string =>
  volume.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? volume.spec?.storageClassName ?? ''

export const isPreBoundTo = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const ref = volume.spec?.claimRef
  return ref?.name === claim.metadata.name && ref.namespace === claim.metadata.namespace && (!ref.uid || ref.uid === claim.metadata.uid)
}

const covers = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode))

const bigEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  compareQuantities(volume.spec?.capacity?.['storage'], claim.spec?.resources?.requests?.['storage']) >= 0

const sameMode = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  (volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem')

export function volumeReaches(volume: PersistentVolume, node: Node): boolean {
  const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms
  return terms === undefined || anyTermMatches(terms, node)
}

/** Why a claim's chosen volume does not do; undefined when it does. */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (!bigEnough(volume, claim)) return 'requested PV is too small'
  if (classOfVolume(volume) !== classOfClaim(claim)) return 'storageClassName does not match'
  if (!sameMode(volume, claim)) return 'incompatible volumeMode'
  return covers(volume, claim) ? undefined : 'incompatible accessMode'
}

const bySize = (a: PersistentVolume, b: PersistentVolume): number =>
  compareQuantities(a.spec?.capacity?.['storage'], b.spec?.capacity?.['storage'])

/**
 * The volume for a claim, or undefined. `where`: 'anywhere' binds now; 'later' finds only volumes reserved for the claim (binding waits for a pod);
 * a node finds what the node can reach.
 */
export function findVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
  where: 'anywhere' | 'later' | Node,
  excluded?: ReadonlySet<string>,
): PersistentVolume | undefined {
  const fits = volumes.filter(
    (v) =>
      v.metadata.deletionTimestamp === undefined && bigEnough(v, claim) && sameMode(v, claim) && excluded?.has(v.metadata.name) !== true,
  )
  const reserved = fits.find((v) => isPreBoundTo(v, claim))
  if (reserved !== undefined) return typeof where === 'string' || volumeReaches(reserved, where) ? reserved : undefined
  if (where === 'later') return undefined
  const wanted = classOfClaim(claim)
  const open = fits.filter(
    (v) =>
      v.spec?.claimRef === undefined &&
      classOfVolume(v) === wanted &&
      covers(v, claim) &&
      (claim.spec?.selector === undefined || labelSelectorMatches(claim.spec.selector, v.metadata.labels)),
  )
  const reachable = typeof where === 'string' ? open : open.filter((v) => volumeReaches(v, where))
  return reachable.sort((a, b) => (a.spec?.accessModes?.length ?? 0) - (b.spec?.accessModes?.length ?? 0) || bySize(a, b))[0]
}
