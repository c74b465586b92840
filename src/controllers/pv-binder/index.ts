/** The volume binder: keys are claims (`claim/namespace/name`) and volumes (`volume/name`). */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { podClaims } from '../pod-claims.ts'
import { CLAIM_INDEX, syncClaim } from './claims.ts'
import { classOfClaim } from './match.ts'
import { syncVolume } from './volumes.ts'

const ofClaim = (o: ApiObject): string => `claim/${o.metadata.namespace}/${o.metadata.name}`

function reconcile(key: string, context: ReconcileContext): void {
  const [what, first, second] = key.split('/') as [string, string, string]
  if (what === 'volume') {
    const volume = context.read.get('persistentvolumes', undefined, first)
    if (volume !== undefined) syncVolume(volume, context)
    return
  }
  const claim = context.read.get('persistentvolumeclaims', first, second)
  if (claim !== undefined && claim.metadata.deletionTimestamp === undefined) syncClaim(claim, context)
}

/** A claim's change concerns its volume too. */
function claimChanged({ before, after }: ObjectChange): readonly string[] {
  const volume = (after ?? before)!['spec']?.volumeName
  return [...(after === undefined ? [] : [ofClaim(after)]), ...(volume ? [`volume/${volume}`] : [])]
}

/** A new or freed volume may be what waiting claims of its class wait for. */
function volumeChanged({ before, after }: ObjectChange, read: IndexedReader): readonly string[] {
  const volume = (after ?? before)!
  const own = after === undefined ? [] : [`volume/${volume.metadata.name}`]
  const ref = volume['spec']?.claimRef
  if (ref !== undefined) return [...own, `claim/${ref.namespace}/${ref.name}`]
  const waiting = read
    .list('persistentvolumeclaims')
    .filter(
      (c) =>
        c.status?.phase !== 'Bound' &&
        (c.spec?.volumeName === volume.metadata.name || classOfClaim(c) === (volume['spec']?.storageClassName ?? '')),
    )
  return [...own, ...waiting.map(ofClaim)]
}

const classChanged = ({ before, after }: ObjectChange, read: IndexedReader): readonly string[] =>
  read
    .list('persistentvolumeclaims')
    .filter((c) => c.status?.phase !== 'Bound' && classOfClaim(c) === (after ?? before)!.metadata.name)
    .map(ofClaim)

export const volumeBinder: ControllerDefinition = {
  name: 'persistent-volume-binder',
  component: 'persistentvolume-controller',
  watches: [
    { resource: 'persistentvolumeclaims', map: claimChanged },
    { resource: 'persistentvolumes', map: volumeChanged },
    { resource: 'storageclasses.storage.k8s.io', map: classChanged },
  ],
  indexes: [{ resource: 'pods', name: CLAIM_INDEX, of: (pod) => podClaims(pod as Pod).map((name) => `${pod.metadata.namespace}/${name}`) }],
  reconcile,
}
