/** The binder's half that looks after one claim: binds it to a volume, asks for one to be made, or says why it waits. */
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/generated/types/core-v1.ts'
import { formatTime as timeText } from '../../api/rfc3339.ts'
import type { ReconcileContext } from '../../client/contract.ts'
import { isFinished } from '../pod-state.ts'
import { same } from '../same.ts'
import {
  BETA_STORAGE_PROVISIONER,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  NO_PROVISIONER,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from './annotations.ts'
import { classOfClaim, findVolume, isPreBoundTo, mismatch } from './match.ts'

const PVC = 'persistentvolumeclaims'
const PV = 'persistentvolumes'
/** Waiting claims are told of again this often, as upstream's resync does. */
const RESYNC_MS = 15_000

export const CLAIM_INDEX = 'claim'

export function syncClaim(claim: PersistentVolumeClaim, context: ReconcileContext): void {
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) syncBound(claim, context)
  else if (claim.spec?.volumeName) syncNamed(claim, claim.spec.volumeName, context)
  else syncOpen(claim, context)
}

function phase(claim: PersistentVolumeClaim, to: 'Pending' | 'Lost', context: ReconcileContext): void {
  if (claim.status?.phase === to) return
  context.write.modify(
    PVC,
    claim.metadata.namespace,
    claim.metadata.name,
    (draft) => {
      draft.status = to === 'Lost' ? { phase: to } : { ...draft.status, phase: to }
    },
    'status',
  )
}

function syncOpen(claim: PersistentVolumeClaim, context: ReconcileContext): void {
  const name = classOfClaim(claim)
  const found = name === '' ? undefined : context.read.get('storageclasses.storage.k8s.io', undefined, name)
  const late = found?.volumeBindingMode === 'WaitForFirstConsumer'
  const volume = findVolume(claim, context.read.list(PV), late ? 'later' : 'anywhere')
  if (volume !== undefined) {
    bind(volume, claim, context)
    return
  }
  phase(claim, 'Pending', context)
  const say = (type: 'Normal' | 'Warning', reason: string, message: string): void => {
    context.events.event(claim, type, reason, message)
    context.again(RESYNC_MS)
  }
  if (late && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    const pod = waitingPod(claim, context)
    if (pod === undefined) say('Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
    else say('Normal', 'WaitForPodScheduled', `waiting for pod ${pod} to be scheduled`)
  } else if (name === '') say('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  else if (found === undefined) say('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${name}" not found`)
  else if (found.provisioner === NO_PROVISIONER) say('Warning', 'ProvisioningFailed', `no volume plugin matched name: ${NO_PROVISIONER}`)
  else {
    callProvisioner(claim, found.provisioner, context)
    const text = `Waiting for a volume to be created either by the external provisioner '${found.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
    say('Normal', 'ExternalProvisioning', text)
  }
}

function waitingPod(claim: PersistentVolumeClaim, context: ReconcileContext): string | undefined {
  const pods = context.read.byIndex('pods', CLAIM_INDEX, `${claim.metadata.namespace}/${claim.metadata.name}`)
  return pods.find((p) => !p.spec?.nodeName && !isFinished(p) && p.metadata.deletionTimestamp === undefined)?.metadata.name
}

/** The annotations that external provisioners wait for. */
function callProvisioner(claim: PersistentVolumeClaim, provisioner: string, context: ReconcileContext): void {
  if (claim.metadata.annotations?.[STORAGE_PROVISIONER] === provisioner) return
  context.write.modify(PVC, claim.metadata.namespace, claim.metadata.name, (draft) => {
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [BETA_STORAGE_PROVISIONER]: provisioner,
      [STORAGE_PROVISIONER]: provisioner,
    }
  })
}

function syncNamed(claim: PersistentVolumeClaim, name: string, context: ReconcileContext): void {
  const volume = context.read.get(PV, undefined, name)
  if (volume === undefined) {
    phase(claim, 'Pending', context)
    return
  }
  if (volume.spec?.claimRef !== undefined && !isPreBoundTo(volume, claim)) {
    phase(claim, 'Pending', context)
    context.events.event(claim, 'Warning', 'FailedBinding', `volume "${name}" already bound to a different claim.`)
    context.again(RESYNC_MS)
    return
  }
  const why = mismatch(volume, claim)
  if (why !== undefined) {
    phase(claim, 'Pending', context)
    context.events.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`)
    context.again(RESYNC_MS)
  } else bind(volume, claim, context)
}

function syncBound(claim: PersistentVolumeClaim, context: ReconcileContext): void {
  const name = claim.spec?.volumeName
  const lost = (reason: string, message: string): void => {
    if (claim.status?.phase === 'Lost') return
    phase(claim, 'Lost', context)
    context.events.event(claim, 'Warning', reason, message)
  }
  if (!name) {
    lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
    return
  }
  const volume = context.read.get(PV, undefined, name)
  if (volume === undefined) {
    lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
    return
  }
  if (volume.spec?.claimRef === undefined || volume.spec.claimRef.uid === claim.metadata.uid) {
    bind(volume, claim, context)
    return
  }
  lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

/** Ties volume and claim to each other: reference, volume name, annotations, phases. Whatever is so already is left alone. */
export function bind(volume: PersistentVolume, claim: PersistentVolumeClaim, context: ReconcileContext): void {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const ref = volume.spec?.claimRef
  const bound =
    ref?.uid === uid
      ? volume
      : (context.write.modify(PV, undefined, volume.metadata.name, (draft) => {
          if (ref === undefined) draft.metadata.annotations = { ...draft.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
          draft.spec!.claimRef = {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            name,
            namespace: namespace!,
            uid: uid!,
            resourceVersion: resourceVersion!,
          }
        }) ?? volume)
  volumePhase(bound, 'Bound', context)
  const annotations = claim.metadata.annotations
  if (claim.spec?.volumeName !== volume.metadata.name || annotations?.[BIND_COMPLETED] === undefined)
    context.write.modify(PVC, namespace, name, (draft) => {
      const ours: Record<string, string> = draft.spec?.volumeName ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }
      draft.spec!.volumeName = volume.metadata.name
      draft.metadata.annotations = { ...draft.metadata.annotations, [BIND_COMPLETED]: 'yes', ...ours }
    })
  const resized = claim.status?.phase === 'Bound' ? claim.status.capacity : undefined
  const status = { accessModes: volume.spec?.accessModes ?? [], capacity: resized ?? volume.spec?.capacity ?? {}, phase: 'Bound' as const }
  const { accessModes, capacity, phase: now } = claim.status ?? {}
  if (same({ accessModes, capacity, phase: now }, status)) return
  context.write.modify(
    PVC,
    namespace,
    name,
    (draft) => {
      draft.status = { ...draft.status, ...status }
    },
    'status',
  )
}

type VolumePhase = 'Available' | 'Bound' | 'Released' | 'Failed'

export function volumePhase(volume: PersistentVolume, to: VolumePhase, context: ReconcileContext, message?: string): void {
  if (volume.status?.phase === to && volume.status.message === message) return
  const at = context.nowMs
  context.write.modify(
    PV,
    undefined,
    volume.metadata.name,
    (draft) => {
      const { message: _old, ...rest } = draft.status ?? {}
      const moved = draft.status?.phase !== to
      draft.status = {
        ...rest,
        phase: to,
        ...(message !== undefined && { message }),
        ...(moved && { lastPhaseTransitionTime: timeText(at) }),
      }
    },
    'status',
  )
}
