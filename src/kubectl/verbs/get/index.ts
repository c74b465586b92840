/**
 * `kubectl get`: tables, objects in every format, sorting, watching.
 */
import { ageSince } from '../../../api/ages.ts'
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Table } from '../../../apiserver/contract.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import { getFormats, type ObjectPrinter, objectPrinter } from '../../printers/objects.ts'
import { type TableOptions, writeTable } from '../../printers/table.ts'
import { TabWriter } from '../../printers/tabwriter.ts'
import { type Built, build, type Info, throwFailures } from '../../resources/builder.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { askRaw } from '../raw.ts'
import { noSuchField, sortObjects, sortTable } from './sort.ts'
import { watchThings } from './watch.ts'

/** What a table of this run shows. */
export function tableOptions(context: VerbContext, severalKinds: boolean): TableOptions {
  const { flags } = context
  return {
    wide: flags.text('output') === 'wide',
    headers: !flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces'),
    withKind: flags.bool('show-kind') || severalKinds,
    showLabels: flags.bool('show-labels'),
    labelColumns: flags.list('label-columns'),
  }
}

const severalKinds = (infos: readonly Info[]): boolean => new Set(infos.map((info) => `${info.kind.group}/${info.kind.resource}`)).size > 1

function checkArguments(context: VerbContext): void {
  const { flags } = context
  const filed = flags.list('filename').length > 0 || flags.text('kustomize') !== ''
  if (context.args.length === 0 && !filed && flags.text('raw') === '') {
    context.err('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n')
    throw usageErrorForGet(context)
  }
  if (flags.bool('show-labels') && !['', 'wide'].includes(flags.text('output'))) {
    throw new CommandError(`--show-labels option cannot be used with ${flags.text('output')} printer`)
  }
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
    throw usageError(context.path, '--output-watch-events option can only be used with --watch or --watch-only')
  }
}

const usageErrorForGet = (context: VerbContext): CommandError =>
  usageError(
    context.path,
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  )

function withoutMissing(context: VerbContext, failures: readonly unknown[]): readonly unknown[] {
  if (!context.flags.bool('ignore-not-found')) return failures
  return failures.filter((e) => !(e instanceof ApiError && e.status.reason === 'NotFound'))
}

/** Several objects as the List that generic printers are given. */
const asList = (items: readonly ApiObject[]): ApiObject =>
  ({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }) as unknown as ApiObject

function printObjects(context: VerbContext, built: Built, printer: ObjectPrinter): void {
  const failures = withoutMissing(context, built.failures)
  const infos = built.infos
  if (infos.length === 0 && built.single) {
    throwFailures(failures)
    return
  }
  const sortBy = context.flags.text('sort-by')
  let objects = infos.map((info) => info.object!)
  if (sortBy !== '') objects = sortObjects(objects, sortBy)
  if (built.single && objects.length === 1) context.out(printer(objects[0]!))
  else if (objects.length > 0 || failures.length === 0) context.out(printer(asList(objects)))
  throwFailures(failures)
}

/** What is printed of one kind's rows. */
function shownTable(context: VerbContext, info: Info, sortBy: string): Table | undefined {
  const table = sortBy === '' || info.table?.kind !== 'Table' ? info.table : sortTable(context, info, sortBy)
  if (table !== undefined && table.kind !== 'Table') return rowOf(context, table)
  return table === undefined || context.flags.bool('server-print') ? table : plainTable(table)
}

/** What the server does not print as a table (a scale) has a name and an age. */
function rowOf(context: VerbContext, object: unknown): Table {
  const age = ageSince((object as ApiObject).metadata.creationTimestamp, context.host.now())
  return plainTable({ kind: 'Table', columnDefinitions: [{ name: 'Age' }], rows: [{ cells: [age], object }] } as unknown as Table)
}

/** `--server-print=false`: kubectl knows only names and ages. */
function plainTable(table: Table): Table {
  const at = ['Name', 'Age'].map((name) => table.columnDefinitions.findIndex((column) => column.name === name))
  const columnDefinitions = [
    { name: 'Name', type: 'string', format: '', description: '', priority: 0 },
    { name: 'Age', type: 'string', format: '', description: '', priority: 0 },
  ]
  const rows = table.rows.map((row) => ({
    ...row,
    cells: [row.object.metadata.name, at[1]! < 0 ? '<unknown>' : row.cells[at[1]!]],
  }))
  return { ...table, columnDefinitions, rows } as Table
}

function printTables(context: VerbContext, built: Built): void {
  const several = severalKinds(built.infos)
  const options = tableOptions(context, several)
  const failures = withoutMissing(context, built.failures)
  const sortBy = context.flags.text('sort-by')
  // kubectl looks for the field in what it was sent of several kinds, which is rows without objects.
  if (sortBy !== '' && several) throw noSuchField(sortBy)
  const writer = new TabWriter()
  let lastKind = ''
  let printed = 0
  for (const info of built.infos) {
    const table = shownTable(context, info, sortBy)
    if (table === undefined || table.rows.length === 0) continue
    const key = `${info.kind.group}/${info.kind.resource}`
    const fresh = key !== lastKind
    if (fresh) {
      context.out(writer.flush())
      if (lastKind !== '' && options.headers) context.out('\n')
      if (lastKind !== '') writer.forgetWidths()
    }
    lastKind = key
    writeTable(writer, table, info.kind, {
      ...options,
      headers: options.headers && fresh,
      withNamespace: options.withNamespace && info.kind.namespaced,
    })
    printed += table.rows.length
  }
  context.out(writer.flush())
  if (printed === 0 && failures.length === 0 && !context.flags.bool('ignore-not-found')) context.err(nothingFound(context, built.infos))
  throwFailures(failures)
}

function nothingFound(context: VerbContext, infos: readonly Info[]): string {
  const everywhere = context.flags.bool('all-namespaces') || infos.every((info) => !info.kind.namespaced)
  return everywhere ? 'No resources found\n' : `No resources found in ${context.kube.namespace} namespace.\n`
}

const named = (args: readonly string[]): boolean => args.length !== 1 || args[0]!.includes('/')

function* run(context: VerbContext): Steps<number | undefined> {
  checkArguments(context)
  if (context.flags.text('raw') !== '') {
    if (context.args.length > 0) throw new CommandError('arguments may not be passed when --raw is specified')
    return askRaw(context)
  }
  const wide = context.flags.text('output') === 'wide'
  const printer = wide ? undefined : objectPrinter(context, getFormats)
  if (context.flags.bool('watch') || context.flags.bool('watch-only')) return yield* watchThings(context, printer)
  const subresource = context.flags.text('subresource')
  if (subresource !== '' && !named(context.args)) throw new CommandError('subresource cannot be used when bulk resources are specified')
  const built = build(context, {
    args: context.args,
    fetch: printer === undefined ? 'table' : 'object',
    latest: true,
    typesAlone: true,
    subresource,
  })
  if (printer === undefined) printTables(context, built)
  else printObjects(context, built, printer)
  return 0
}

export const getVerb: VerbDefinition = { path: 'kubectl get', run }
