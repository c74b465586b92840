/**
 * The main process of a container that is no program of its own: a small tool (`sleep 3600`, `tail -f /dev/null`), a client command, or
 * an image's entrypoint script that hands over to what its arguments name. Tools run in the script room's shell language.
 */

import type { CommandOutcome, ExternalCall, ShellHost, ShellState } from '../../script/contract.ts'
import { deliverSignal, startShell, step } from '../../script/language/shell.ts'
import { findTool } from '../../script/tools/index.ts'
import type { Catalog, Image, ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { withArgv } from '../text/context.ts'

/** What a runner must know of its image. */
export interface RunnerWorld {
  readonly catalog: Catalog
  readonly image: Image
  /** See `ImageRecord.scriptRuns`. */
  readonly scriptRuns?: string
  readonly scriptTakes?: string
}

type State =
  | { readonly kind: 'program'; readonly program: string; readonly argv: readonly string[]; readonly inner: unknown }
  | { readonly kind: 'shell'; readonly shell: ShellState }
  | { readonly kind: 'ended' }

const STEPS = 20_000
const BUSY_MS = 1_000
const SHELLS = new Set(['sh', 'bash', 'ash', 'dash'])
export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Whether that is how the image's entrypoint is called: its first word, or its script by name. */
export const isEntrypoint = (image: Image, executable: string): boolean =>
  executable === image.entrypoint[0] ||
  (executable.endsWith('.sh') && image.entrypoint.some((word) => basename(word) === basename(executable)))

/** Whether a tool of the base system, the network or the programs' own clients bears this name. */
function hasCommand(world: RunnerWorld, executable: string): boolean {
  const name = basename(executable)
  const { catalog, image } = world
  if (catalog.command(image, name) || catalog.tool(image, name)) return true
  return image.base !== 'scratch' && findTool(name) !== undefined
}

/** The program of that name for one image; `name` must lead the catalog back to it. */
export function runner(name: string, world: RunnerWorld): Program<State> {
  return {
    name,
    executables: [],
    start: (ctx) => start(world, ctx),
    on(state, event, ctx) {
      if (state.kind === 'ended') return state
      if (state.kind === 'program') {
        const program = world.catalog.programNamed(state.program)
        const inner = program.on(state.inner, event, withArgv(ctx, state.argv))
        return inner === state.inner ? state : { ...state, inner }
      }
      return shellEvent(world, state.shell, event, ctx)
    },
  }
}

function start(world: RunnerWorld, ctx: ProcessContext): State {
  const script = world.scriptRuns !== undefined && isEntrypoint(world.image, ctx.argv[0] ?? '')
  // Called whole, or by a wrapper (`sh -c "…; exec docker-entrypoint.sh …"`) without the init before it.
  const rest = script ? ctx.argv.slice(ctx.argv[0] === world.image.entrypoint[0] ? world.image.entrypoint.length : 1) : ctx.argv
  const given = rest[0]
  const isOption = given === undefined || given.startsWith('-') || (world.scriptTakes !== undefined && given.endsWith(world.scriptTakes))
  const argv = script && isOption ? [world.scriptRuns!, ...rest] : rest
  const executable = argv[0] ?? ''
  const program = world.catalog.program(world.image, executable)
  if (script && program !== undefined && !program.name.startsWith('run:')) {
    return { kind: 'program', program: program.name, argv, inner: program.start(withArgv(ctx, argv)) }
  }
  const env = ctx.env
  if (world.image.base !== 'scratch' && SHELLS.has(basename(executable))) {
    const at = argv.indexOf('-c')
    const [source, ...args] = at < 0 ? [argv[1] === undefined ? '' : `. ${argv[1]}`] : argv.slice(at + 1)
    return advance(world, startShell(source ?? '', { argv: args.length > 0 ? args : [executable], env, pid: 1 }), ctx)
  }
  if (!hasCommand(world, executable)) {
    ctx.log(`${basename(ctx.argv[0] ?? '')}: exec: ${executable}: not found`, 'stderr')
    ctx.exit(127)
    return { kind: 'ended' }
  }
  return advance(world, startShell('"$@"', { argv: ['sh', basename(executable), ...argv.slice(1)], env, pid: 1 }), ctx)
}

function hostOf(world: RunnerWorld, ctx: ProcessContext): ShellHost {
  const { catalog, image } = world
  return {
    files: ctx.files,
    now: () => ctx.nowMs,
    random: (n) => ctx.random('shell', n),
    tool: (name) => catalog.tool(image, name, ctx) ?? (image.base === 'scratch' ? undefined : findTool(name)),
    external: (call: ExternalCall): CommandOutcome | undefined =>
      catalog.command(image, call.name)?.run({ argv: call.argv, stdin: () => call.stdin(), ctx: withArgv(ctx, call.argv, call.env) }),
  }
}

function advance(world: RunnerWorld, shell: ShellState, ctx: ProcessContext): State {
  const result = step(shell, hostOf(world, ctx), { steps: STEPS, output: 1_000_000 })
  for (const chunk of result.output) ctx.log(chunk.text, chunk.fd === 1 ? 'stdout' : 'stderr')
  const { status } = result
  if (status.kind === 'done') {
    ctx.exit(status.exitCode)
    return { kind: 'ended' }
  }
  const sleeps = status.kind === 'wait' ? status.requests.flatMap((r) => (r.kind === 'sleep' ? [r.untilMs] : [])) : [ctx.nowMs + BUSY_MS]
  if (sleeps.length > 0) ctx.timer('wake', Math.max(0, Math.min(...sleeps) - ctx.nowMs))
  return { kind: 'shell', shell: result.state }
}

function shellEvent(world: RunnerWorld, shell: ShellState, event: ProcessEvent, ctx: ProcessContext): State {
  if (event.type === 'timer') return advance(world, shell, ctx)
  if (event.type === 'signal') {
    const delivered = deliverSignal(shell, event.signal)
    // Process 1 without a handler is immune to all but KILL.
    return delivered.effect === 'trap' ? advance(world, delivered.state, ctx) : { kind: 'shell', shell }
  }
  if (event.type === 'request') ctx.reset()
  return { kind: 'shell', shell }
}
