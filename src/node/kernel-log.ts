/**
 * What the kernel of a node writes when it kills for memory (mm/oom_kill.c): of a container's cgroup that is at its limit, or of the whole
 * machine. Figures that the simulation does not have (virtual size, page tables, mapped files) are left out.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'
import { quantityValue } from '../api/quantity.ts'
import { oomScoreAdjust } from './kubelet/eviction.ts'
import { containerOf, type KubeletHands, runOf } from './kubelet/hands.ts'
import type { ProcessRecord } from './records.ts'
import { journalWrite } from './units.ts'

export interface OomKill {
  readonly record: ProcessRecord
  /** What its container used, bytes. */
  readonly usedBytes: number
  /** The container's limit; absent when the whole machine had no more. */
  readonly limitBytes?: number | undefined
  readonly uid: number
}

/** The slice systemd keeps a pod's containers in. */
function slice(pod: Pod): string {
  const qos = pod.status?.qosClass?.toLowerCase() ?? 'besteffort'
  const uid = (pod.metadata.uid ?? '').replaceAll('-', '_')
  return qos === 'guaranteed'
    ? `/kubepods.slice/kubepods-pod${uid}.slice`
    : `/kubepods.slice/kubepods-${qos}.slice/kubepods-${qos}-pod${uid}.slice`
}

const kB = (bytes: number): string => `${Math.round(bytes / 1024)}kB`

/** Writes it into the machine's journal, whence dmesg and `journalctl -k` show it. */
export function logOomKill(hands: KubeletHands, kill: OomKill): void {
  const { record, usedBytes, limitBytes, uid } = kill
  const pod = runOf(hands, record.podUid)?.pod
  const container = pod && containerOf(pod, record.containerName)
  if (pod === undefined || container === undefined) return
  const capacity = quantityValue(hands.node.capacity['memory'] ?? '0')
  const adjust = oomScoreAdjust(pod, container, capacity)
  const name = (record.argv[0] ?? record.program).split('/').at(-1)!.slice(0, 15)
  const pid = 1000 + hands.cluster.random.below(30_000, 'pid', record.containerId)
  const scope = `cri-containerd-${record.containerId}.scope`
  const cgroup = `${slice(pod)}/${scope}`
  const where =
    limitBytes === undefined
      ? `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=${cgroup},task=${name},pid=${pid},uid=${uid}`
      : `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${scope},mems_allowed=0,oom_memcg=${cgroup},task_memcg=${cgroup},task=${name},pid=${pid},uid=${uid}`
  journalWrite(hands.cluster, hands.node.name, 'kernel', 'kernel', [
    `${name} invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=${adjust}`,
    ...(limitBytes === undefined ? [] : [`memory: usage ${kB(Math.min(usedBytes, limitBytes))}, limit ${kB(limitBytes)}, failcnt 1`]),
    where,
    `${limitBytes === undefined ? 'Out of memory' : 'Memory cgroup out of memory'}: Killed process ${pid} (${name}) anon-rss:${kB(usedBytes)}, UID:${uid} oom_score_adj:${adjust}`,
  ])
}
