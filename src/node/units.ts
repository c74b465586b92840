/** The units of a node that are simulated, and what systemd writes about them into the machine's journal. */
import type { Cluster } from '../client/contract.ts'

export type Unit = 'kubelet' | 'containerd'

export const UNIT_TITLES: Readonly<Record<Unit, string>> = {
  kubelet: 'kubelet: The Kubernetes Node Agent',
  containerd: 'containerd container runtime',
}

/** `machine-journal` cells: key = node. What the kubelet reports as events is not repeated here. */
export const JOURNAL = 'machine-journal'
const JOURNAL_LINES = 200

export interface JournalLine {
  readonly ms: number
  readonly unit: Unit | 'kernel'
  readonly by: string
  readonly text: string
}

export function systemdSays(cluster: Cluster, node: string, unit: Unit, stopped: boolean): void {
  const name = `${unit}.service - ${UNIT_TITLES[unit]}`
  const texts = stopped ? [`Stopping ${name}...`, `${unit}.service: Deactivated successfully.`, `Stopped ${name}.`] : [`Started ${name}.`]
  journalWrite(cluster, node, unit, 'systemd', texts)
}

/** Lines of a unit, or of the kernel, in the machine's journal; the oldest make room. */
export function journalWrite(
  { cells, clock }: Cluster,
  node: string,
  unit: JournalLine['unit'],
  by: string,
  texts: readonly string[],
): void {
  const lines = cells.get<readonly JournalLine[]>(JOURNAL, node) ?? []
  const added = texts.map((text): JournalLine => ({ ms: clock.nowMs, unit, by, text }))
  cells.put(JOURNAL, node, [...lines, ...added].slice(-JOURNAL_LINES))
}
