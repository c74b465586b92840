/**
 * `kubectl exec` and `kubectl attach`.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { ApiStream } from '../../../apiserver/contract.ts'
import type { ExecFrame, Steps } from '../../contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import { checkContainer, defaultContainer, firstPodOf } from '../../pods.ts'
import { fetchOne } from '../../resources/one.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'

export interface SessionOptions {
  readonly stdin: boolean
  readonly tty: boolean
  readonly timeoutMs?: number
}

/** The stream of `exec` or `attach`; a kubelet's refusal is no answer of the server. */
export function connected(
  context: VerbContext,
  pod: ApiObject,
  subresource: 'exec' | 'attach',
  options: Record<string, unknown>,
): ApiStream {
  const pods = context.kube.kinds.byStoreName('pods')!
  try {
    const { stream } = context.kube.call('create', pods, pod.metadata.namespace, pod.metadata.name, { subresource, query: { options } })
    if (stream === undefined) throw new CommandError('the server gave no stream')
    return stream
  } catch (error) {
    const message = error instanceof ApiError ? (error.status.message ?? '') : ''
    if (message.startsWith('unable to upgrade connection: ')) throw new CommandError(message)
    throw error
  }
}

/** A command that will hand its input on, and not from a terminal, takes all of it before it does anything else. */
export function takeInput(context: VerbContext): void {
  const { flags, host } = context
  if (flags.bool('stdin') && !(flags.bool('tty') && host.isTty)) host.stdin()
}

/** Joins the command's output with a stream until it ends; gives the exit code. */
export function* session(context: VerbContext, stream: ApiStream, options: SessionOptions): Steps<number> {
  if (options.stdin && !options.tty) {
    const text = context.host.stdin()
    if (text !== '') stream.send?.({ stdin: text })
    stream.send?.({ eof: true })
  }
  let exitCode = 0
  const print = (frames: readonly unknown[]): void => {
    for (const frame of frames as readonly ExecFrame[]) {
      if (typeof frame === 'string') context.out(frame)
      if (frame.stdout !== undefined) context.out(frame.stdout)
      if (frame.stderr !== undefined) (options.tty ? context.out : context.err)(frame.stderr)
      if (frame.error !== undefined) throw new CommandError(frame.error)
      if (frame.exitCode !== undefined) exitCode = frame.exitCode
    }
  }
  try {
    for (;;) {
      print(stream.take())
      if (stream.done) {
        print(stream.take())
        return exitCode
      }
      let held: readonly unknown[] = []
      const until = (): boolean => {
        if (held.length === 0) held = stream.take()
        return held.length > 0 || stream.done
      }
      if (options.stdin && options.tty) yield { attach: { stream, tty: true, until } }
      else yield { until }
      print(held)
    }
  } finally {
    stream.close()
  }
}

/** The pod of the first argument, waiting for one where a workload is named. */
export function* podArgument(context: VerbContext, args: readonly string[]): Steps<ApiObject> {
  const info = fetchOne(context, args, 'pods')
  if (info.kind.resource === 'pods') return info.object!
  const { pod } = yield* firstPodOf(context, info, context.flags.duration('pod-running-timeout'))
  return pod
}

/** `-c`, or the default. */
export function containerArgument(context: VerbContext, pod: ApiObject): string {
  const named = context.flags.text('container')
  if (named === '') return defaultContainer(context, pod, context.flags.bool('quiet'))
  checkContainer(pod, named)
  return named
}

function refuseEnded(pod: ApiObject, doing: string): void {
  const phase = pod.status?.phase as string | undefined
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new CommandError(`cannot ${doing} a container in a completed pod; current phase is ${phase}`)
}

function* runExec(context: VerbContext): Steps<number | undefined> {
  const { flags, args, dash } = context
  const filed = flags.list('filename').length > 0
  const before = dash >= 0 ? dash : args.length
  if (before === 0 && !filed) throw usageError(context.path, 'pod, type/name or --filename must be specified')
  const command = filed && dash < 0 ? args : args.slice(dash >= 0 ? dash : 1)
  if (dash < 0 && command.length > 0)
    throw new CommandError(
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
    )
  if (command.length === 0) throw usageError(context.path, 'you must specify at least one command for the container')
  takeInput(context)
  const pod = yield* podArgument(context, args.slice(0, before))
  refuseEnded(pod, 'exec into')
  const container = containerArgument(context, pod)
  const stdin = flags.bool('stdin')
  let tty = flags.bool('tty')
  if (tty && !stdin) {
    context.err('Unable to use a TTY - container did not allocate one\n')
    tty = false
  }
  if (tty && !context.host.isTty) {
    context.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
    tty = false
  }
  const options = { container, command: [...command], stdin, stdout: true, stderr: !tty, tty }
  const exitCode = yield* session(context, connected(context, pod, 'exec', options), { stdin, tty })
  if (exitCode !== 0) throw new CommandError(`command terminated with exit code ${exitCode}`, exitCode, true)
  return 0
}

export const execVerb: VerbDefinition = { path: 'kubectl exec', run: runExec }

/** Attaches to a running container; also what `run -it` does. */
export function* attachTo(context: VerbContext, pod: ApiObject, container: string, stdin: boolean, wantTty: boolean): Steps<number> {
  const { err, host, flags } = context
  const {
    containers,
    initContainers = [],
    ephemeralContainers = [],
  } = pod.spec as Record<string, readonly { name: string; tty?: boolean }[]>
  const declared = [...containers!, ...initContainers, ...ephemeralContainers].find((c) => c.name === container)
  const ephemeral = ephemeralContainers.some((c) => c.name === container)
  if (wantTty && declared?.tty !== true) err(`error: Unable to use a TTY - container ${container} did not allocate one\n`)
  const tty = declared?.tty === true && host.isTty
  if (!flags.bool('quiet')) err("If you don't see a command prompt, try pressing enter.\n")
  const options = { container, stdin, stdout: true, stderr: !tty, tty }
  const exitCode = yield* session(context, connected(context, pod, 'attach', options), { stdin, tty })
  if (flags.bool('quiet') || !stdin || !tty || pod.spec.restartPolicy !== 'Always') return exitCode
  const again = `'kubectl attach ${pod.metadata.name} -c ${container} -i -t'`
  context.out(
    ephemeral
      ? `Session ended, the ephemeral container will not be restarted but may be reattached using ${again} if it is still running\n`
      : `Session ended, resume using ${again} command when the pod is running\n`,
  )
  return exitCode
}

/** What a container said that ended before anybody could attach to it. */
export function printLog(context: VerbContext, pod: ApiObject, container: string): void {
  const pods = context.kube.kinds.byStoreName('pods')!
  const { body } = context.kube.call('get', pods, pod.metadata.namespace, pod.metadata.name, {
    subresource: 'log',
    query: { options: { container } },
  })
  context.out(typeof body === 'string' ? body : '')
}

function* runAttach(context: VerbContext): Steps<number | undefined> {
  if (context.args.length === 0 && context.flags.list('filename').length === 0)
    throw usageError(context.path, 'at least 1 argument is required for attach')
  if (context.args.length > 2)
    throw usageError(
      context.path,
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${context.args.length}: [${context.args.join(' ')}]`,
    )
  takeInput(context)
  const pod = yield* podArgument(context, context.args)
  refuseEnded(pod, 'attach')
  return yield* attachTo(context, pod, containerArgument(context, pod), context.flags.bool('stdin'), context.flags.bool('tty'))
}

export const attachVerb: VerbDefinition = { path: 'kubectl attach', run: runAttach }
