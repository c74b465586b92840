/**
 * One player's world: a cluster, a working directory, a prompt, and the journal of what was put in. The same journal played again gives
 * the same state, byte for byte: commands go on at exact instants of virtual time, however the host slices it.
 */
import { authorityCertificate, type ClientPair, clientPair } from '../apiserver/authentication/authority.ts'
import { applyFault, type Fault } from '../cluster/faults/index.ts'
import { type Checkpoint, World, type WorldOptions } from '../cluster/world.ts'
import { runHelm } from '../helm/run.ts'
import type { KubectlHost, KubectlRun } from '../kubectl/contract.ts'
import { runKubectl } from '../kubectl/run.ts'
import { assert } from '../lib/assert.ts'
import type { Origin } from '../network/contract.ts'
import { networkTools } from '../programs/tools/index.ts'
import type { CommandOutcome, ExternalCall, OutputChunk, ShellState } from '../script/contract.ts'
import { type FileView, normalisePath } from '../script/files.ts'
import { openssl } from '../script/tools/openssl/index.ts'
import { LimitReached } from '../sim/loop.ts'
import { cellFiles } from '../storage/backings.ts'
import { type Boundary, planned, runDue, soonest } from './boundaries.ts'
import { freshShell, furnish, furnishColleague, HOME, type Person } from './home.ts'
import { ENGINE_VERSION, JOURNAL_FORMAT, type Journal, type JournalHeader, type JournalRecord } from './journal.ts'
import { createKubectlHost } from './kubectl-host.ts'
import { PortForwards } from './port-forwards.ts'
import { PromptRun, type PumpResult } from './prompt-run.ts'

export { type Boundary, HOME }

/** The PC at which the player sits. */
const OFFICE_PC: Origin = { kind: 'outside', name: 'office-pc', ip: '192.168.0.200' }
const PLAYER = 'player'
/** A command that waits without an end of its own is cut off after this much virtual time, in scripts. */
const ENDLESS_MS = 3_600_000
const MAX_UNDO = 200

export interface SessionOptions {
  readonly world: WorldOptions
  readonly namespace?: string
  readonly user?: Person
  readonly context?: string
  /** For the journal's header. */
  readonly level?: { readonly name: string; readonly hash: string }
  readonly lang?: string
  /** Done to the world before the player enters: what a level starts from. */
  readonly prepare?: (session: Session) => void
}

/** Commands that the rooms above add to the prompt: the game's verbs. */
export type PromptCommands = (call: ExternalCall, session: Session) => CommandOutcome | KubectlRun | undefined

export interface CommandResult {
  readonly output: string
  readonly exitCode: number
  /** The budget that was hit, if one was. */
  readonly limit?: string
}

export class Session {
  readonly world: World
  readonly files: FileView
  readonly options: SessionOptions
  readonly boundaries: Boundary[] = []
  readonly #forwards: PortForwards
  readonly #undo: Checkpoint[] = []
  readonly #records: JournalRecord[] = []
  readonly #enteredMs: number
  #commands: PromptCommands | undefined
  /** The command line that runs, or what earlier ones left in the background. */
  #prompt: PromptRun | undefined
  #runSinceMs = 0
  #lastPump: PumpResult | undefined
  #chunks: OutputChunk[] = []
  /** What the prompt's shells have taken. */
  steps = 0
  #printed = 0
  #commandCount = 0
  maxSteps = 1_000_000
  maxOutput = 8_000_000
  /** Virtual time since the player entered, after which no command goes on. */
  maxElapsedMs = Number.POSITIVE_INFINITY
  /** A person sits here: an editor can be shown, and a command may ask for a line. */
  canEdit = false

  constructor(options: SessionOptions, world: World = new World(options.world)) {
    this.options = options
    this.world = world
    this.files = cellFiles(world.store.cells, PLAYER, () => world.nowMs)
    this.#forwards = new PortForwards(world, OFFICE_PC.ip)
    if (options.world.image === undefined) this.#moveIn()
    this.#enteredMs = world.nowMs
  }

  /** curl, dig and their like, as they see the network from the office PC. */
  readonly #networkTools = networkTools({
    ip: OFFICE_PC.ip,
    dial: (request) => this.#forwards.dial(request) ?? this.world.network.dial(OFFICE_PC, request),
    resolve: (name, type) => this.world.network.resolve(OFFICE_PC, name, type),
  })

  useCommands(commands: PromptCommands): void {
    this.#commands = commands
  }

  #moveIn(): void {
    const { namespace = 'default', user = { name: 'admin', groups: ['system:masters'] }, context = 'lab' } = this.options
    for (const path of ['/tmp', HOME]) this.files.mkdir(path)
    this.options.prepare?.(this)
    if (namespace !== 'default' && this.world.cluster.read.get('namespaces', undefined, namespace) === undefined) {
      this.world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
      this.world.advance(1_000)
    }
    const editor = this.options.world.preset === 'bare' ? 'cat' : 'vi'
    const { authority, pair } = this.#credentials(user)
    this.#keepShell(furnish({ files: this.files, namespace, user, authority, pair, context, editor, now: () => this.world.nowMs }))
  }

  /** What a person of this company has got from the cluster's administrators. */
  #credentials(user: Person): { authority: string; pair: ClientPair } {
    const { random, nowMs } = this.world
    return { authority: authorityCertificate(random), pair: clientPair(random, user, nowMs) }
  }

  /** The prompt's shell between commands. */
  get shell(): ShellState {
    return this.world.store.cells.get<ShellState>(PLAYER, 'shell')!
  }
  #keepShell(shell: ShellState): void {
    this.world.store.cells.put(PLAYER, 'shell', shell)
  }

  // ── the journal ──

  /** Milliseconds of virtual time since the player entered. */
  get elapsedMs(): number {
    return this.world.nowMs - this.#enteredMs
  }
  get enteredMs(): number {
    return this.#enteredMs
  }
  get commandCount(): number {
    return this.#commandCount
  }

  /** Journals an input that comes now: after all that the instant before it brought, as a replay will find it. */
  record(entry: JournalRecord extends infer R ? (R extends { at: number } ? Omit<R, 'at'> : never) : never): void {
    this.world.loop.settle()
    this.#records.push({ ...entry, at: this.elapsedMs } as JournalRecord)
  }

  /** Something breaks, by the hand of whoever drives the session. Gives what was hit; throws FaultError. */
  fault(fault: Fault): readonly string[] {
    this.world.loop.settle()
    const hit = applyFault(this.world, fault)
    this.record({ type: 'fault', kind: fault.kind, target: fault.target as unknown as Record<string, unknown> })
    return hit
  }

  get header(): JournalHeader {
    const { world, namespace, level, lang } = this.options
    return {
      type: 'header',
      format: JOURNAL_FORMAT,
      engine: ENGINE_VERSION,
      level: level?.name ?? '',
      levelHash: level?.hash ?? '',
      seed: world.seed ?? '0',
      ...(lang !== undefined && { lang }),
      preset: world.preset,
      ...(this.canEdit && { person: true as const }),
      ...(namespace !== undefined && { namespace }),
    }
  }

  get journal(): Journal {
    return { header: this.header, records: this.#records }
  }

  // ── files ──

  /** Absolute path of a file of the working directory. */
  path(relative: string): string {
    return normalisePath(relative, HOME)
  }
  /** Puts a file into the working directory; directories are made. */
  write(path: string, text: string): void {
    const full = this.path(path)
    let at = ''
    for (const part of full.split('/').slice(1, -1)) {
      at += `/${part}`
      if (this.files.stat(at) === undefined) this.files.mkdir(at)
    }
    this.files.write(full, text)
  }
  read(path: string): string {
    return this.files.read(this.path(path))
  }

  // ── commands ──

  /** The command line that is running, if one is. */
  get running(): boolean {
    return this.#prompt?.atWork === true
  }
  /** When the running command goes on by itself at the latest; undefined: only when something happens. */
  get dueMs(): number | undefined {
    return this.#lastPump?.kind === 'waiting' ? this.#lastPump.dueMs : undefined
  }
  /** The file an editor is wanted for. */
  get editing(): string | undefined {
    return this.#lastPump?.kind === 'edit' ? this.#lastPump.path : undefined
  }

  /** The running command reads its standard input. */
  get asking(): boolean {
    return this.#lastPump?.kind === 'waiting' && this.#lastPump.input === true
  }

  /** Begins a command line. Undo comes back to before it. */
  begin(text: string): void {
    assert(!this.running, 'a command is running already')
    this.#undo.push(this.world.checkpoint())
    if (this.#undo.length > MAX_UNDO) {
      this.#undo.shift()
      this.world.store.dropOldestMark()
    }
    this.record({ type: 'input', text })
    this.#commandCount++
    if (this.#prompt === undefined) this.#prompt = this.#promptRun(text)
    else this.#prompt.more(text)
    this.#runSinceMs = this.world.nowMs
    this.#pump()
  }

  #promptRun(text: string, shell = this.shell, files = this.files, owner = PLAYER): PromptRun {
    let runNumber = 0
    const client = (call: ExternalCall): KubectlHost =>
      createKubectlHost(this.world, call, `${this.#commandCount}/${runNumber++}`, this.canEdit, () => run.looking, this.#forwards)
    const run: PromptRun = new PromptRun(shell, text, {
      files,
      now: () => this.world.nowMs,
      random: (n) => this.world.random.unit('prompt', 'shell', n),
      spend: (steps) => this.spend(steps),
      charge: (effort) => this.world.loop.spend(effort),
      kubectl: (argv, call) => runKubectl(['kubectl', ...argv.slice(1)], client(call)),
      helm: (argv, call) => runHelm(argv, client(call)),
      command: (call) => this.#commands?.(call, this),
      tool: (name) => this.#networkTools.get(name) ?? (openssl.names.includes(name) ? openssl : undefined),
      forwards: this.#forwards,
      owner,
      canEdit: this.canEdit,
    })
    return run
  }

  /** Another person's command, at this very instant, from a shell of their own; what it would wait for it leaves. For timelines. */
  runAs(user: string, command: string): string {
    const files = cellFiles(this.world.store.cells, `colleague/${user}`, () => this.world.nowMs)
    const { authority, pair } = this.#credentials({ name: user, groups: ['system:masters'] })
    const run = this.#promptRun(command, furnishColleague(files, user, this.options.namespace ?? 'default', authority, pair), files, user)
    run.pump()
    const output = run
      .take()
      .map((c) => c.text)
      .join('')
    run.end()
    return output
  }

  /** A command at the prompt, run to its end, in a shell in which the player defined nothing that could answer for it; for checks, on a fork. */
  runAside(command: string): { exitCode: number; output: string } {
    const run = this.#promptRun(
      command,
      freshShell(this.files, 'true', () => this.world.nowMs),
      this.files,
      'aside',
    )
    const deadline = this.world.nowMs + 60_000
    let result = run.pump()
    while (result.kind !== 'done' && this.world.nowMs < deadline) {
      if (result.kind === 'edit') run.edited(false)
      else this.world.advance(Math.max(0, Math.min(result.dueMs ?? deadline, deadline) - this.world.nowMs), () => run.ready())
      result = run.pump()
    }
    return {
      exitCode: result.kind === 'done' ? result.exitCode : 124,
      output: run
        .take()
        .map((c) => c.text)
        .join(''),
    }
  }

  /** Counts shell steps towards the session's budget. Throws LimitReached. */
  spend(steps: number): void {
    this.world.spendTurn(steps)
    this.steps += steps
    if (this.steps > this.maxSteps) throw new LimitReached('shell steps')
  }

  #pump(): void {
    const prompt = this.#prompt!
    this.#lastPump = prompt.pump()
    this.#collect(prompt)
    if (this.#lastPump.kind === 'done') {
      this.#keepShell(prompt.shell)
      if (!prompt.lingers) this.#prompt = undefined
      this.exitCode = this.#lastPump.exitCode
    }
  }
  exitCode = 0

  #collect(run: PromptRun): void {
    for (const chunk of run.take()) {
      this.#printed += chunk.text.length
      this.#chunks.push(chunk)
      if (this.#printed > this.maxOutput) throw new LimitReached('output')
    }
  }

  /** What was printed since the last call. */
  take(): OutputChunk[] {
    return this.#chunks.splice(0)
  }

  /** The editor was closed: with a text, or without saving. */
  edited(text: string | null): void {
    const path = this.editing
    if (path === undefined || !this.running) return
    this.record({ type: 'edit', text })
    if (text !== null) this.files.write(path, text)
    this.#prompt!.edited(text !== null)
    this.#pump()
  }

  /** What the player typed for the running command, newline included; null is the end of input (Ctrl-D). */
  input(text: string | null): void {
    if (!this.running) return
    this.record({ type: 'stdin', text })
    this.#prompt!.feed(text)
    this.#pump()
  }

  /** Ctrl-C. */
  interrupt(): void {
    if (!this.running) return
    this.record({ type: 'interrupt' })
    this.#prompt!.interrupt()
    this.#pump()
  }

  /** Lets time pass; a running command, and jobs in the background, go on at the very instants at which what they wait for comes. */
  advance(ms: number, untilDone = false): void {
    const end = this.world.nowMs + ms
    for (;;) {
      if (untilDone && !this.running) return
      const prompt = this.#prompt
      const due = prompt !== undefined && this.#lastPump?.kind !== 'edit' ? this.#lastPump?.dueMs : undefined
      const plans = planned(this.boundaries)
      const boundaryMs = soonest(plans)
      const until = Math.min(end, due ?? end, boundaryMs ?? end)
      this.world.loop.runUntil(until, prompt === undefined ? undefined : () => prompt.ready())
      const now = this.world.nowMs
      if (prompt !== undefined && this.#lastPump?.kind !== 'edit' && (prompt.ready() || (due !== undefined && now >= due))) this.#pump()
      runDue(plans, now)
      if (now >= end && !this.#goesOn(now)) return
    }
  }

  /** The running command has more to do at this very instant: a journal's next record finds it where the player did. */
  #goesOn(now: number): boolean {
    const pump = this.#lastPump
    if (this.#prompt === undefined || pump === undefined || pump.kind === 'edit') return false
    const { loop } = this.world
    loop.settle()
    return (pump.dueMs !== undefined && pump.dueMs <= now) || this.#prompt.ready() || (loop.nextDueMs() ?? Number.POSITIVE_INFINITY) <= now
  }

  /** Runs a command line to its end, letting virtual time pass where it waits. */
  run(text: string): CommandResult {
    try {
      this.begin(text)
      while (this.running) {
        if (this.editing !== undefined) this.edited(null)
        else this.#passTime()
      }
      return { output: this.#text(), exitCode: this.exitCode }
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error
      this.#abandon()
      return { output: this.#text(), exitCode: 124, limit: error.limit }
    }
  }

  #text(): string {
    return this.take()
      .map((c) => c.text)
      .join('')
  }

  #passTime(): void {
    const due = this.#lastPump?.kind === 'waiting' ? this.#lastPump.dueMs : undefined
    const left = this.maxElapsedMs - this.elapsedMs
    if (left <= 0) throw new LimitReached('time')
    const end = Math.min(due ?? this.#runSinceMs + ENDLESS_MS, this.world.nowMs + left)
    if (due === undefined && this.world.nowMs >= end) throw new LimitReached('a command that does not end')
    this.advance(Math.max(end - this.world.nowMs, 0), true)
  }

  #abandon(): void {
    const prompt = this.#prompt
    if (prompt === undefined) return
    prompt.end()
    this.#keepShell(prompt.shell)
    this.#prompt = undefined
  }

  /** The world was taken back to where the player enters: nothing was typed yet. */
  reset(): void {
    this.#abandonQuietly()
    this.#undo.length = 0
    this.#records.length = 0
    this.#chunks = []
    this.steps = 0
    this.#printed = 0
    this.#commandCount = 0
    this.exitCode = 0
    this.world.steps = 0
  }

  /** Back to before the last command. False when there is nothing to undo. */
  undo(): boolean {
    const point = this.#undo.pop()
    if (point === undefined) return false
    this.record({ type: 'undo' })
    this.#abandonQuietly()
    this.world.rewind(point)
    return true
  }

  #abandonQuietly(): void {
    this.#prompt?.end()
    this.#prompt = undefined
    this.#lastPump = undefined
  }
}
