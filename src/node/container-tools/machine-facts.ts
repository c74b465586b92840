/** Figures of a machine that containers see unlimited, whatever their own limits are: processors, load, how long it has been up. */
import { milliValue } from '../../api/quantity.ts'
import type { KubeletHands } from '../kubelet/hands.ts'
import { powerOf } from '../power.ts'
import { PROCESS, type ProcessRecord } from '../records.ts'

export const processorsOf = (hands: KubeletHands): number => Math.max(1, Math.floor(milliValue(hands.node.capacity['cpu'] ?? '1') / 1000))

/** Processors in use now: the simulation keeps no averages. */
export function loadOf({ cluster, node }: KubeletHands): number {
  let milli = 0
  for (const key of cluster.cells.keys(PROCESS)) {
    const record = cluster.cells.get<ProcessRecord>(PROCESS, key)!
    if (record.node === node.name) milli += record.cpuMilli
  }
  return milli / 1000
}

export const loadText = (hands: KubeletHands): string => Array(3).fill(loadOf(hands).toFixed(2)).join(' ')

export const upMs = ({ cluster, node }: KubeletHands): number => cluster.clock.nowMs - (powerOf(cluster.cells, node.name)?.sinceMs ?? 0)

/** ` 08:01:05 up 2 min,  …` without the users that only some print. */
export function upText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const clock = `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, '0')}`
  const days = Math.floor(minutes / 1440)
  return days > 0 ? `${days} day${days > 1 ? 's' : ''}, ${clock}` : minutes < 60 ? `${minutes} min` : clock
}
