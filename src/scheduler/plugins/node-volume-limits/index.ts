/** NodeVolumeLimits: a node attaches at most as many volumes of a CSI driver as its CSINode says. */
import { anything, podFreed } from '../../changes.ts'
import { type Handle, type PluginRecord, unschedulable } from '../../contract.ts'

/** The CSI driver behind a claim's volume, and the volume's handle. */
function attached(key: string, { read }: Handle): { driver: string; handle: string } | undefined {
  const [namespace, name] = key.split('/') as [string, string]
  const volume = read.get('persistentvolumes', undefined, read.get('persistentvolumeclaims', namespace, name)?.spec?.volumeName ?? '')
  const csi = volume?.spec?.csi
  return csi === undefined ? undefined : { driver: csi.driver, handle: csi.volumeHandle }
}

export const nodeVolumeLimits: PluginRecord = {
  name: 'NodeVolumeLimits',
  preFilter: (_state, pod, handle) =>
    pod.claims.some((c) => attached(`${pod.namespace}/${c}`, handle) !== undefined) ? undefined : 'skip',
  filter: (_state, pod, node, handle) => {
    const limits = handle.read.get('csinodes.storage.k8s.io', undefined, node.name)?.spec.drivers ?? []
    for (const { name: driver, allocatable } of limits) {
      if (allocatable?.count === undefined) continue
      const handles = (keys: Iterable<string>): Set<string> =>
        new Set(
          [...keys]
            .map((k) => attached(k, handle))
            .filter((a) => a?.driver === driver)
            .map((a) => a!.handle),
        )
      const there = handles(node.claims.keys())
      const fresh = [...handles(pod.claims.map((c) => `${pod.namespace}/${c}`))].filter((h) => !there.has(h))
      if (fresh.length > 0 && there.size + fresh.length > allocatable.count) return unschedulable('node(s) exceed max volume count')
    }
    return undefined
  },
  wakes: { pods: podFreed, 'csinodes.storage.k8s.io': anything, persistentvolumeclaims: anything },
}
