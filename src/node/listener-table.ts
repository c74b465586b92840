/** Who listens, as ss and netstat print it: for a machine's own addresses, and for a pod's network as its containers see it. */
import type { KubeletHands } from './kubelet/hands.ts'
import { type ListedProcess, nameOfProcess } from './process-list.ts'
import type { PodRun } from './records.ts'

export interface Listener {
  readonly port: number
  readonly at: string
  /** Absent where its process cannot be seen. */
  readonly process?: string
  readonly pid?: number
}

/** Listeners of a pod's processes; those that are in `visible` with their names. */
export function podListeners(hands: KubeletHands, run: PodRun, visible: readonly ListedProcess[]): Listener[] {
  return hands.processes.ofPod(run.uid).flatMap((key) => {
    const process = visible.find((p) => p.of?.key === key)
    const who = process && { process: nameOfProcess(process), pid: process.pid }
    return hands.processes.get(key)!.ports.map((port): Listener => ({ port, at: '*', ...who }))
  })
}

export const byPort = (list: readonly Listener[]): Listener[] => [...list].sort((a, b) => a.port - b.port)

const anywhere = (at: string): string => (at === '*' ? '0.0.0.0' : at)

export function ssText(list: readonly Listener[], named: boolean): string {
  const rows = list.map((l) => {
    const users = named && l.process !== undefined ? ` users:(("${l.process}",pid=${l.pid},fd=3))` : ''
    return `LISTEN 0      4096   ${`${l.at}:${l.port}`.padStart(18)}      ${(l.at === '*' ? '*:*' : '0.0.0.0:*').padStart(9)}   ${users}`.trimEnd()
  })
  return [`State  Recv-Q Send-Q Local Address:Port  Peer Address:Port${named ? 'Process' : ''}`, ...rows].join('\n')
}

export function netstatText(list: readonly Listener[], named: boolean): string {
  const head =
    `Proto Recv-Q Send-Q Local Address           Foreign Address         State      ${named ? ' PID/Program name' : ''}`.trimEnd()
  const rows = list.map((l) => {
    const who = named ? ` ${l.process === undefined ? '-' : `${l.pid}/${l.process}`}` : ''
    return `tcp        0      0 ${`${anywhere(l.at)}:${l.port}`.padEnd(23)} 0.0.0.0:*               LISTEN     ${who}`.trimEnd()
  })
  return ['Active Internet connections (only servers)', head, ...rows].join('\n')
}

/** What is asked for: who listens on TCP ports. Undefined where it is something else. */
export function asksForListeners(argv: readonly string[]): { readonly named: boolean; readonly udpOnly: boolean } | undefined {
  const flags = argv
    .slice(1)
    .filter((w) => w.startsWith('-'))
    .join('')
  return flags.includes('l') ? { named: flags.includes('p'), udpOnly: flags.includes('u') && !flags.includes('t') } : undefined
}
