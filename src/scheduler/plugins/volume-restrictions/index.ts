/** VolumeRestrictions: a ReadWriteOncePod claim serves one pod in the whole cluster. */
import { podFreed } from '../../changes.ts'
import { type PluginRecord, type PluginState, unschedulable } from '../../contract.ts'

const NAME = 'VolumeRestrictions'

class Exclusive implements PluginState {
  readonly claims: readonly string[]
  constructor(claims: readonly string[]) {
    this.claims = claims
  }
  clone(): Exclusive {
    return this
  }
}

export const volumeRestrictions: PluginRecord = {
  name: NAME,
  preFilter: (state, pod, { read }) => {
    const exclusive = pod.claims.filter((name) =>
      read.get('persistentvolumeclaims', pod.namespace, name)?.spec?.accessModes?.includes('ReadWriteOncePod'),
    )
    if (exclusive.length === 0) return 'skip'
    state.set(NAME, new Exclusive(exclusive.map((name) => `${pod.namespace}/${name}`)))
    return undefined
  },
  filter: (state, _pod, node, { snapshot }) => {
    const { claims } = state.get(NAME) as Exclusive
    // In use here (as preemption tries it out) or on any other node.
    const used = snapshot.nodes.some((n) => claims.some((c) => (n.name === node.name ? node : n).claims.has(c)))
    return used ? unschedulable('node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode') : undefined
  },
  wakes: { pods: podFreed, persistentvolumeclaims: ({ before }) => before === undefined },
}
