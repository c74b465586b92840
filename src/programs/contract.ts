/**
 * What runs in containers: images (what is on the disk and what starts) and programs (how it behaves). A program is a reducer: a
 * state of plain data and an event give the next state, and what it does to the world it does through the context's effects, which
 * the container runtime applies in order. The data of a program survives only in the files it writes to mounted volumes.
 */
import type { IndexedReader } from '../api/reader.ts'
import type { DialRequest, DialResult, DnsAnswer, DnsType, Hop, Origin } from '../network/contract.ts'
import type { FileView, Tool } from '../script/contract.ts'

export interface Image {
  /** Repository names without registry and tag: `nginx`, `bitnami/nginx`, `elastic/elasticsearch`; `docker.io/library/` is implied. */
  readonly repositories: readonly string[]
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDir?: string
  readonly user?: string
  /** Users that its /etc/passwd knows beyond the base's: name → number and group. */
  readonly users?: Readonly<Record<string, readonly [uid: number, gid: number]>>
  /** Directories that belong to one of them. */
  readonly owned?: Readonly<Record<string, string>>
  /** Whom its start script goes on as when it was started as root; the directories in `owned` are given to that user then. */
  readonly serves?: string
  /** Documentation only, as EXPOSE is. */
  readonly exposedPorts?: readonly number[]
  readonly sizeBytes: number
  /** Files beyond the base system, path → text. */
  readonly files?: Readonly<Record<string, string>>
  /** Which shell and small tools there are: busybox's, Debian's, or none at all (distroless). */
  readonly base: 'busybox' | 'debian' | 'scratch'
  /** Programs and tools by executable name beyond the base: `nginx`, `mariadb`, `curl`. */
  readonly executables: readonly string[]
  /** Executables that are another program here than elsewhere: name → program (`apache2-foreground` serves what the image holds). */
  readonly runs?: Readonly<Record<string, string>>
  /** Tags that exist; any reasonable tag when absent. */
  readonly tags?: (tag: string) => boolean
  /** `false`: it pulls and idles, but nothing of its behaviour is simulated; `describe` and `why` say so. */
  readonly simulated?: boolean
}

export type ProcessEvent =
  /** A message on a port it listens on. Answer with `ctx.reply`, `ctx.hang` or `ctx.reset`. */
  | {
      readonly type: 'request'
      readonly port: number
      readonly protocol: string
      readonly payload: unknown
      readonly from: Origin
      readonly sourceIp: string
    }
  | { readonly type: 'timer'; readonly id: string; readonly payload: unknown }
  /** TERM, INT, HUP, USR1 …; KILL never arrives. A program that does not exit is killed when the grace is over. */
  | { readonly type: 'signal'; readonly signal: string }
  /** How many requests a second now arrive at the port, and how many are in flight; sent when that changes noticeably. */
  | { readonly type: 'load'; readonly port: number; readonly perSecond: number; readonly inFlight: number }
  /** A file it may care about changed (a mounted ConfigMap was updated). */
  | { readonly type: 'files-changed'; readonly path: string }

/** How a pod's traffic is turned aside: what its processes send goes to one port, what others send it to another. */
export interface Redirection {
  readonly outboundPort: number
  readonly inboundPort: number
  /** Whose traffic is left alone: the proxy's own. */
  readonly uid: number
  readonly excludedInbound: readonly number[]
  readonly excludedOutbound: readonly number[]
}

/** Facts about the container, and the effects a program may have. */
export interface ProcessContext {
  readonly nowMs: number
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Its working directory; the root when absent. */
  readonly cwd?: string
  readonly hostname: string
  /** The number of the user its processes are. */
  readonly uid: number
  readonly pod: {
    readonly namespace: string
    readonly name: string
    readonly uid: string
    readonly ip: string
    readonly node: string
    readonly subdomain?: string
  }
  readonly container: string
  /** Memory and CPU limits of the container, absent when unlimited. */
  readonly limits: { readonly memoryBytes?: number; readonly cpuMilli?: number }
  /** Ports the container declares (documentation, except to stand-ins). */
  readonly declaredPorts: readonly number[]
  readonly files: FileView
  /** What the process's informers hold of the API, for add-ons that watch it with their ServiceAccount (CoreDNS, ingress controllers). */
  readonly api: IndexedReader
  /** In [0, 1), keyed by the process and `purpose`; `turn` tells draws apart. */
  random(purpose: string, turn?: number): number
  /** One of `among`, keyed by the request being answered: what a balancer inside a program draws. */
  pick(purpose: string, among: number): number

  log(text: string, stream?: 'stdout' | 'stderr'): void
  /** False where another process of the pod's network has the port already: the program then says so and ends, as the real one does. */
  listen(port: number): boolean
  /** Whether the kernel lets it take a port at all: ports below the floor are root's. `listen` is false where it does not. */
  mayBind(port: number): boolean
  unlisten(port: number): void
  /** Dials and has the answer at once; its latency is to be added to one's own (`reply(…, afterMs)`). */
  dial(request: DialRequest): DialResult
  resolve(name: string, type?: DnsType): DnsAnswer
  /** Says what it decided about the request it answers, for `trace`. Called only when somebody traces. */
  hop(make: () => Hop): void
  /** Sets a timer of this process; the same id again replaces it. */
  timer(id: string, afterMs: number, payload?: unknown): void
  cancelTimer(id: string): void
  /** Rules in the kernel of the pod's own network (iptables REDIRECT): its traffic goes through a process of the pod from now on. */
  redirect?(rules: Redirection): void
  /** Resident memory of the process from now on. Beyond the container's limit the kernel kills it. */
  memory(bytes: number): void
  /** What it uses from now on, millicores, held to the container's limit. */
  cpu(milli: number): void
  /** CPU time that this one event took. Requests that are part of a load take none: the program is told of them together (`load`). */
  burn(cpuMs: number): void
  /** Steps of work that this event took, towards the budget of the world, where somebody counts. */
  spend?(steps: number): void
  /** Answers the request being handled; `serviceMs` is how long that took. */
  reply(value: unknown, serviceMs?: number): void
  /** Accepts and never answers. */
  hang(): void
  reset(): void
  exit(code: number): void
}

export interface Program<S = unknown> {
  readonly name: string
  /** Executables that start it: basenames of argv[0]. */
  readonly executables: readonly string[]
  /** `false`: it stands in for one whose behaviour is not simulated; an event of its pod says so. */
  readonly simulated?: false
  /** What it calls itself in the list of processes, of the words it was started with; those words where absent. */
  title?(argv: readonly string[]): string
  /** First state. May log, listen, set timers, exit. */
  start(ctx: ProcessContext): S
  on(state: S, event: ProcessEvent, ctx: ProcessContext): S
  /** Commands run beside it in the container (`kubectl exec`, exec probes): `mariadb-admin`, `nginx -t`, `mysql -e`. */
  readonly commands?: readonly ContainerCommand[]
}

/**
 * A command run inside a container beside its main process. It may look at the main process's state through its own protocol:
 * dialling 127.0.0.1 like the real client would.
 */
export interface ContainerCommand {
  readonly executables: readonly string[]
  /** False: these arguments start the program of the same name instead (`nginx -g 'daemon off;'` beside `nginx -t`). Always a command when absent. */
  handles?(argv: readonly string[]): boolean
  /** A container's own shell starts the program of that name instead of running this: `sh -c "python app.py"`. */
  readonly spawns?: true
  run(call: { readonly argv: readonly string[]; readonly stdin: () => string; readonly ctx: ProcessContext }): {
    readonly exitCode: number
    readonly stdout?: string
    readonly stderr?: string
  }
}

/** What a registry answers for an image reference. */
export type ImageResolution =
  | {
      readonly ok: true
      readonly image: Image /** Such as `docker.io/library/nginx@sha256:…`. */
      readonly imageId: string
      readonly sizeBytes: number
      readonly pullMs: number
    }
  /** `message` is what follows `Failed to pull image "x": `; of a bad name, which no registry is asked for, the whole of it. */
  | { readonly ok: false; readonly message: string; readonly pullMs: number; readonly badName?: true }

/** All images and programs of a preset: `default` knows real images, `bare` answers every image with one stand-in. */
export interface Catalog {
  /**
   * `kernel`: a shell that is process 1 ignores signals it has no trap for, as Linux has it. `default`: it dies of them (the stand-in of
   * the `bare` preset runs under an init).
   */
  readonly signalsOfInit: 'kernel' | 'default'
  pull(reference: string, credentials: readonly RegistryCredential[]): ImageResolution
  /** What a reference holds, whatever the registry says now: for images that a node has already. Undefined: there is no such image. */
  image(reference: string): Image | undefined
  /** The program that an executable starts in a container of this image; undefined: there is no such executable. */
  program(image: Image, executable: string): Program | undefined
  /** A command that may be run beside the main process: the image's executables, those of the programs it holds, and network tools. */
  command(image: Image, executable: string): ContainerCommand | undefined
  programNamed(name: string): Program
  /** Tools of a container's shell that need the network or the host; `ctx` is the container they are run in. Without it: whether there is one. */
  tool(image: Image, name: string, ctx?: ProcessContext): Tool | undefined
}

export interface RegistryCredential {
  readonly registry: string
  readonly username: string
  readonly password: string
}

/** Tools that need the network, added to a container's shell: curl, wget, nslookup, dig, nc, ping. */
export type NetworkTool = Tool
