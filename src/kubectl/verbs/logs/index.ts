/**
 * `kubectl logs`.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { parseTime } from '../../../api/rfc3339.ts'
import type { ApiStream } from '../../../apiserver/contract.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, messageOf, usageError } from '../../errors.ts'
import { checkContainer, containersOf, defaultContainer, firstPodOf, podsOf } from '../../pods.ts'
import { fetchOne } from '../../resources/one.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'

interface Source {
  readonly pod: ApiObject
  readonly container: string
}

const usage = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command"

function checkArguments(context: VerbContext): void {
  const { flags, args } = context
  const selector = flags.text('selector')
  if (args.length === 0 && selector === '') throw usageError(context.path, usage)
  if (args.length > 2) throw usageError(context.path, usage)
  if (selector !== '' && args.length > 0) throw usageError(context.path, 'only a selector (-l) or a POD name is allowed')
  if (args.length === 2 && flags.text('container') !== '') throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed')
  if (flags.bool('all-containers') && flags.text('container') !== '')
    throw new CommandError('--all-containers=true should not be specified with container name')
  if (flags.changed('since') && flags.text('since-time') !== '')
    throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified')
  if (flags.changed('since') && flags.duration('since') <= 0) throw new CommandError('--since must be greater than 0')
  if (flags.int('tail') < -1) throw new CommandError(`--tail must be greater than or equal to -1`)
  if (flags.changed('limit-bytes') && flags.int('limit-bytes') <= 0) throw new CommandError('--limit-bytes must be greater than 0')
}

/** The pods that are meant, in order. */
function* podsMeant(context: VerbContext): Steps<readonly ApiObject[]> {
  const selector = context.flags.text('selector')
  const pods = context.kube.kinds.byStoreName('pods')!
  if (selector !== '') return context.kube.list(pods, context.kube.namespace, { labelSelector: selector }).items
  let info: ReturnType<typeof fetchOne>
  try {
    info = fetchOne(context, [context.args[0]!], 'pods')
  } catch (error) {
    if (!(error instanceof ApiError) || error.status.reason !== 'NotFound') throw error
    throw new CommandError(`error from server (NotFound): ${messageOf(error)} in namespace ${JSON.stringify(context.kube.namespace)}`)
  }
  if (info.kind.resource === 'pods') return [info.object!]
  podsOf(context, info, 'get the logs from')
  if (context.flags.bool('all-pods')) {
    yield* firstPodOf(context, info, context.flags.duration('pod-running-timeout'))
    return podsOf(context, info)
  }
  const { pod, count } = yield* firstPodOf(context, info, context.flags.duration('pod-running-timeout'))
  if (count > 1) context.err(`Found ${count} pods, using pod/${pod.metadata.name}\n`)
  return [pod]
}

function sourcesOf(context: VerbContext, pod: ApiObject): Source[] {
  const named = context.flags.text('container') || (context.args[1] ?? '')
  const { main, init, ephemeral } = containersOf(pod)
  if (context.flags.bool('all-containers')) return [...init, ...main, ...ephemeral].map((c) => ({ pod, container: c.name }))
  if (named === '') return [{ pod, container: defaultContainer(context, pod) }]
  checkContainer(pod, named)
  return [{ pod, container: named }]
}

function logOptions(context: VerbContext, source: Source): Record<string, unknown> {
  const { flags } = context
  const tail = flags.changed('tail') ? flags.int('tail') : flags.text('selector') !== '' && !flags.bool('follow') ? 10 : -1
  const since = flags.text('since-time')
  if (since !== '' && parseTime(since) === undefined)
    throw new CommandError(
      `parsing time ${JSON.stringify(since)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(since)} as "2006"`,
    )
  return {
    container: source.container,
    ...(flags.bool('follow') ? { follow: true } : {}),
    ...(flags.bool('previous') ? { previous: true } : {}),
    ...(flags.bool('timestamps') ? { timestamps: true } : {}),
    ...(tail >= 0 ? { tailLines: tail } : {}),
    ...(flags.changed('since') ? { sinceSeconds: Math.ceil(flags.duration('since') / 1000) } : {}),
    ...(since === '' ? {} : { sinceTime: since }),
    ...(flags.changed('limit-bytes') ? { limitBytes: flags.int('limit-bytes') } : {}),
  }
}

/** Puts `[pod/web/c] ` before each line; a line may come in several pieces. */
class Prefixer {
  #atStart = true

  constructor(private readonly prefix: string) {}

  text(text: string): string {
    if (this.prefix === '' || text === '') return text
    const lines = text.split('\n')
    let out = ''
    lines.forEach((line, i) => {
      const last = i === lines.length - 1
      if (last && line === '') return
      out += `${this.#atStart ? this.prefix : ''}${line}${last ? '' : '\n'}`
      this.#atStart = !last
    })
    return out
  }
}

const textOf = (frame: unknown): string =>
  typeof frame === 'string' ? frame : ((frame as { stdout?: string; text?: string }).stdout ?? (frame as { text?: string }).text ?? '')

function open(context: VerbContext, source: Source): string | ApiStream {
  const pods = context.kube.kinds.byStoreName('pods')!
  const answer = context.kube.call('get', pods, source.pod.metadata.namespace, source.pod.metadata.name, {
    subresource: 'log',
    query: { options: logOptions(context, source) },
  })
  if (answer.stream !== undefined) return answer.stream
  return typeof answer.body === 'string' ? answer.body : textOf(answer.body ?? '')
}

/** Prints all streams as their text comes, until the last has ended. */
function* follow(context: VerbContext, streams: readonly { stream: ApiStream; prefixer: Prefixer }[]): Steps {
  try {
    for (;;) {
      for (const { stream, prefixer } of streams) for (const frame of stream.take()) context.out(prefixer.text(textOf(frame)))
      const open = streams.filter(({ stream }) => !stream.done)
      if (open.length === 0) return
      const held: { prefixer: Prefixer; frames: readonly unknown[] }[] = []
      yield {
        until: () => {
          for (const { stream, prefixer } of streams) {
            const frames = stream.take()
            if (frames.length > 0) held.push({ prefixer, frames })
          }
          return held.length > 0 || streams.some(({ stream }) => stream.done && open.some((o) => o.stream === stream))
        },
      }
      for (const { prefixer, frames } of held) for (const frame of frames) context.out(prefixer.text(textOf(frame)))
    }
  } finally {
    for (const { stream } of streams) stream.close()
  }
}

function* run(context: VerbContext): Steps<number | undefined> {
  checkArguments(context)
  const pods = yield* podsMeant(context)
  if (pods.length === 0) {
    context.err(`No resources found in ${context.kube.namespace} namespace.\n`)
    return 0
  }
  const sources = pods.flatMap((pod) => sourcesOf(context, pod))
  const max = context.flags.int('max-log-requests')
  if (context.flags.bool('follow') && sources.length > max) {
    throw new CommandError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${max}, use --max-log-requests to increase the limit`,
    )
  }
  const streams: { stream: ApiStream; prefixer: Prefixer }[] = []
  for (const source of sources) {
    const prefixer = new Prefixer(context.flags.bool('prefix') ? `[pod/${source.pod.metadata.name}/${source.container}] ` : '')
    let opened: string | ApiStream
    try {
      opened = open(context, source)
    } catch (error) {
      if (!(error instanceof ApiError) || !context.flags.bool('ignore-errors')) throw error
      context.out(`error: ${messageOf(error)}\n`)
      continue
    }
    if (typeof opened === 'string') context.out(prefixer.text(opened))
    else streams.push({ stream: opened, prefixer })
  }
  if (streams.length > 0) yield* follow(context, streams)
  return 0
}

export const logsVerb: VerbDefinition = { path: 'kubectl logs', run }
