/** What the runtime of processes shares with the parts around it: containers and their ends, and how a shell is run. */
import type { FileView } from '../../script/files.ts'
import type { ProcessRecord } from '../records.ts'
import type { ContainerFacts, EventContext } from './context.ts'

/** What the runtime tells the kubelet of. */
export interface ProcessExit {
  readonly containerId: string
  readonly podUid: string
  readonly node: string
  readonly exitCode: number
  readonly signal?: number
  readonly oom?: boolean
}

/** What the runtime must know of containers, given by the kubelet. */
export interface ContainerDirectory {
  facts(podUid: string, containerName: string, node: string): ContainerFacts
  /** `serving`: as the user that the image's own program goes on as. */
  files(podUid: string, containerName: string, containerId: string, node: string, serving?: boolean): FileView
  /** What an image's start script does before its program: files are given to the user it goes on as. */
  settle(podUid: string, containerName: string, containerId: string, node: string): void
  /** Bytes of RAM that a pod's memory-backed volumes hold, charged to its containers. */
  exited(exit: ProcessExit): void
  /** How many processes more a pod may have. */
  processRoom(podUid: string, node: string): number
}

/** How a shell process is run; the record's `state` is the shell's. Implemented by shell-process.ts. */
export interface ShellRunner {
  start(record: ProcessRecord, source: string, args: readonly string[], context: EventContext): ShellOutcome
  on(record: ProcessRecord, event: ShellEvent, context: EventContext): ShellOutcome
}
export type ShellEvent =
  | { readonly type: 'wake' }
  | { readonly type: 'signal'; readonly signal: string }
  /** What somebody who is attached typed; `end`: no more will come. */
  | { readonly type: 'input'; readonly text: string; readonly end: boolean }
  /** For one of its processes beside the first. */
  | { readonly type: 'kill'; readonly pid: number; readonly signal: string }
  /** Ctrl-C at its terminal. */
  | { readonly type: 'interrupt' }
  | { readonly type: 'child-exit'; readonly requestId: number; readonly exitCode: number }
export interface ShellOutcome {
  readonly state: unknown
  /** A signal for the programs it started: `exec` has put one in its place. Nothing else has changed then. */
  readonly passOn?: string
  readonly exitCode?: number
  readonly wakeAtMs?: number
  /** How many processes the shell is now; 1 where absent. */
  readonly tasks?: number
  /** Programs the shell wants run in the foreground or background: answered with `child-exit`. */
  readonly spawn: readonly {
    readonly requestId: number
    readonly argv: readonly string[]
    readonly env: Readonly<Record<string, string>>
    readonly cwd: string
  }[]
  /** Children no longer wanted (killed by the shell). */
  readonly kill: readonly number[]
  /** Default action of a signal applies: the shell dies of it. */
  readonly died?: number
}

/** `sh -c SOURCE name args…`, `sh FILE args…` as the shell takes them. */
export function shellArguments(argv: readonly string[]): { source: string; args: readonly string[] } {
  const at = argv.findIndex((a, i) => i > 0 && /^-[a-z]*c[a-z]*$/.test(a))
  if (at >= 0) {
    const flags = argv
      .slice(1, at + 1)
      .join('')
      .replace(/[-c]/g, '')
    const source = argv[at + 1] ?? ''
    return {
      source: flags === '' ? source : `set -${flags}\n${source}`,
      args: argv.slice(at + 2).length > 0 ? argv.slice(at + 2) : [argv[0]!],
    }
  }
  const file = argv.slice(1).find((a) => !a.startsWith('-'))
  return file === undefined
    ? { source: '', args: [argv[0]!] }
    : { source: `. ${JSON.stringify(file)}`, args: argv.slice(argv.indexOf(file)) }
}

/** A signal from another process of the machine; `pid`: for one that a shell forked. */
export interface PostedSignal {
  readonly signal: string
  readonly pid?: number
}
