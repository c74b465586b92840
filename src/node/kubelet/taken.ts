/** What the pods that run on a node ask for, kept by change: a kubelet asks for it with every pod that it is given. */
import type { Pod, PodSpec } from '../../api/generated/types/core-v1.ts'
import { milliValue, quantityValue } from '../../api/quantity.ts'
import type { Cluster } from '../../client/contract.ts'
import { getOrMake } from '../../lib/get-or-make.ts'
import { POD_RUN, type PodRun } from '../records.ts'

export interface Asked {
  readonly cpu: number
  readonly memory: number
}

const sumRequests = (spec: PodSpec, resource: string): number => {
  const of = (r: Record<string, string> | undefined): number =>
    r?.[resource] === undefined ? 0 : resource === 'cpu' ? milliValue(r[resource]) : quantityValue(r[resource])
  const main = spec.containers.reduce((sum, c) => sum + of(c.resources?.requests), 0)
  const inits = spec.initContainers ?? []
  const sidecars = inits.filter((c) => c.restartPolicy === 'Always').reduce((sum, c) => sum + of(c.resources?.requests), 0)
  return (
    Math.max(main + sidecars, ...inits.filter((c) => c.restartPolicy !== 'Always').map((c) => of(c.resources?.requests)), 0) +
    of(spec.overhead)
  )
}

/** A spec is frozen and shared by all versions of its pod. */
const known = new WeakMap<PodSpec, Asked>()
export const askedBy = (pod: Pod): Asked =>
  getOrMake(known, pod.spec!, (): Asked => ({ cpu: sumRequests(pod.spec!, 'cpu'), memory: sumRequests(pod.spec!, 'memory') }))

type OnNodes = Map<string, Map<string, Asked>>

/** By node, then by uid: pods that the API has there, that are not over, and that the kubelet took. */
const perCluster = new WeakMap<Cluster, OnNodes>()

const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'
const isTaken = (run: PodRun | undefined): boolean => run !== undefined && run.refused === undefined

/** What each running pod of the node asks for, by uid. It is kept on: read it at once. */
export const takenOn = (cluster: Cluster, node: string): ReadonlyMap<string, Asked> =>
  getOrMake(perCluster, cluster, () => watched(cluster)).get(node) ?? NONE

const NONE: ReadonlyMap<string, Asked> = new Map()

function watched(cluster: Cluster): OnNodes {
  const { cells, read } = cluster
  const nodes: OnNodes = new Map()
  const set = (node: string, uid: string, pod: Pod | undefined): void => {
    if (pod === undefined || isOver(pod)) nodes.get(node)?.delete(uid)
    else getOrMake(nodes, node, () => new Map<string, Asked>()).set(uid, askedBy(pod))
  }
  const see = (key: string, run: PodRun | undefined): void => {
    const slash = key.indexOf('/')
    const node = key.slice(0, slash)
    const uid = key.slice(slash + 1)
    const pod = isTaken(run) ? read.get('pods', run!.pod.metadata.namespace, run!.pod.metadata.name) : undefined
    set(node, uid, pod?.metadata.uid === uid && pod.spec?.nodeName === node ? pod : undefined)
  }
  for (const key of cells.keys(POD_RUN)) see(key, cells.get<PodRun>(POD_RUN, key))
  cells.onChange(POD_RUN, (key, before, after) => {
    if (isTaken(before as PodRun | undefined) !== isTaken(after as PodRun | undefined)) see(key, after as PodRun | undefined)
  })
  cluster.subscribe('pods', (change) => {
    const before = change.before as Pod | undefined
    const after = change.after as Pod | undefined
    const was = before?.spec?.nodeName
    const is = after?.spec?.nodeName
    if (was === is && before?.spec === after?.spec && before && after && isOver(before) === isOver(after)) return
    const uid = (after ?? before)!.metadata.uid!
    if (was !== undefined && before!.metadata.uid !== undefined) nodes.get(was)?.delete(before!.metadata.uid)
    if (is !== undefined) set(is, uid, isTaken(cells.get<PodRun>(POD_RUN, `${is}/${uid}`)) ? after : undefined)
  })
  return nodes
}
