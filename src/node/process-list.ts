/**
 * The processes that somebody in a container, or on the machine, can see: those of its PID namespace. A container has one of its own unless
 * its pod shares one (`shareProcessNamespace`), it has the machine's (`hostPID`), or it is a debugging container with a target.
 * https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/, pid_namespaces(7)
 */
import type { RunningProcess, ShellState } from '../script/contract.ts'
import { shellProcesses } from '../script/language/process-view.ts'
import { containersOf, type ListedContainer, pidOf, podRuns } from './containers-of.ts'
import { EXEC, type ExecSession } from './exec.ts'
import { allContainers, type KubeletHands } from './kubelet/hands.ts'
import { imageOf } from './kubelet/images.ts'
import { powerOf } from './power.ts'
import type { PodRun, ProcessRecord } from './records.ts'
import { isTerminalState } from './runtime/terminal-shell.ts'

export interface ListedProcess extends RunningProcess {
  readonly uid: number
  readonly state: 'R' | 'S' | 'D'
  readonly cpuMilli: number
  readonly memoryBytes: number
  /** The record or the session it belongs to, and its number there; absent for pause. */
  readonly of?: { readonly kind: 'container' | 'exec'; readonly key: string; readonly pid: number; readonly containerId: string }
}

/** Whose processes a shell that is being stepped has now: its record lags behind. */
export interface Stepping {
  /** `main` for the container's first process, otherwise what a session's state was before the step; undefined for a new one. */
  readonly self: unknown
  readonly containerId: string
  readonly processes: (title: readonly string[]) => readonly RunningProcess[]
}

export type PidNamespace = { readonly kind: 'host' } | { readonly kind: 'pod' } | { readonly kind: 'container'; readonly name: string }

export function pidNamespaceOf(run: PodRun, container: string): PidNamespace {
  const { spec } = run.pod
  if (spec?.hostPID) return { kind: 'host' }
  if (spec?.shareProcessNamespace) return { kind: 'pod' }
  const target = spec?.ephemeralContainers?.find((c) => c.name === container)?.targetContainerName
  return { kind: 'container', name: target || container }
}

/** The number of a container's first process as the container itself knows it (`$$`). */
export function firstPid(hands: KubeletHands, run: PodRun, container: string): number {
  const space = pidNamespaceOf(run, container)
  if (space.kind === 'host') return pidOf({ hands }, run.containers[container]?.id ?? container)
  const ephemeral = run.pod.spec?.ephemeralContainers ?? []
  const place = (names: readonly string[]): number => names.indexOf(container)
  if (space.kind === 'pod') return 7 + 40 * place([...allContainers(run.pod), ...ephemeral].map((c) => c.name))
  return space.name === container ? 1 : 20 + 40 * place(ephemeral.map((c) => c.name))
}

const shellOf = (state: unknown): ShellState | undefined =>
  isTerminalState(state)
    ? state.shell
    : ((state as { readonly shell?: ShellState } | null)?.shell ?? (state as ShellState | null) ?? undefined)

/** A start script of an image gives its place to what it was told to start; some programs name themselves. */
function shown(hands: KubeletHands, listed: ListedContainer, { argv }: ProcessRecord): readonly string[] {
  const words = argv.length > 1 && argv[0]!.endsWith('.sh') ? argv.slice(1) : argv
  const image = imageOf(hands, listed.state.image)
  const title = image && hands.catalog.program(image, words[0] ?? '')?.title?.(words)
  return title === undefined ? words : [title]
}

/** One container's processes, with the numbers that it knows them by. */
function ofContainer(hands: KubeletHands, listed: ListedContainer, stepping: Stepping | undefined): ListedProcess[] {
  const { processes, cluster } = hands
  const own = stepping?.containerId === listed.id ? stepping : undefined
  const first = firstPid(hands, listed.run, listed.state.name)
  const uid = processes.facts(listed.run.uid, listed.state.name, hands.node.name).credentials.uid
  const list: ListedProcess[] = []
  const add = (kind: 'container' | 'exec', key: string, ones: readonly RunningProcess[], record?: ProcessRecord): void => {
    for (const [i, one] of ones.entries()) {
      const state = record?.hung || record?.stalled ? 'D' : one.running || (i === 0 && (record?.cpuMilli ?? 0) > 0) ? 'R' : 'S'
      const cpuMilli = i === 0 ? (record?.cpuMilli ?? 0) : 0
      const memoryBytes = i === 0 ? (record?.memoryBytes ?? 0) : 0
      list.push({ ...one, uid, state, cpuMilli, memoryBytes, of: { kind, key, pid: one.pid, containerId: listed.id } })
    }
  }
  for (const key of processes.ofPod(listed.run.uid)) {
    const record = processes.get(key)!
    if (record.containerId !== listed.id) continue
    const child = key === listed.id ? undefined : Number(key.slice(key.lastIndexOf('/') + 1))
    const { argv, startedMs } = record
    if (record.program === 'sh' && child === undefined) {
      const shell = shellOf(record.state)
      add('container', key, own?.self === 'main' ? own.processes(argv) : shell === undefined ? [] : shellProcesses(shell, argv), record)
    } else {
      const one = {
        pid: child ?? first,
        ppid: child === undefined ? 0 : first,
        argv: shown(hands, listed, record),
        startedMs,
        running: false,
      }
      add('container', key, [one], record)
    }
  }
  for (const key of cluster.cells.keys(EXEC)) {
    const session = cluster.cells.get<ExecSession>(EXEC, key)!
    if (session.containerId !== listed.id || session.exitCode !== undefined || session.state === own?.self) continue
    const shell = shellOf(session.state)
    if (shell !== undefined) add('exec', key, shellProcesses(shell, session.argv))
  }
  if (own !== undefined && own.self !== 'main') add('exec', '', own.processes(['sh']))
  return list
}

/** The name of an executable: the first word, without folders, and without the colon after which titles go on. */
export const nameOfProcess = ({ argv }: RunningProcess): string => (argv[0] ?? '').split(' ')[0]!.replace(/:$/, '').split('/').at(-1)!

const running = (hands: KubeletHands): ListedContainer[] => containersOf({ name: hands.node.name, hands }).filter((c) => c.running)

/** No two of a namespace have the same number: later ones move up. */
function distinct(list: readonly ListedProcess[]): ListedProcess[] {
  const taken = new Set<number>()
  const placed = list.map((p) => {
    let { pid } = p
    while (taken.has(pid)) pid++
    taken.add(pid)
    return pid === p.pid ? p : { ...p, pid }
  })
  return placed.sort((a, b) => a.pid - b.pid)
}

/** Processes of the containers of a machine, with the machine's numbers. */
export function hostProcesses(hands: KubeletHands, stepping?: Stepping): ListedProcess[] {
  const all = running(hands).flatMap((c) => {
    const first = firstPid(hands, c.run, c.state.name)
    if (c.run.pod.spec?.hostPID) return ofContainer(hands, c, stepping)
    const number = (pid: number): number => pidOf({ hands }, pid === first ? c.id : `${c.id}:${pid}`)
    return ofContainer(hands, c, stepping).map((p) => ({ ...p, pid: number(p.pid), ppid: p.ppid === 0 ? 1 : number(p.ppid) }))
  })
  const sandboxes = podRuns({ name: hands.node.name, hands })
    .filter((r) => r.sandboxMs > 0 && hands.processes.ofPod(r.uid).length > 0)
    .map((r) => ({ ...PAUSE, pid: pidOf({ hands }, `pause/${r.uid}`), ppid: 1, startedMs: r.sandboxMs }))
  return distinct([...services(hands), ...sandboxes, ...all])
}

/** The machine's own; what they use is not simulated. */
function services({ cluster, node }: KubeletHands): ListedProcess[] {
  const power = powerOf(cluster.cells, node.name)
  const own = (pid: number, command: string): ListedProcess => {
    const startedMs = power?.sinceMs ?? 0
    return {
      pid,
      ppid: pid === 1 ? 0 : 1,
      argv: command.split(' '),
      startedMs,
      running: false,
      uid: 0,
      state: 'S',
      cpuMilli: 0,
      memoryBytes: 0,
    }
  }
  return [
    own(1, '/sbin/init'),
    own(640, 'sshd: /usr/sbin/sshd -D'),
    ...(power?.runtimeStopped ? [] : [own(702, '/usr/bin/containerd')]),
    ...(power?.kubeletStopped ? [] : [own(812, KUBELET)]),
  ]
}
const KUBELET =
  '/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml'

const PAUSE: Omit<ListedProcess, 'startedMs'> = {
  pid: 1,
  ppid: 0,
  argv: ['/pause'],
  running: false,
  uid: 65_535,
  state: 'S',
  cpuMilli: 0,
  memoryBytes: 0,
}

/** What a container sees. */
export function visibleProcesses(hands: KubeletHands, run: PodRun, container: string, stepping?: Stepping): ListedProcess[] {
  const space = pidNamespaceOf(run, container)
  if (space.kind === 'host') return hostProcesses(hands, stepping)
  const sees = (other: string): boolean => {
    if (space.kind === 'pod') return true
    const their = pidNamespaceOf(run, other)
    return their.kind === 'container' && their.name === space.name
  }
  const mine = running(hands)
    .filter((c) => c.run.uid === run.uid && sees(c.state.name))
    .sort((a, b) => a.startedMs - b.startedMs || (a.id < b.id ? -1 : 1))
    .flatMap((c) => ofContainer(hands, c, stepping))
  return distinct(space.kind === 'pod' ? [{ ...PAUSE, startedMs: run.sandboxMs }, ...mine] : mine)
}
