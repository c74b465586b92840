/**
 * /proc and /sys/fs/cgroup of a container, and /proc of a machine, as far as the simulation has what they tell: processes, memory,
 * processors, mounts, the container's limits and what it uses (proc(5), cgroup v2). What limits do not change (meminfo, cpuinfo) is the machine's.
 */
import { quantityValue } from '../api/quantity.ts'
import { loadOf, loadText, processorsOf, upMs } from './container-tools/machine-facts.ts'
import { oomScoreAdjust } from './kubelet/eviction.ts'
import { containerOf, type KubeletHands } from './kubelet/hands.ts'
import { memoryOf } from './machine-memory.ts'
import { containerMounts, type MountEntry } from './mount-table.ts'
import { mostProcesses } from './pid-pressure.ts'
import { hostProcesses, type ListedProcess, nameOfProcess, visibleProcesses } from './process-list.ts'
import type { PodRun } from './records.ts'
import { type LiveFile, LiveFiles } from './runtime/read-only-files.ts'
import { sampleAt } from './runtime/usage.ts'
import { kernelSetting } from './sysctl.ts'

const CFS_PERIOD_US = 100_000
const kB = (bytes: number): string => String(Math.round(bytes / 1024)).padStart(8)

const text = (make: () => string): LiveFile => ({ text: make })

function meminfo(hands: KubeletHands): string {
  const { total, free } = memoryOf(hands)
  const rows = [
    ['MemTotal', total],
    ['MemFree', free],
    ['MemAvailable', free],
    ['Buffers', 0],
    ['Cached', 0],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ] as const
  return rows.map(([name, bytes]) => `${`${name}:`.padEnd(16)}${kB(bytes)} kB\n`).join('')
}

const cpuinfo = (hands: KubeletHands): string =>
  Array.from({ length: processorsOf(hands) }, (_, i) => `processor\t: ${i}\nvendor_id\t: clusterlab\nmodel name\t: simulated CPU\n\n`).join(
    '',
  )

const mountLines = (mounts: readonly MountEntry[]): string => mounts.map((m) => `${m.source} ${m.at} ${m.type} ${m.options} 0 0\n`).join('')

/** What is the same for everybody on the machine; `processes`: how many one sees, and the number of the youngest. */
function ofMachine(hands: KubeletHands, list: () => readonly ListedProcess[]): [string, LiveFile][] {
  const { cluster, node } = hands
  return [
    ['/meminfo', text(() => meminfo(hands))],
    ['/cpuinfo', text(() => cpuinfo(hands))],
    [
      '/loadavg',
      text(() => {
        const seen = list()
        return `${loadText(hands)} ${Math.ceil(loadOf(hands))}/${hands.tasksOfNode()} ${seen.at(-1)?.pid ?? 1}\n`
      }),
    ],
    ['/uptime', text(() => `${(upMs(hands) / 1000).toFixed(2)} ${((upMs(hands) * processorsOf(hands)) / 1000).toFixed(2)}\n`)],
    ['/version', text(() => 'Linux version 6.8.0-31-generic (clusterlab) #31-Ubuntu SMP PREEMPT_DYNAMIC\n')],
    ['/sys/kernel/pid_max', text(() => `${kernelSetting(cluster.cells, node.name, 'kernel.pid_max')}\n`)],
    ['/sys/kernel/threads-max', text(() => `${mostProcesses(hands)}\n`)],
  ]
}

function ofProcess(hands: KubeletHands, run: PodRun, p: ListedProcess): [string, LiveFile][] {
  const at = `/${p.pid}`
  const name = nameOfProcess(p).slice(0, 15)
  const env = (): string => {
    const record = p.of && hands.processes.get(p.of.containerId)
    return Object.entries(record?.env ?? {})
      .map(([k, v]) => `${k}=${v}\0`)
      .join('')
  }
  const adjust = (): number => {
    const owner = p.of && hands.processes.get(p.of.containerId)
    const spec = owner && containerOf(run.pod, owner.containerName)
    return spec === undefined ? -998 : oomScoreAdjust(run.pod, spec, quantityValue(hands.node.capacity['memory'] ?? '0'))
  }
  const states = { R: 'R (running)', S: 'S (sleeping)', D: 'D (disk sleep)' }
  return [
    [`${at}/cmdline`, text(() => p.argv.map((a) => `${a}\0`).join(''))],
    [`${at}/comm`, text(() => `${name}\n`)],
    [`${at}/environ`, { text: env, mode: 0o400, uid: p.uid }],
    [`${at}/oom_score_adj`, text(() => `${adjust()}\n`)],
    [`${at}/cgroup`, text(() => '0::/\n')],
    [
      `${at}/status`,
      text(
        () =>
          `Name:\t${name}\nState:\t${states[p.state]}\nTgid:\t${p.pid}\nPid:\t${p.pid}\nPPid:\t${p.ppid}\nUid:\t${[p.uid, p.uid, p.uid, p.uid].join('\t')}\nVmRSS:\t${kB(p.memoryBytes)} kB\nThreads:\t1\n`,
      ),
    ],
  ]
}

export function containerProc(hands: KubeletHands, current: () => PodRun | undefined, container: string): LiveFiles {
  return new LiveFiles(() => {
    const run = current()
    if (run === undefined) return new Map()
    const list = visibleProcesses(hands, run, container)
    const mounts = text(() => mountLines(containerMounts(hands, run, container)))
    return new Map<string, LiveFile>([
      ...ofMachine(hands, () => list),
      ['/mounts', mounts],
      ['/self/mounts', mounts],
      ...list.flatMap((p) => [...ofProcess(hands, run, p), [`/${p.pid}/mounts`, mounts] as [string, LiveFile]]),
    ])
  })
}

/** The machine's own: what its processes are is in `ps`. */
export const machineProc = (hands: KubeletHands): LiveFiles => new LiveFiles(() => new Map(ofMachine(hands, () => hostProcesses(hands))))

/** What a container's cgroup tells of itself: it sees it as the root. */
export function containerCgroup(hands: KubeletHands, current: () => PodRun | undefined, container: string): LiveFiles {
  const state = () => current()?.containers[container]
  const limits = () => hands.processes.facts(current()!.uid, container, hands.node.name).limits
  const sample = () => {
    const usage = hands.processes.usage.of(state()?.id ?? '')
    return usage && sampleAt(usage, hands.cluster.clock.nowMs)
  }
  const processes = () => visibleProcesses(hands, current()!, container).filter((p) => p.of?.containerId === state()?.id)
  const files: readonly [string, () => string | number][] = [
    ['memory.max', () => limits().memoryBytes ?? 'max'],
    ['memory.current', () => sample()?.memoryBytes ?? 0],
    ['memory.swap.max', () => 0],
    ['cpu.max', () => `${cpuQuota(limits().cpuMilli)} ${CFS_PERIOD_US}`],
    ['cpu.stat', () => `usage_usec ${Math.round(sample()?.cpuUs ?? 0)}`],
    ['pids.max', () => 'max'],
    ['pids.current', () => processes().length],
    [
      'cgroup.procs',
      () =>
        processes()
          .map((p) => p.pid)
          .join('\n'),
    ],
    ['cgroup.controllers', () => 'cpuset cpu io memory hugetlb pids rdma misc'],
  ]
  return new LiveFiles(
    () => new Map(current() === undefined ? [] : files.map(([name, make]) => [`/${name}`, text(() => `${make()}\n`)] as const)),
  )
}

const cpuQuota = (milli: number | undefined): string => (milli === undefined ? 'max' : String(milli * (CFS_PERIOD_US / 1000)))
