/** Why a node takes no pods or a claim has no volume. */
import type { Node, PersistentVolumeClaim } from '../../api/generated/types/core-v1.ts'
import { nodeStatus } from '../../kinds/core/node/roles.ts'
import { bad, type Explainer, type Finding, fine, nOf, note } from './contract.ts'
import { lastWarning } from './events.ts'

const PRESSURES = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'])

export const nodeExplainer: Explainer<Node> = {
  resource: 'nodes',
  explain(node, { read }) {
    const found: Finding[] = []
    const { name } = node.metadata
    const ready = node.status?.conditions?.find((c) => c.type === 'Ready')
    if (ready?.status === 'Unknown')
      found.push(
        bad(
          `its kubelet has not been heard since ${ready.lastHeartbeatTime}: the machine is off, cut off, or the kubelet stopped`,
          `no se sabe nada de su kubelet desde ${ready.lastHeartbeatTime}: la máquina está apagada, aislada, o el kubelet paró`,
          `kubectl describe node ${name}`,
        ),
      )
    else if (ready?.status !== 'True')
      found.push(
        bad(
          `its kubelet says that it is not ready: ${ready?.message ?? ''}`,
          `su kubelet dice que no está listo: ${ready?.message ?? ''}`,
          `kubectl describe node ${name}`,
        ),
      )
    for (const c of node.status?.conditions ?? [])
      if (PRESSURES.has(c.type) && c.status === 'True')
        found.push(bad(`${c.type}: ${c.message}`, `${c.type}: ${c.message}`, `kubectl describe node ${name}`))
    if (node.spec?.unschedulable)
      found.push(bad('it is cordoned: no new pods come to it', 'está acordonado: no le llegan pods nuevos', `kubectl uncordon ${name}`))
    for (const t of node.spec?.taints ?? [])
      found.push(
        note(
          `taint ${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}: only pods that tolerate it may ${t.effect === 'NoExecute' ? 'stay' : 'come'}`,
          `taint ${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}: solo los pods que lo toleran pueden ${t.effect === 'NoExecute' ? 'quedarse' : 'venir'}`,
        ),
      )
    if (found.some((f) => f.kind === 'bad')) return found
    const pods = read.onNode('pods', name).length
    return [
      ...found,
      fine(
        `it is ${nodeStatus(node)} and runs ${pods} pod(s)`,
        `está ${nodeStatus(node)} y ejecuta ${pods} pod(s)`,
        `kubectl describe node ${name}`,
      ),
    ]
  },
}

export const claimExplainer: Explainer<PersistentVolumeClaim> = {
  resource: 'persistentvolumeclaims',
  explain(claim, context) {
    const { read } = context
    const { name } = claim.metadata
    const next = `kubectl describe pvc ${name}${nOf(claim)}`
    if (claim.metadata.deletionTimestamp !== undefined)
      return [
        bad(
          `it is being deleted and waits until no pod uses it (${(claim.metadata.finalizers ?? []).join(', ')})`,
          `se está borrando y espera a que ningún pod lo use (${(claim.metadata.finalizers ?? []).join(', ')})`,
          next,
        ),
      ]
    if (claim.status?.phase === 'Bound')
      return [fine(`it is bound to ${claim.spec?.volumeName}`, `está ligado a ${claim.spec?.volumeName}`)]
    if (claim.status?.phase === 'Lost')
      return [bad(`its volume ${claim.spec?.volumeName} is gone`, `su volumen ${claim.spec?.volumeName} ya no existe`, 'kubectl get pv')]
    const className = claim.spec?.storageClassName
    const storageClass = className ? read.get('storageclasses.storage.k8s.io', undefined, className) : undefined
    if (className && storageClass === undefined)
      return [bad(`there is no StorageClass "${className}"`, `no existe la StorageClass "${className}"`, 'kubectl get storageclass')]
    if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer') {
      const used = read
        .list('pods', claim.metadata.namespace)
        .some((p) => p.spec?.volumes?.some((v) => v.persistentVolumeClaim?.claimName === name))
      if (!used)
        return [
          note(
            `its class "${className}" makes a volume only once a pod uses the claim, and none does`,
            `su clase "${className}" crea el volumen cuando un pod usa el claim, y ninguno lo usa`,
          ),
        ]
    }
    const warning = lastWarning(claim, context)
    if (warning) return [bad(`${warning.reason}: ${warning.message}`, `${warning.reason}: ${warning.message}`, next)]
    if (!className) {
      const size = claim.spec?.resources?.requests?.['storage']
      return [
        bad(
          `it names no StorageClass, so a volume of ${size} or more must be there already, and none fits`,
          `no nombra StorageClass, así que ya debe existir un volumen de ${size} o más, y ninguno encaja`,
          'kubectl get pv',
        ),
      ]
    }
    return [note(`it waits for its volume (class "${className}")`, `espera su volumen (clase "${className}")`, next)]
  },
}
