/**
 * How many processes pods and nodes have, as the kernel's pids cgroups and /proc/loadavg count them: derived from the cells of processes and
 * of commands run beside them. Threads of programs are not simulated, so a program is one.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html (pids.current)
 */
import type { Cells } from '../../sim/state.ts'
import { EXEC, type ExecSession } from '../exec.ts'
import { PROCESS, type ProcessRecord } from '../records.ts'

/** Threads of the kernel and of the machine's own services. */
export const SYSTEM_TASKS = 180

const add = (map: Map<string, number>, key: string, count: number): void => {
  const sum = (map.get(key) ?? 0) + count
  if (sum === 0) map.delete(key)
  else map.set(key, sum)
}

export class Tasks {
  readonly #byPod = new Map<string, number>()
  readonly #byNode = new Map<string, number>()
  /** Told when a node has more of them. */
  onGrown: ((node: string) => void) | undefined

  constructor(cells: Cells) {
    const processes = (p: ProcessRecord): number => p.tasks ?? 1
    const running = (s: ExecSession): number => (s.exitCode === undefined ? s.tasks : 0)
    cells.onChange(PROCESS, (_key, before, after) =>
      this.#derive(before as ProcessRecord | undefined, after as ProcessRecord | undefined, processes),
    )
    cells.onChange(EXEC, (_key, before, after) =>
      this.#derive(before as ExecSession | undefined, after as ExecSession | undefined, running),
    )
  }

  #derive<R extends { readonly podUid: string; readonly node: string }>(
    before: R | undefined,
    after: R | undefined,
    count: (record: R) => number,
  ): void {
    const { podUid, node } = (after ?? before)!
    const delta = (after === undefined ? 0 : count(after)) - (before === undefined ? 0 : count(before))
    if (delta === 0) return
    const had = this.#byPod.has(podUid)
    add(this.#byPod, podUid, delta)
    // Its sandbox comes and goes with it.
    add(this.#byNode, node, delta + Number(this.#byPod.has(podUid)) - Number(had))
    if (delta > 0) this.onGrown?.(node)
  }

  /** With the one that holds its sandbox (`pause`). */
  ofPod(podUid: string): number {
    return 1 + (this.#byPod.get(podUid) ?? 0)
  }

  ofNode(node: string): number {
    return SYSTEM_TASKS + (this.#byNode.get(node) ?? 0)
  }
}
