/** VolumeZone: volumes labelled with a zone or region serve only nodes of it. */
import { anything, labelsChanged } from '../../changes.ts'
import { type PluginRecord, unresolvable } from '../../contract.ts'

const TOPOLOGY = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]

export const volumeZone: PluginRecord = {
  name: 'VolumeZone',
  preFilter: (_state, pod, { read }) => {
    const labelled = pod.claims.some((name) => {
      const volume = read.get(
        'persistentvolumes',
        undefined,
        read.get('persistentvolumeclaims', pod.namespace, name)?.spec?.volumeName ?? '',
      )
      return TOPOLOGY.some((key) => volume?.metadata.labels?.[key] !== undefined)
    })
    return labelled ? undefined : 'skip'
  },
  filter: (_state, pod, node, { read }) => {
    if (!TOPOLOGY.some((key) => node.labels[key] !== undefined)) return undefined
    for (const name of pod.claims) {
      const volume = read.get(
        'persistentvolumes',
        undefined,
        read.get('persistentvolumeclaims', pod.namespace, name)?.spec?.volumeName ?? '',
      )
      for (const key of TOPOLOGY) {
        // Several zones stand in one label as `a__b`.
        const zones = volume?.metadata.labels?.[key]?.split('__')
        if (zones !== undefined && !zones.includes(node.labels[key] ?? '')) return unresolvable('node(s) had no available volume zone')
      }
    }
    return undefined
  },
  wakes: { nodes: labelsChanged, persistentvolumes: anything, persistentvolumeclaims: anything, 'storageclasses.storage.k8s.io': anything },
}
