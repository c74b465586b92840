/**
 * Pods declared by files on the node (staticPodPath): the kubelet runs them without being asked by anybody, and shows each in the API as a
 * mirror pod. Deleting the mirror only makes it come again. (pkg/kubelet/config/file.go, pkg/kubelet/pod/mirror_client.go)
 */
import { parse } from 'yaml'
import { isApiError } from '../../api/errors.ts'
import type { Pod } from '../../api/generated/types/core-v1.ts'
import { formatTime } from '../../api/rfc3339.ts'
import { setPodDefaults } from '../../kinds/core/pod/defaults.ts'
import { sha256 } from '../../lib/hash.ts'
import type { PodRun } from '../records.ts'
import { isMirror, type KubeletHands, podKey } from './hands.ts'

/** The pod of a file; undefined where the file is none. */
export function podOfFile(text: string, { node, cluster }: KubeletHands): Pod | undefined {
  let read: unknown
  try {
    read = parse(text)
  } catch {
    return undefined
  }
  const pod = read as Pod | null
  if (pod === null || typeof pod !== 'object' || pod.kind !== 'Pod' || !pod.metadata?.name || !pod.spec?.containers) return undefined
  const hash = sha256(`${text}\n${node.name}`).slice(0, 32)
  const copy = structuredClone(pod) as { -readonly [K in keyof Pod]: Pod[K] }
  copy.metadata = {
    ...pod.metadata,
    name: `${pod.metadata.name}-${node.name}`,
    namespace: pod.metadata.namespace ?? 'default',
    uid: hash,
    annotations: {
      ...pod.metadata.annotations,
      'kubernetes.io/config.hash': hash,
      'kubernetes.io/config.seen': formatTime(cluster.clock.nowMs),
      'kubernetes.io/config.source': 'file',
    },
  }
  copy.spec = {
    ...pod.spec,
    nodeName: node.name,
    tolerations: [...(pod.spec.tolerations ?? []), { effect: 'NoExecute', operator: 'Exists' }],
  }
  setPodDefaults(copy)
  return copy
}

/** Makes the mirror where there is none, or one of an older file. */
export function ensureMirror(hands: KubeletHands, run: PodRun): void {
  const { cluster, write, node } = hands
  const { namespace, name } = run.pod.metadata
  const there = cluster.read.get('pods', namespace, name)
  if (there !== undefined && podKey(there) === run.uid && !there.metadata.deletionTimestamp) return
  try {
    if (there !== undefined) {
      if (!isMirror(there)) return
      write.delete('pods', namespace, name, { gracePeriodSeconds: 0, uid: there.metadata.uid! })
    }
    const owner = cluster.read.get('nodes', undefined, node.name)
    if (owner === undefined) return
    const { uid: _uid, ...metadata } = run.pod.metadata
    write.create('pods', {
      ...run.pod,
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, 'kubernetes.io/config.mirror': run.uid },
        ownerReferences: [{ apiVersion: 'v1', controller: true, kind: 'Node', name: node.name, uid: owner.metadata.uid! }],
      },
    } as Pod)
  } catch (error) {
    // The next sync tries again.
    if (!isApiError(error)) throw error
  }
}

export function dropMirror({ cluster, write }: KubeletHands, run: PodRun): void {
  const { namespace, name } = run.pod.metadata
  const there = cluster.read.get('pods', namespace, name)
  if (there === undefined || podKey(there) !== run.uid) return
  try {
    write.delete('pods', namespace, name, { gracePeriodSeconds: 0, uid: there.metadata.uid! })
  } catch (error) {
    if (!isApiError(error)) throw error
  }
}
