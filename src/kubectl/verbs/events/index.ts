/**
 * `kubectl events`.
 */
import { humanDuration } from '../../../api/ages.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { parseTime } from '../../../api/rfc3339.ts'
import type { WatchFrame } from '../../../apiserver/contract.ts'
import type { Steps } from '../../contract.ts'
import { CommandError } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { kindNamed } from '../../resources/mapper.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { pullFrames } from '../../watching.ts'

const timeOf = (event: ApiObject): number =>
  parseTime(String(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '')) ?? 0
const firstOf = (event: ApiObject): number =>
  parseTime(String(event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '')) ?? 0
const countOf = (event: ApiObject): number => (event.series?.count as number | undefined) ?? (event.count as number | undefined) ?? 0

/** `5s`, or `5s (x3 over 26s)`. */
function interval(event: ApiObject, nowMs: number): string {
  const last = humanDuration(nowMs - timeOf(event))
  const count = countOf(event)
  return count > 1 ? `${last} (x${count} over ${humanDuration(nowMs - firstOf(event))})` : last
}

function cells(event: ApiObject, nowMs: number, everywhere: boolean): string[] {
  const about = event.involvedObject as { kind: string; name: string }
  const row = [
    interval(event, nowMs),
    event.type as string,
    event.reason as string,
    `${about.kind}/${about.name}`,
    String(event.message ?? '').trim(),
  ]
  return everywhere ? [event.metadata.namespace ?? '', ...row] : row
}

interface About {
  readonly kind: string
  readonly name: string
}

function aboutOf(context: VerbContext): About | undefined {
  const text = context.flags.text('for')
  if (text === '') return undefined
  const parts = text.split('/')
  if (parts.length !== 2 || parts.includes('')) throw new CommandError('--for must be in resource/name form')
  const kind = kindNamed(context.kube.kinds, parts[0]!)
  return { kind: kind.kind, name: parts[1]! }
}

function typesOf(context: VerbContext): readonly string[] {
  const types = context.flags.list('types')
  for (const type of types)
    if (type.toLowerCase() !== 'normal' && type.toLowerCase() !== 'warning') throw new CommandError('valid --types are Normal or Warning')
  return types.map((type) => type.toLowerCase())
}

function* run(context: VerbContext): Steps<number | undefined> {
  const { flags } = context
  const types = typesOf(context)
  const about = aboutOf(context)
  const everywhere = flags.bool('all-namespaces')
  const kind = context.kube.kinds.byStoreName('events')!
  const namespace = everywhere ? undefined : context.kube.namespace
  const fieldSelector = about === undefined ? undefined : `involvedObject.kind=${about.kind},involvedObject.name=${about.name}`
  const query = fieldSelector === undefined ? {} : { fieldSelector }
  const fits = (event: ApiObject): boolean => types.length === 0 || types.includes(String(event.type).toLowerCase())
  const list = context.kube.list(kind, namespace, query)
  const events = [...list.items].filter(fits).sort((a, b) => timeOf(a) - timeOf(b))
  const printer = objectPrinter(context, objectFormats)
  const writer = new TabWriter()
  const watching = flags.bool('watch')
  if (events.length === 0 && !watching) {
    context.out(everywhere ? 'No events found.\n' : `No events found in ${context.kube.namespace} namespace.\n`)
    return 0
  }
  if (printer !== undefined)
    context.out(printer({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: events } as unknown as ApiObject))
  else {
    if (!flags.bool('no-headers')) writer.line([...(everywhere ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'])
    for (const event of events) writer.line(cells(event, context.host.now(), everywhere))
    context.out(writer.flush())
  }
  if (!watching) return 0
  const stream = context.kube.watch(kind, namespace, { ...query, resourceVersion: list.metadata.resourceVersion ?? '0' })
  try {
    for (;;) {
      const frames = (yield* pullFrames(stream)) as readonly WatchFrame[]
      if (frames.length === 0) return 0
      for (const frame of frames) {
        if (frame.type !== 'ADDED' && frame.type !== 'MODIFIED') continue
        const event = frame.object as ApiObject
        if (!fits(event)) continue
        if (printer !== undefined) context.out(printer(event))
        else {
          writer.line(cells(event, context.host.now(), everywhere))
          context.out(writer.flush())
        }
      }
    }
  } finally {
    stream.close()
  }
}

export const eventsVerb: VerbDefinition = { path: 'kubectl events', run }
