/**
 * VolumeBinding: a pod goes only where its volumes can. Bound volumes say which nodes reach them; claims that wait for a pod are matched with
 * static volumes of the node or handed to a provisioner with the node's name, and the pod waits until they are bound.
 */
import type { PersistentVolumeClaim, Pod } from '../../../api/generated/types/core-v1.ts'
import { controllerOf } from '../../../api/meta.ts'
import { isEphemeralClaim, notOwner, podClaims } from '../../../controllers/pod-claims.ts'
import { BIND_COMPLETED, NO_PROVISIONER, SELECTED_NODE } from '../../../controllers/pv-binder/annotations.ts'
import { classOfClaim, findVolume, volumeReaches } from '../../../controllers/pv-binder/match.ts'
import { anything, labelsChanged, nodeAdded } from '../../changes.ts'
import {
  type CycleState,
  type Handle,
  type Hands,
  type PluginRecord,
  type PluginState,
  type Rejection,
  unresolvable,
} from '../../contract.ts'
import type { NodeInfo } from '../../node-info.ts'
import type { PodInfo } from '../../pod-info.ts'

const NAME = 'VolumeBinding'

/** A pod's claims: those bound, and those that wait for it. */
class Claims implements PluginState {
  readonly bound: readonly PersistentVolumeClaim[]
  readonly waiting: readonly PersistentVolumeClaim[]
  /** Node → claim name → volume, as filtering found them; claims to provision are absent. */
  readonly found = new Map<string, ReadonlyMap<string, string>>()
  constructor(bound: readonly PersistentVolumeClaim[], waiting: readonly PersistentVolumeClaim[]) {
    this.bound = bound
    this.waiting = waiting
  }
  clone(): Claims {
    return this
  }
}

const isBound = (claim: PersistentVolumeClaim): boolean =>
  Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined

function preFilter(state: CycleState, pod: PodInfo, { read }: Handle): Rejection | 'skip' | undefined {
  if (pod.claims.length === 0) return 'skip'
  const bound: PersistentVolumeClaim[] = []
  const waiting: PersistentVolumeClaim[] = []
  let immediate = false
  for (const name of pod.claims) {
    const claim = read.get('persistentvolumeclaims', pod.namespace, name)
    if (claim === undefined) return unresolvable(missing(pod.pod, name))
    if (isEphemeralClaim(pod.pod, name) && controllerOf(claim)?.uid !== pod.pod.metadata.uid) return unresolvable(notOwner(claim, pod.pod))
    if (claim.status?.phase === 'Lost')
      return unresolvable(`persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName}"`)
    if (claim.metadata.deletionTimestamp !== undefined) return unresolvable(`persistentvolumeclaim "${name}" is being deleted`)
    if (isBound(claim)) bound.push(claim)
    else if (waits(claim, read)) waiting.push(claim)
    else immediate = true
  }
  if (immediate) return unresolvable('pod has unbound immediate PersistentVolumeClaims')
  state.set(NAME, new Claims(bound, waiting))
  return undefined
}

/** Claims of ephemeral volumes are made a moment after their pod. */
const missing = (pod: Pod, name: string): string =>
  pod.spec?.volumes?.some((v) => v.persistentVolumeClaim?.claimName === name) === true
    ? `persistentvolumeclaim "${name}" not found`
    : `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`

const waits = (claim: PersistentVolumeClaim, read: Handle['read']): boolean =>
  !claim.spec?.volumeName &&
  read.get('storageclasses.storage.k8s.io', undefined, classOfClaim(claim))?.volumeBindingMode === 'WaitForFirstConsumer'

function filter(state: CycleState, _pod: PodInfo, node: NodeInfo, { read }: Handle): Rejection | undefined {
  const claims = state.get(NAME) as Claims
  for (const claim of claims.bound) {
    const volume = read.get('persistentvolumes', undefined, claim.spec!.volumeName!)
    if (volume === undefined) return unresolvable(`node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)`)
    if (!volumeReaches(volume, node.node!)) return unresolvable("node(s) didn't match PersistentVolume's node affinity")
  }
  if (claims.waiting.length === 0) return undefined
  const taken = new Map<string, string>()
  for (const claim of claims.waiting) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE]
    if (selected !== undefined && selected !== node.name) return unresolvable("node(s) didn't find available persistent volumes to bind")
    const volume = findVolume(claim, read.list('persistentvolumes'), node.node!, new Set(taken.values()))
    if (volume !== undefined) taken.set(claim.metadata.name, volume.metadata.name)
    else if (!mayProvision(claim, node, read)) return unresolvable("node(s) didn't find available persistent volumes to bind")
  }
  claims.found.set(node.name, taken)
  return undefined
}

function mayProvision(claim: PersistentVolumeClaim, node: NodeInfo, read: Handle['read']): boolean {
  const found = read.get('storageclasses.storage.k8s.io', undefined, classOfClaim(claim))
  if (found === undefined || found.provisioner === NO_PROVISIONER) return false
  const allowed = found.allowedTopologies ?? []
  return (
    allowed.length === 0 || allowed.some((t) => (t.matchLabelExpressions ?? []).every((e) => e.values.includes(node.labels[e.key] ?? '')))
  )
}

function preBind(state: CycleState, pod: PodInfo, nodeName: string, _handle: Handle, { write }: Hands): 'wait' | undefined {
  const claims = state.get(NAME) as Claims | undefined
  if (claims === undefined || claims.waiting.length === 0) return undefined
  const found = claims.found.get(nodeName)
  for (const claim of claims.waiting) {
    const { name, uid, resourceVersion } = claim.metadata
    const volume = found?.get(name)
    if (volume === undefined)
      write.modify('persistentvolumeclaims', pod.namespace, name, (draft) => {
        draft.metadata.annotations = { ...draft.metadata.annotations, [SELECTED_NODE]: nodeName }
      })
    else
      write.modify('persistentvolumes', undefined, volume, (draft) => {
        draft.metadata.annotations = { ...draft.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
        draft.spec!.claimRef = {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          name,
          namespace: pod.namespace,
          uid: uid!,
          resourceVersion: resourceVersion!,
        }
      })
  }
  return 'wait'
}

/** All claims bound to volumes the node reaches; `never` when a provisioner chose a volume it does not, or gave the node back. */
function mayBind(pod: Pod, nodeName: string, { read, snapshot }: Handle): boolean | 'never' {
  const node = snapshot.node(nodeName)?.node
  if (node === undefined) return 'never'
  for (const name of podClaims(pod)) {
    const claim = read.get('persistentvolumeclaims', pod.metadata.namespace, name)
    if (claim === undefined) return 'never'
    if (!isBound(claim)) return false
    const volume = read.get('persistentvolumes', undefined, claim.spec!.volumeName!)
    if (volume !== undefined && !volumeReaches(volume, node)) return 'never'
  }
  return true
}

export const volumeBinding: PluginRecord = {
  name: NAME,
  preFilter,
  filter,
  preBind,
  mayBind,
  wakes: {
    persistentvolumeclaims: ({ before, after }, pod) => {
      const { name, namespace } = (after ?? before)!.metadata
      return namespace === pod.metadata.namespace && podClaims(pod).includes(name)
    },
    persistentvolumes: anything,
    'storageclasses.storage.k8s.io': anything,
    nodes: (c) => nodeAdded(c) || labelsChanged(c),
  },
}
