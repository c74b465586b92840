/**
 * What a node remembers of its pods, containers and processes: plain data in cells, so that it rewinds with the cluster.
 * The kubelet's in-memory state (reason cache, back-offs, probe results) is here too.
 */
import type { Pod } from '../api/generated/types/core-v1.ts'

/** Cell families. `pod-run`: key `node/uid`; `process`: key = container id (or `id/n` for children). */
export const POD_RUN = 'pod-run'
export const PROCESS = 'process'

export interface ExitRecord {
  readonly containerId: string
  readonly exitCode: number
  readonly signal?: number
  readonly reason: string
  readonly message?: string
  /** 0 when it never started (the API then says 1970). */
  readonly startedMs: number
  readonly finishedMs: number
}

export interface ContainerRun {
  readonly name: string
  /** 64 hex digits; '' until one was created. */
  readonly id: string
  /** How often it was started again. */
  readonly restarts: number
  readonly phase: 'none' | 'running' | 'exited'
  readonly image: string
  readonly imageId: string
  readonly startedMs: number
  /** This run's end; present when exited. */
  readonly exit?: ExitRecord
  /** The run before. */
  readonly last?: ExitRecord
  /** What its subPath mounts of API volumes showed when it was made: they are not brought up to date. */
  readonly pinned?: Readonly<Record<string, readonly unknown[]>>
  /** The pod spec's hash of this container when it was created: a changed image restarts it. */
  readonly specHash: string
}

export interface BackoffEntry {
  readonly delayMs: number
  readonly updatedMs: number
}

export interface ProbeRun {
  readonly ok: boolean | undefined
  /** Consecutive results of the same kind. */
  readonly streak: number
  readonly streakOk: boolean
}

/** What SyncPod is in the middle of: the next step is taken when the timer `step/uid` is due. */
export interface Step {
  readonly kind: 'sandbox' | 'pull' | 'start' | 'post-start'
  readonly container?: string
  /** Containers still to be started after this one. */
  readonly queue: readonly string[]
  readonly pullStartedMs?: number
}

export interface Killing {
  readonly deadlineMs: number
  readonly message: string
  readonly stage: 'pre-stop' | 'term'
  /** The sync that stops it starts it again as soon as it has ended. */
  readonly restarts?: boolean
}

export interface PodRun {
  readonly uid: string
  /** As last seen from the API server; a node that is cut off goes on with it. */
  readonly pod: Pod
  readonly ip: string
  readonly hostNetwork: boolean
  /** 0 until the sandbox is ready. */
  readonly sandboxMs: number
  /** When the kubelet first saw the pod: status.startTime. */
  readonly startMs: number
  /** When the workers of its probes were made: their ticks are counted from then. Absent until the volumes are there. */
  readonly probesMs?: number
  readonly containers: Readonly<Record<string, ContainerRun>>
  /** Why a container waits, as the last sync left it: shown by the next one. */
  readonly reasons: Readonly<Record<string, { readonly reason: string; readonly message: string }>>
  readonly backoffs: Readonly<Record<string, BackoffEntry>>
  /** Key: `container/startup|liveness|readiness`. */
  readonly probes: Readonly<Record<string, ProbeRun>>
  readonly step?: Step
  /** A sync was asked for while a step was under way. */
  readonly again?: boolean
  /** Containers being stopped. */
  readonly killing: Readonly<Record<string, Killing>>
  /** The pod as a whole is being stopped; containers are not started any more. */
  readonly terminating?: { readonly graceSeconds: number; readonly reason?: string; readonly message?: string }
  /** Set once a pod that was refused, evicted or past its deadline has failed. */
  readonly failure?: { readonly reason: string; readonly message: string; readonly disruption?: boolean }
  /** Why the kubelet would not take it: it never had a container. */
  readonly refused?: { readonly reason: string; readonly message: string }
  /** Objects that the API-backed volumes were rendered from, per volume. */
  readonly volumes: Readonly<Record<string, VolumeRun>>
  readonly mounted: boolean
  readonly mountTries: number
  /** When the wait for volumes began that has not been told of yet. */
  readonly mountSinceMs?: number
  readonly rebooted?: boolean
  readonly resize?: ResizeRun
  /** Processes that it may have (`podPidsLimit` as the kubelet was configured when it made the pod); without, as many as the machine takes. */
  readonly pidsLimit?: number
  /** Declared by a file on the node: `uid` is the file's hash, `pod` what it says; the API shows a mirror of it. */
  readonly fromFile?: boolean
}

/** A resize of a running pod that is not over: it waits for room, or was given and comes into force. */
export interface ResizeRun {
  readonly pending?: { readonly reason: 'Deferred' | 'Infeasible'; readonly message: string }
  /** Why what the node could give is not set. */
  readonly error?: string
  readonly startedMs?: number
  /** Containers to be started anew, with how often they had been before. */
  readonly restartsOf?: Readonly<Record<string, number>>
}

/** A volume as mounted: API-backed ones keep the (frozen) objects they show; others name a backing. */
export interface VolumeRun {
  readonly objects?: readonly unknown[]
  readonly backing?: import('../storage/contract.ts').Backing
  readonly readOnly?: boolean
}

export interface ProcessRecord {
  /** Program's name; `sh` for a shell. */
  readonly program: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly state: unknown
  readonly ports: readonly number[]
  readonly memoryBytes: number
  readonly cpuMilli: number
  /** How many processes of the machine it is: a shell and what it forked; 1 where absent. */
  readonly tasks?: number
  readonly node: string
  readonly podUid: string
  readonly containerId: string
  readonly containerName: string
  readonly startedMs: number
  /** Its standard input is kept open for who attaches (`stdin: true`), and is a terminal (`tty: true`). */
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly hung?: boolean
  /** It waits for files out of reach; what it has to do once they are back, the oldest first. */
  readonly stalled?: readonly StalledEvent[]
}

export type StalledEvent = { readonly kind: 'start' } | { readonly kind: 'program' | 'shell'; readonly event: unknown }
