/**
 * One player's world: a cluster, a working directory, a prompt, and the journal of what was put in. The same journal played again gives
 * the same state, byte for byte.
 */
import { type Checkpoint, World, type WorldOptions } from '../cluster/world.ts'
import { runKubectl } from '../kubectl/run.ts'
import type { CommandOutcome, ExternalCall, OutputChunk, ShellState } from '../script/contract.ts'
import { startShell, step } from '../script/language/shell.ts'
import { type FileView, normalisePath } from '../script/files.ts'
import { LimitReached } from '../sim/loop.ts'
import { cellFiles } from '../storage/backings.ts'
import { createKubectlHost, API_SERVER } from './kubectl-host.ts'
import { PromptRun } from './prompt-run.ts'
import { certificateFor } from './users.ts'

export const HOME = '/tmp/lab'
const PLAYER = 'player'
/** What each command that is no builtin takes. */
const COMMAND_MS = 100
/** A command that waits without an end of its own is cut off after this much virtual time, in scripts. */
const ENDLESS_MS = 3_600_000
const MAX_UNDO = 200

export interface SessionOptions {
  readonly world: WorldOptions
  readonly namespace?: string
  readonly user?: { readonly name: string; readonly groups: readonly string[] }
  readonly context?: string
}

/** Commands that the rooms above add to the prompt: the game's verbs. */
export type PromptCommands = (call: ExternalCall, session: Session) => CommandOutcome | undefined

export interface CommandResult {
  readonly output: string
  readonly exitCode: number
  /** The budget that was hit, if one was. */
  readonly limit?: string
}

interface UndoPoint {
  readonly checkpoint: Checkpoint
}

export class Session {
  readonly world: World
  readonly files: FileView
  readonly options: SessionOptions
  #undo: UndoPoint[] = []
  #commands: PromptCommands | undefined
  #steps = 0
  maxSteps = 1_000_000
  maxOutput = 8_000_000
  #printed = 0
  /** An editor can be shown to the player. */
  canEdit = false

  constructor(options: SessionOptions, world: World = new World(options.world)) {
    this.options = options
    this.world = world
    this.files = cellFiles(world.store.cells, PLAYER, () => world.nowMs)
    if (world.store.cells.get(PLAYER, 'shell') === undefined) this.#moveIn()
  }

  useCommands(commands: PromptCommands): void {
    this.#commands = commands
  }

  #moveIn(): void {
    const { namespace = 'default', user = { name: 'admin', groups: ['system:masters'] }, context = 'lab' } = this.options
    for (const path of ['/tmp', HOME]) this.files.mkdir(path)
    if (namespace !== 'default' && this.world.cluster.read.get('namespaces', undefined, namespace) === undefined) {
      this.world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
      this.world.advance(1_000)
    }
    this.files.write(`${HOME}/.kubeconfig`, kubeconfig(context, namespace, user))
    const env = { HOME, PATH: '/usr/local/bin:/usr/bin:/bin', USER: 'student', SHELL: '/bin/bash', KUBECONFIG: `${HOME}/.kubeconfig`, EDITOR: 'vi', TERM: 'xterm-256color', LANG: 'en_US.UTF-8', HOSTNAME: 'office-pc' }
    const shell = startShell('', { env: { ...env, ...(this.options.world.preset === 'bare' && { EDITOR: 'cat' }) }, cwd: HOME, shellName: 'bash', interactive: true, commandDelayMs: COMMAND_MS, pid: 1000, user: 'student' })
    this.#keepShell(step(shell, { files: this.files, now: () => this.world.nowMs, random: () => 0, external: () => undefined }, { steps: 1000 }).state)
  }

  get shell(): ShellState {
    return this.world.store.cells.get<ShellState>(PLAYER, 'shell')!
  }
  #keepShell(shell: ShellState): void {
    this.world.store.cells.put(PLAYER, 'shell', shell)
  }

  // ── files ──

  /** Absolute path of a file of the working directory. */
  path(relative: string): string {
    return normalisePath(relative, HOME)
  }
  write(path: string, text: string): void {
    const full = this.path(path)
    const parts = full.split('/').slice(1, -1)
    let at = ''
    for (const part of parts) {
      at += `/${part}`
      if (this.files.stat(at) === undefined) this.files.mkdir(at)
    }
    this.files.write(full, text)
  }
  read(path: string): string {
    return this.files.read(this.path(path))
  }

  // ── commands ──

  /** Begins a command line; the caller pumps it and lets time pass. Undo comes back to before it. */
  begin(text: string): PromptRun {
    this.#undo.push({ checkpoint: this.world.checkpoint() })
    if (this.#undo.length > MAX_UNDO) {
      this.#undo.shift()
      this.world.store.dropOldestMark()
    }
    let runNumber = 0
    return new PromptRun(this.shell, text, {
      files: this.files,
      now: () => this.world.nowMs,
      random: (n) => this.world.random.unit('prompt', 'shell', n),
      spend: (steps) => this.#spend(steps),
      kubectl: (argv, call) => runKubectl(['kubectl', ...argv.slice(1)], createKubectlHost(this.world, call, runNumber++, this.canEdit)),
      command: (call) => this.#commands?.(call, this),
      canEdit: this.canEdit,
    })
  }

  #spend(steps: number): void {
    this.#steps += steps
    if (this.#steps > this.maxSteps) throw new LimitReached('shell steps')
  }

  /** The command line is over: its shell is the session's from now on. */
  finish(run: PromptRun): void {
    this.#keepShell(run.shell)
  }

  /** Runs a command line to its end, as fast as the machine can, letting virtual time pass where it waits. */
  run(text: string): CommandResult {
    const run = this.begin(text)
    const chunks: OutputChunk[] = []
    const startMs = this.world.nowMs
    try {
      for (;;) {
        const result = run.pump()
        chunks.push(...run.take())
        this.#count(chunks)
        if (result.kind === 'done') {
          this.finish(run)
          return { output: text_(chunks), exitCode: result.exitCode }
        }
        if (result.kind === 'edit') run.edited(false)
        else this.#passTime(run, result.dueMs, startMs)
      }
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error
      run.interrupt()
      this.finish(run)
      return { output: text_(chunks), exitCode: 124, limit: error.limit }
    }
  }

  #count(chunks: readonly OutputChunk[]): void {
    const length = chunks.reduce((n, c) => n + c.text.length, 0)
    if (this.#printed + length > this.maxOutput) throw new LimitReached('output')
  }

  #passTime(run: PromptRun, dueMs: number | undefined, startMs: number): void {
    const end = dueMs ?? startMs + ENDLESS_MS
    if (this.world.nowMs >= end) {
      if (dueMs === undefined) throw new LimitReached('a command that does not end')
      return
    }
    this.world.advance(end - this.world.nowMs, () => run.ready())
    if (dueMs === undefined && this.world.nowMs >= end && !run.ready()) throw new LimitReached('a command that does not end')
  }

  /** Lets virtual time pass. */
  wait(seconds: number): void {
    this.world.advance(Math.round(seconds * 1000))
  }

  /** Back to before the last command. False when there is nothing to undo. */
  undo(): boolean {
    const point = this.#undo.pop()
    if (point === undefined) return false
    this.world.rewind(point.checkpoint)
    return true
  }
}

const text_ = (chunks: readonly OutputChunk[]): string => chunks.map((c) => c.text).join('')

function kubeconfig(context: string, namespace: string, user: { name: string; groups: readonly string[] }): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${encode(certificateFor('kubernetes-ca', []))}
    server: ${API_SERVER}
  name: ${context}
contexts:
- context:
    cluster: ${context}
    namespace: ${namespace}
    user: ${user.name}
  name: ${context}
current-context: ${context}
kind: Config
preferences: {}
users:
- name: ${user.name}
  user:
    client-certificate-data: ${encode(certificateFor(user.name, user.groups))}
    client-key-data: ${encode(`-----BEGIN PRIVATE KEY-----\n${encode(user.name)}\n-----END PRIVATE KEY-----\n`)}
`
}
