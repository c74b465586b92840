/**
 * Resource arguments: `pods`, `po/web`, `deploy,sts web`, `-f`, `-k`, selectors, `--all`, `-A`, with cli-runtime's resource.Builder's rules
 * and error texts. Failures are gathered, so that what can be done is done.
 */
import { ApiError } from '../../api/errors.ts'
import type { KindDefinition } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { Table } from '../../apiserver/contract.ts'
import { AggregateFailure, CommandError } from '../errors.ts'
import type { Flags } from '../flags/pflag.ts'
import type { VerbContext } from '../verb.ts'
import { servedKind, servedResource } from './discovered.ts'
import { type Manifest, readFiles } from './files.ts'
import { expandCategories } from './mapper.ts'
import { metadataProblem } from './metadata.ts'

/** One thing a command is about. */
export interface Info {
  readonly kind: KindDefinition
  /** Absent for cluster-scoped kinds and for lists over all namespaces. */
  readonly namespace: string | undefined
  /** '' for a list. */
  readonly name: string
  /** File name, or '' when named on the command line. */
  readonly source: string
  /** From a file, or fetched. */
  readonly object?: ApiObject
  readonly table?: Table
}

export interface BuildOptions {
  readonly args: readonly string[]
  /** What to fetch for things named on the command line. */
  readonly fetch: 'object' | 'table' | 'none'
  /** For things in files, fetch the live object (or its table) too. */
  readonly latest?: boolean
  /** Types alone mean all objects of the type. */
  readonly typesAlone?: boolean
  readonly subresource?: string
  /** Overrides what the flags say. */
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly all?: boolean
  /** `--all` selects, so that no names may stand beside it; elsewhere names win over it. */
  readonly allSelects?: boolean
  /** Kinds named without one: `logs web` means a pod. */
  readonly defaultKind?: string
  /** Cluster-scoped by request: nodes for `cordon`. */
  readonly onlyKind?: string
}

export interface Built {
  readonly infos: readonly Info[]
  readonly failures: readonly unknown[]
  /** One object was asked for by its name. */
  readonly single: boolean
}

export const noResources =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"

const slashMixed =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"

export const splitTypes = (typed: string): readonly string[] => typed.split(',')

const listFlag = (flags: Flags, name: string): readonly string[] => (flags.has(name) ? flags.list(name) : [])
const textFlag = (flags: Flags, name: string): string => (flags.has(name) ? flags.text(name) : '')
const boolFlag = (flags: Flags, name: string): boolean => flags.has(name) && flags.bool(name)

/** Whether every argument is TYPE/NAME; throws when only some are. */
export function inSlashForm(args: readonly string[]): boolean {
  const slashed = args.filter((arg) => arg.includes('/')).length
  if (slashed > 0 && slashed < args.length) throw new CommandError(slashMixed)
  return slashed > 0
}

/** `deploy/web` in its two parts. */
export function splitSlash(arg: string): { type: string; name: string } {
  const parts = arg.split('/')
  if (parts.length > 2) throw new CommandError('arguments in resource/name form may not have more than one slash')
  if (parts[0] === '' || parts[1] === '' || parts[1] === undefined)
    throw new CommandError('arguments in resource/name form must have a single resource and name')
  return { type: parts[0]!, name: parts[1] }
}

/** The object's kind, as the server serves it, or kubectl's mapping error. */
export function kindOfManifest(context: VerbContext, object: ApiObject, source: string): KindDefinition {
  const kind = servedKind(context, object.apiVersion, object.kind)
  if (kind !== undefined) return kind
  const name = object.metadata?.name ?? ''
  const namespace = object.metadata?.namespace ?? ''
  throw new CommandError(
    `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}\nensure CRDs are installed first`,
  )
}

function checkShape(manifest: Manifest): ApiObject {
  const { object, source } = manifest
  const refuse = (why: string): never => {
    throw new CommandError(
      `error validating ${JSON.stringify(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
    )
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) refuse('invalid object to validate')
  const value = object as ApiObject
  const wrong = (['apiVersion', 'kind'] as const).flatMap((field) => {
    if (value[field] === undefined || value[field] === null || (value[field] as unknown) === '') return [`${field} not set`]
    return typeof value[field] === 'string' ? [] : [`${field} isn't string type`]
  })
  if (wrong.length > 0) refuse(wrong.length === 1 ? wrong[0]! : `[${wrong.join(', ')}]`)
  const undecodable = metadataProblem(value.metadata)
  if (undecodable !== undefined) throw new CommandError(`unable to decode ${JSON.stringify(source)}: json: cannot unmarshal ${undecodable}`)
  return value
}

/** A `List` and any `…List` of objects is its items. */
function flattenManifest(manifest: Manifest): Manifest[] {
  const value = manifest.object as ApiObject | undefined
  if (
    typeof value === 'object' &&
    value !== null &&
    typeof value.kind === 'string' &&
    value.kind.endsWith('List') &&
    Array.isArray(value.items)
  ) {
    return value.items.flatMap((object: unknown) => flattenManifest({ object, source: manifest.source }))
  }
  return [manifest]
}

function infoOfManifest(context: VerbContext, manifest: Manifest): Info {
  const object = checkShape(manifest)
  const kind = kindOfManifest(context, object, manifest.source)
  const { target } = context.kube
  const own = object.metadata?.namespace
  if (!kind.namespaced) return { kind, namespace: undefined, name: object.metadata?.name ?? '', source: manifest.source, object }
  if (target.enforced && own !== undefined && own !== '' && own !== target.namespace) {
    throw new CommandError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(target.namespace)}. You must pass '--namespace=${own}' to perform this operation.`,
    )
  }
  const namespace = own || target.namespace
  const settled = own || boolFlag(context.flags, 'local') ? object : { ...object, metadata: { ...object.metadata, namespace } }
  return { kind, namespace, name: object.metadata?.name ?? '', source: manifest.source, object: settled }
}

/** Objects from `-f` and `-k`; each failure stands alone. */
export function buildFromFiles(context: VerbContext): { infos: Info[]; failures: unknown[] } {
  const { flags } = context
  const infos: Info[] = []
  const failures: unknown[] = []
  for (const item of readFiles(context.host, listFlag(flags, 'filename'), textFlag(flags, 'kustomize'), boolFlag(flags, 'recursive'))) {
    if ('failure' in item) {
      failures.push(item.failure)
      continue
    }
    for (const manifest of flattenManifest(item)) {
      try {
        infos.push(infoOfManifest(context, manifest))
      } catch (failure) {
        if (!(failure instanceof CommandError)) throw failure
        failures.push(failure)
      }
    }
  }
  const selector = textFlag(flags, 'selector')
  return { infos: selector === '' ? infos : infos.filter((info) => context.kube.matches(info.object, selector)), failures }
}

class Gathering {
  readonly infos: Info[] = []
  readonly failures: unknown[] = []

  try(work: () => void): void {
    try {
      work()
    } catch (failure) {
      if (!(failure instanceof ApiError) && !(failure instanceof CommandError)) throw failure
      this.failures.push(failure)
    }
  }
}

const namespaceFor = (context: VerbContext, kind: KindDefinition): string | undefined =>
  kind.namespaced ? context.kube.namespace : undefined

function fetchByName(context: VerbContext, options: BuildOptions, kind: KindDefinition, name: string): Info {
  const namespace = namespaceFor(context, kind)
  const base = { kind, namespace, name, source: '' }
  const call = options.subresource === undefined || options.subresource === '' ? {} : { subresource: options.subresource }
  if (options.fetch === 'none') return base
  if (options.fetch === 'table') return { ...base, table: context.kube.getTable(kind, namespace, name, call) }
  return { ...base, object: context.kube.get(kind, namespace, name, call) }
}

interface Selection {
  readonly label: string
  readonly field: string
  readonly everywhere: boolean
}

function fetchList(context: VerbContext, options: BuildOptions, kind: KindDefinition, selection: Selection, into: Info[]): void {
  const namespace = kind.namespaced && !selection.everywhere ? context.kube.namespace : undefined
  const query = {
    ...(selection.label === '' ? {} : { labelSelector: selection.label }),
    ...(selection.field === '' ? {} : { fieldSelector: selection.field }),
  }
  const base = { kind, namespace, name: '', source: '' }
  try {
    if (options.fetch === 'table') {
      into.push({ ...base, table: context.kube.listTable(kind, namespace, query) })
      return
    }
    const list = context.kube.list(kind, namespace, query)
    for (const item of list.items) {
      const object =
        item.kind === undefined
          ? { ...(item as ApiObject), apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`, kind: kind.kind }
          : item
      into.push({ ...base, namespace: kind.namespaced ? object.metadata.namespace : undefined, name: object.metadata.name, object })
    }
  } catch (error) {
    throw selectorFailure(error, kind, selection)
  }
}

/** A list refused as a bad request names the resource and the selectors (resource.Helper.List). */
function selectorFailure(error: unknown, kind: KindDefinition, selection: Selection): unknown {
  if (!(error instanceof ApiError) || error.status.reason !== 'BadRequest' || (selection.label === '' && selection.field === ''))
    return error
  const gvr = `${kind.group === '' ? '' : kind.group}/${kind.version}, Resource=${kind.resource}`
  return new ApiError({
    ...error.status,
    message: `Unable to find ${JSON.stringify(gvr)} that match label selector ${JSON.stringify(selection.label)}, field selector ${JSON.stringify(selection.field)}: ${error.status.message}`,
  })
}

/** Everything the arguments and flags name. Throws for arguments that make no sense; failures of single objects are gathered. */
export function build(context: VerbContext, options: BuildOptions): Built {
  const { flags } = context
  const filed = listFlag(flags, 'filename').length > 0 || textFlag(flags, 'kustomize') !== ''
  if (filed) return buildFiled(context, options)
  const selection: Selection = {
    label: options.selector ?? textFlag(flags, 'selector'),
    field: textFlag(flags, 'field-selector'),
    everywhere: options.allNamespaces ?? boolFlag(flags, 'all-namespaces'),
  }
  const all = options.all ?? boolFlag(flags, 'all')
  if (all && selection.label !== '') throw new CommandError("setting 'all' parameter but found a non empty selector. ")
  if (options.args.length === 0) {
    if (all || selection.label !== '' || selection.field !== '')
      throw new CommandError('at least one resource must be specified to use a selector')
    throw new CommandError(noResources)
  }
  const gathering = new Gathering()
  const names = options.args.length - 1
  const selecting = (all && (options.allSelects === true || names === 0)) || selection.label !== '' || selection.field !== ''
  if (inSlashForm(options.args)) {
    if (selecting) throw new CommandError('selectors and the all flag cannot be used when passing resource/name arguments')
    for (const arg of options.args) bySlash(context, options, arg, gathering)
    return { infos: gathering.infos, failures: gathering.failures, single: options.args.length === 1 }
  }
  return byType(context, options, selection, selecting, gathering)
}

function bySlash(context: VerbContext, options: BuildOptions, arg: string, gathering: Gathering): void {
  const { type, name } = splitSlash(arg)
  for (const one of splitTypes(type)) {
    const kind = servedResource(context, one)
    gathering.try(() => gathering.infos.push(fetchByName(context, options, kind, name)))
  }
}

function byType(context: VerbContext, options: BuildOptions, selection: Selection, selecting: boolean, gathering: Gathering): Built {
  const kinds = context.kube.kinds
  const [first, ...names] = options.args as [string, ...string[]]
  if (first.endsWith(',') && names.length > 0)
    throw new CommandError('arguments in resource/name form must have a single resource and name')
  const types = splitTypes(first).flatMap((type) => expandCategories(kinds, type))
  const resolved = types.map((type) => servedResource(context, type))
  if (selecting || (options.typesAlone === true && names.length === 0)) {
    if (names.length > 0) throw new CommandError('name cannot be provided when a selector is specified')
    for (const kind of resolved) gathering.try(() => fetchList(context, options, kind, selection, gathering.infos))
    return { infos: gathering.infos, failures: gathering.failures, single: false }
  }
  if (names.length === 0) throw new CommandError('resource(s) were provided, but no name was specified')
  if (selection.everywhere) throw new CommandError('a resource cannot be retrieved by name across all namespaces')
  for (const kind of resolved) {
    for (const name of new Set(names)) gathering.try(() => gathering.infos.push(fetchByName(context, options, kind, name)))
  }
  return { infos: gathering.infos, failures: gathering.failures, single: resolved.length === 1 && names.length === 1 }
}

function buildFiled(context: VerbContext, options: BuildOptions): Built {
  if (options.args.length > 0)
    throw new CommandError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
  const { infos, failures } = buildFromFiles(context)
  if (options.latest !== true) return { infos, failures, single: infos.length === 1 }
  const gathering = new Gathering()
  for (const info of infos) {
    gathering.try(() => {
      if (options.fetch === 'table') gathering.infos.push({ ...info, table: context.kube.getTable(info.kind, info.namespace, info.name) })
      else gathering.infos.push({ ...info, object: context.kube.get(info.kind, info.namespace, info.name) })
    })
  }
  return { infos: gathering.infos, failures: [...failures, ...gathering.failures], single: infos.length === 1 }
}

/** Throws what `build` gathered. */
export function throwFailures(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateFailure(failures)
}
