/**
 * agnhost, the image of Kubernetes' own tests: one executable with a subcommand for each thing a pod may be asked to do
 * (kubernetes/test/images/agnhost). Subcommands that are not simulated say so and end.
 */
import type { ContainerCommand, ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { subcommands } from './commands.ts'
import { type Call, Flags, readFlags, type Subcommand } from './contract.ts'

interface State {
  readonly name: string
  readonly flags: Readonly<Record<string, string>>
  readonly args: readonly string[]
  /** The subcommand's own. */
  readonly own: unknown
}

const DEFAULT = 'pause'
const MEMORY_BYTES = 8_000_000

type Read = { readonly command: Subcommand; readonly flags: Record<string, string>; readonly args: readonly string[] }

/** What the words after `agnhost` ask for; a text says what is wrong. */
function read(argv: readonly string[]): Read | string {
  const [name = DEFAULT, ...words] = argv.slice(1)
  const command = subcommands.get(name)
  if (command === undefined) return `agnhost: the subcommand ${name} is not simulated by clusterlab`
  const given = name === 'entrypoint-tester' ? { values: {}, args: words } : readFlags(command, words)
  if (typeof given === 'string') return `Error: ${given}\nUsage:\n  agnhost ${name} [flags]\n`
  return { command, flags: given.values, args: given.args }
}

const callOf = (state: State, ctx: ProcessContext): Call => ({
  ctx,
  argv: ctx.argv,
  flags: new Flags(state.flags),
  args: state.args,
})

export const agnhost: Program<State> = {
  name: 'agnhost',
  executables: ['agnhost'],
  start(ctx) {
    ctx.memory(MEMORY_BYTES)
    const asked = read(ctx.argv)
    if (typeof asked === 'string') {
      ctx.log(asked, 'stderr')
      ctx.exit(1)
      return { name: '', flags: {}, args: [], own: null }
    }
    const { command, flags, args } = asked
    const state: State = { name: command.name, flags, args, own: null }
    const call = callOf(state, ctx)
    if (command.once === undefined) return { ...state, own: command.start?.(call) ?? null }
    const { exitCode, stdout, stderr } = command.once(call)
    if (stdout) ctx.log(stdout.trimEnd())
    if (stderr) ctx.log(stderr.trimEnd(), 'stderr')
    ctx.exit(exitCode)
    return state
  },
  on(state, event, ctx) {
    const command = subcommands.get(state.name)
    if (command === undefined) return state
    const call = callOf(state, ctx)
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) {
      if (command.stopped === undefined) ctx.exit(command.name === DEFAULT ? 0 : 128 + (event.signal === 'TERM' ? 15 : 2))
      else command.stopped(state.own, call)
    }
    if (event.type === 'timer' && command.woken !== undefined) return { ...state, own: command.woken(state.own, event.id, call) ?? null }
    if (event.type !== 'request') return state
    if (command.asked === undefined || event.protocol === 'tcp') {
      ctx.reply(null)
      return state
    }
    return { ...state, own: command.asked(state.own, event, call) ?? null }
  },
  commands: [beside()],
}

/** Run by `kubectl exec`: what ends by itself. A server would have to go on, beside the one that runs. */
function beside(): ContainerCommand {
  return {
    executables: ['agnhost'],
    run({ ctx, argv }) {
      const asked = read(argv)
      if (typeof asked === 'string') return { exitCode: 1, stderr: `${asked.trimEnd()}\n` }
      if (asked.command.once === undefined)
        return { exitCode: 1, stderr: `agnhost: ${asked.command.name} is not simulated as a second process of a container\n` }
      return asked.command.once({ ctx, argv, flags: new Flags(asked.flags), args: asked.args })
    },
  }
}

export const agnhostImage: ImageRecord = {
  repositories: ['registry.k8s.io/e2e-test-images/agnhost', 'k8s.gcr.io/e2e-test-images/agnhost'],
  version: (tag) => (/^2\.\d+(\.\d+)?$/.test(tag) ? tag : undefined),
  image: () => ({
    entrypoint: ['/agnhost'],
    cmd: [DEFAULT],
    env: {},
    sizeBytes: 53 * MB,
    base: 'busybox',
    executables: ['agnhost', 'curl', 'dig', 'getent'],
  }),
}
