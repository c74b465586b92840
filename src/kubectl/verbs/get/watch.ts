/**
 * `get -w`: the list first, then each change as a row or an object.
 */

import { ApiError, type Status } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { ApiStream, Table, WatchFrame } from '../../../apiserver/contract.ts'
import type { Steps } from '../../contract.ts'
import { CommandError } from '../../errors.ts'
import type { ObjectPrinter } from '../../printers/objects.ts'
import { headerCells, rowCells } from '../../printers/table.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { build, type Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'
import { pullFrames } from '../../watching.ts'
import { tableOptions } from './index.ts'

interface Watched {
  readonly kind: Info['kind']
  readonly namespace: string | undefined
  readonly resourceVersion: string
  readonly fieldSelector: string
}

function watched(context: VerbContext, infos: readonly Info[]): Watched {
  const kinds = new Set(infos.map((info) => info.kind))
  if (kinds.size !== 1 || infos.length !== 1) throw new CommandError('you may only specify a single resource type')
  const info = infos[0]!
  const version = info.table?.metadata.resourceVersion ?? info.table?.rows[0]?.object.metadata.resourceVersion ?? '0'
  const named = info.name === '' ? context.flags.text('field-selector') : `metadata.name=${info.name}`
  return { kind: info.kind, namespace: info.namespace, resourceVersion: version, fieldSelector: named }
}

/** Prints until the stream ends or the command is interrupted. */
export function* watchThings(context: VerbContext, printer: ObjectPrinter | undefined): Steps<number> {
  const built = build(context, { args: context.args, fetch: 'table', latest: true, typesAlone: true })
  if (built.failures.length > 0) throw built.failures[0]
  const about = watched(context, built.infos)
  const show = context.flags.bool('output-watch-events')
  const options = { ...tableOptions(context, false), withNamespace: context.flags.bool('all-namespaces') && about.kind.namespaced }
  const writer = new TabWriter()
  let headed = !options.headers
  let { columnDefinitions } = built.infos[0]?.table ?? { columnDefinitions: [] }
  const print = (type: string, sent: Table): void => {
    if (sent.rows.length === 0) return
    // The server names the columns once a watch.
    if (sent.columnDefinitions.length > 0) columnDefinitions = sent.columnDefinitions
    const table = { ...sent, columnDefinitions }
    if (!headed) writer.line(headerCells(table, options, show))
    headed = true
    for (const row of table.rows) writer.line([...(show ? [type] : []), ...rowCells(table, row, about.kind, options)])
    context.out(writer.flush())
  }
  const printOne = (type: string, object: ApiObject): void => {
    context.out(printer!(show ? ({ type, object } as unknown as ApiObject) : object))
  }
  if (!context.flags.bool('watch-only')) {
    if (printer === undefined) print('ADDED', built.infos[0]!.table!)
    else for (const object of initialObjects(context, about)) printOne('ADDED', object)
  }
  const query = {
    resourceVersion: about.resourceVersion,
    ...(about.fieldSelector === '' ? {} : { fieldSelector: about.fieldSelector }),
    ...(context.flags.text('selector') === '' ? {} : { labelSelector: context.flags.text('selector') }),
  }
  const { timeoutMs } = context.kube.target
  const endMs = timeoutMs === undefined ? undefined : context.host.now() + timeoutMs
  const stream: ApiStream = context.kube.watch(about.kind, about.namespace, query, printer === undefined)
  try {
    for (;;) {
      const frames = (yield* pullFrames(
        stream,
        endMs === undefined ? undefined : Math.max(0, endMs - context.host.now()),
      )) as readonly WatchFrame[]
      if (frames.length === 0) return 0
      for (const frame of frames) {
        if (frame.type === 'BOOKMARK') continue
        if (frame.type === 'ERROR') throw new ApiError(frame.object as Status)
        if (printer === undefined) print(frame.type, frame.object as Table)
        else printOne(frame.type, frame.object as ApiObject)
      }
    }
  } finally {
    stream.close()
  }
}

function initialObjects(context: VerbContext, about: Watched): readonly ApiObject[] {
  const selector = context.flags.text('selector')
  return context.kube.list(about.kind, about.namespace, {
    ...(about.fieldSelector === '' ? {} : { fieldSelector: about.fieldSelector }),
    ...(selector === '' ? {} : { labelSelector: selector }),
  }).items
}
