/**
 * The clients (kubectl, helm) that one prompt has started and that have not ended: what each waits for, what it has said that the shell has not
 * heard yet. A client goes on at exact instants: at one that it named, or as soon as what it waits for is there.
 */
import type { ApiStream } from '../apiserver/contract.ts'
import type { KubectlResume, KubectlRun, KubectlYield } from '../kubectl/contract.ts'
import type { OutputChunk } from '../script/contract.ts'

type Pending = { readonly dueMs?: number; readonly until?: () => boolean }

/** A client that has not ended, or whose last words were not handed on. */
export interface ClientRun {
  readonly run: KubectlRun
  pending: Pending | undefined
  next: KubectlResume | undefined
  chunks: OutputChunk[]
  exitCode: number | undefined
  edit: { path: string; command: readonly string[] } | undefined
  /** What its terminal is joined to. */
  stream?: ApiStream
  /** Ctrl-C was passed on to the other side, which has said nothing since. */
  interrupted?: boolean
  /** The tunnel that lives on in its stead. */
  forward?: string
}

/** What clients need of whoever runs them. */
export interface ClientWorld {
  now(): number
  /** Somebody sits at the terminal. */
  readonly canEdit: boolean
  openForward(request: Extract<KubectlYield, { forward: unknown }>['forward']): string
  /** A client has ended: ports that it took for a tunnel and did not hand over are free. */
  ended(): void
  /** Work, in units of `Loop.spend`. */
  charge(effort: number): void
}

/** Of letting a client go on, and of looking whether what it waits for has come. */
const EFFORT = { turn: 150, look: 500 }

export class ClientRuns {
  readonly #world: ClientWorld
  readonly #runs = new Map<number, ClientRun>()
  #next = 1
  /** A condition is being looked at: requests made now are nobody's, since how often one looks is the host's matter. */
  looking = false

  constructor(world: ClientWorld) {
    this.#world = world
  }

  get size(): number {
    return this.#runs.size
  }

  get(id: number): ClientRun | undefined {
    return this.#runs.get(id)
  }

  /** Starts a client and lets it run until it waits or ends. */
  start(run: KubectlRun): ClientRun {
    const client: ClientRun = { run, pending: undefined, next: undefined, chunks: [], exitCode: undefined, edit: undefined }
    this.advance(client)
    return client
  }

  /** Keeps a client until `drop`; gives its number. */
  keep(client: ClientRun): number {
    const id = this.#next++
    this.#runs.set(id, client)
    return id
  }

  drop(id: number): void {
    this.#runs.delete(id)
  }

  /** Ends the clients that nobody waits for any more: their process was killed. */
  keepOnly(ids: ReadonlySet<number | undefined>): void {
    for (const [id, { run }] of this.#runs)
      if (!ids.has(id)) {
        run.return(130)
        this.#runs.delete(id)
      }
  }

  /** The tunnels that clients have opened and not handed over yet. */
  forwards(): string[] {
    return [...this.#runs.values()].flatMap(({ forward }) => (forward === undefined ? [] : [forward]))
  }

  /** Runs a client until it waits or ends. */
  advance(client: ClientRun): void {
    while (client.exitCode === undefined && client.pending === undefined && client.edit === undefined && client.forward === undefined) {
      const answer = client.next
      client.next = undefined
      this.#world.charge(EFFORT.turn)
      const { done, value } = client.run.next(answer as KubectlResume)
      if (done) {
        client.exitCode = value
        this.#world.ended()
      } else this.#take(client, value)
    }
  }

  #take(client: ClientRun, value: KubectlYield): void {
    const now = this.#world.now()
    if ('out' in value) {
      client.interrupted = false
      this.#world.charge(value.out.length >> 7)
      client.chunks.push({ fd: 1, text: value.out })
    } else if ('err' in value) client.chunks.push({ fd: 2, text: value.err })
    else if ('sleepMs' in value) client.pending = { dueMs: now + value.sleepMs }
    else if ('until' in value)
      client.pending = { until: value.until, ...(value.timeoutMs !== undefined && { dueMs: now + value.timeoutMs }) }
    else if ('attach' in value) this.#attach(client, value.attach)
    else if ('forward' in value) client.forward = this.#world.openForward(value.forward)
    else client.edit = { path: value.edit.path, command: value.edit.command }
  }

  /** kubectl joins a stream to the terminal; without a person nothing will ever be typed. */
  #attach(client: ClientRun, { stream, until, timeoutMs }: Extract<KubectlYield, { attach: unknown }>['attach']): void {
    if (!this.#world.canEdit && client.stream === undefined) stream.send?.({ eof: true })
    client.stream = stream
    client.pending = { until, ...(timeoutMs !== undefined && { dueMs: this.#world.now() + timeoutMs }) }
  }

  /** Looks whether what a client waits for has come, and lets it go on. */
  poll(client: ClientRun): void {
    const { pending } = client
    if (pending === undefined) return
    this.#world.charge(EFFORT.look)
    const satisfied = this.#look(pending)
    const due = pending.dueMs !== undefined && this.#world.now() >= pending.dueMs
    if (!satisfied && !due) return
    client.pending = undefined
    client.next = { satisfied: pending.until === undefined ? true : satisfied }
    this.advance(client)
  }

  /** Whether a client can go on now. Cheap and without effects. */
  ready(): boolean {
    const now = this.#world.now()
    this.#world.charge(this.#runs.size)
    for (const { pending } of this.#runs.values()) {
      if (pending === undefined) continue
      if (pending.dueMs !== undefined && pending.dueMs <= now) return true
      if (this.#look(pending)) return true
    }
    return false
  }

  #look(pending: Pending): boolean {
    if (pending.until === undefined) return false
    this.looking = true
    try {
      return pending.until()
    } finally {
      this.looking = false
    }
  }

  /** What was typed, for the client that has joined the terminal to its other side; false where none has. Null is the end of input. */
  feed(text: string | null): boolean {
    const joined = this.#joined()
    joined?.stream?.send?.(text === null ? { eof: true } : { stdin: text })
    return joined !== undefined
  }

  /** Ctrl-C, for the other side of the client that has joined the terminal to it; false where none has, or where the first one came to nothing. */
  interrupt(): boolean {
    const joined = this.#joined()
    if (joined?.stream?.send === undefined || joined.interrupted === true) return false
    joined.interrupted = true
    joined.stream.send({ interrupt: true })
    return true
  }

  #joined(): ClientRun | undefined {
    for (const client of this.#runs.values()) if (client.stream !== undefined && client.exitCode === undefined) return client
    return undefined
  }

  /** The editor that a client asked for was closed; false where none had asked. */
  edited(exitCode: number): boolean {
    for (const client of this.#runs.values()) {
      if (client.edit === undefined) continue
      client.edit = undefined
      client.next = { exitCode }
      this.advance(client)
      return true
    }
    return false
  }
}
