/**
 * `kubectl apply`: client-side three-way merge with the last-applied annotation, server-side apply, `--prune` for a selector.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { addSource, CommandError, prefixed, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, dryRunSuffix, fieldValidation, type Teller, teller, writeQuery } from '../../options.ts'
import { recorded } from '../../record.ts'
import { buildFromFiles, type Info } from '../../resources/builder.ts'
import { nameOf } from '../../resources/mapper.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { deleteSettings } from '../delete/index.ts'
import { LAST_APPLIED, lastAppliedOf, withLastApplied } from './last-applied.ts'
import { kindsToPrune, prune } from './prune.ts'
import { serverSide } from './server-side.ts'
import { targetText } from './target-text.ts'
import { planPatch } from './three-way.ts'

function validateArguments(context: VerbContext): void {
  const { flags } = context
  if (context.args.length > 0) throw usageError(context.path, `Unexpected args: [${context.args.join(' ')}]`)
  const server = flags.bool('server-side')
  const dry = dryRunOf(context)
  if (flags.text('subresource') !== '' && !server) throw new CommandError('--subresource can only be specified for --server-side')
  if (flags.bool('force-conflicts') && !server) throw new CommandError('--force-conflicts only works with --server-side')
  if (dry === 'client' && server)
    throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
  if (flags.bool('force') && server) throw new CommandError('--force cannot be used with --server-side')
  if (flags.bool('prune') && !flags.bool('all') && flags.text('selector') === '') {
    throw new CommandError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
  }
  fieldValidation(context)
  deleteSettings(context, { quiet: true, graceWithForce: true })
  if (flags.bool('prune')) kindsToPrune(context)
  if (flags.list('filename').length === 0 && flags.text('kustomize') === '') throw new CommandError('must specify one of -f and -k')
}

const missingAnnotation = (info: Info): string =>
  `resource ${info.kind.resource}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`

function createIt(context: VerbContext, info: Info, tell: Teller): ApiObject {
  const body = withLastApplied(info.object!)
  if (dryRunOf(context) === 'client') {
    tell(info.kind, info.object!, 'created')
    return info.object!
  }
  try {
    const created = context.kube.create(info.kind, info.namespace, body, { query: writeQuery(context) })
    tell(info.kind, created, 'created')
    return created
  } catch (error) {
    throw addSource('creating', info.source, error)
  }
}

function patchIt(context: VerbContext, info: Info, live: ApiObject, tell: Teller): ApiObject {
  const plan = planPatch(context.kube, info, live, true, context.flags.bool('overwrite'))
  if (lastAppliedOf(live) === undefined) context.kube.warning(missingAnnotation(info))
  if (dryRunOf(context) === 'client') {
    tell(info.kind, plan.preview, plan.changed ? 'configured' : 'unchanged')
    return live
  }
  if (!plan.changed) {
    terminating(context, info, live)
    tell(info.kind, live, 'unchanged')
    return live
  }
  let patched: ApiObject
  try {
    patched = context.kube.patch(info.kind, info.namespace, info.name, plan.patch, plan.type, { query: writeQuery(context) })
  } catch (error) {
    throw patchFailure(info, plan.patch, error)
  }
  terminating(context, info, live)
  tell(info.kind, patched, 'configured')
  return patched
}

function terminating(context: VerbContext, info: Info, live: ApiObject): void {
  if (live.metadata.deletionTimestamp === undefined) return
  context.kube.warning(`Detected changes to resource ${info.name} which is currently being deleted.`)
}

/** How `apply` words a refused patch; an Invalid stays a list of causes. */
function patchFailure(info: Info, patch: unknown, error: unknown): unknown {
  if (!(error instanceof ApiError)) return error
  const what = `applying patch:\n${JSON.stringify(patch)}\nto:\n${targetText(info)}\nfor: ${JSON.stringify(info.source)}: `
  const doing = `error when ${what}error when patching ${JSON.stringify(info.source)}: `
  return new ApiError({ ...error.status, message: `${doing}${error.status.message ?? ''}` })
}

function applyOne(context: VerbContext, info: Info, tell: Teller): ApiObject {
  const generated = info.object!.metadata?.generateName ?? ''
  if (info.name === '' && generated !== '') throw new CommandError(`from ${generated}: cannot use generate name with apply`)
  if (context.flags.bool('server-side')) return serverSide(context, info, tell)
  let live: ApiObject | undefined
  try {
    const bad = nameProblem(info.name)
    if (bad !== undefined) throw new CommandError(bad)
    live = context.kube.find(info.kind, info.namespace, info.name)
  } catch (error) {
    throw wrapRetrieve(info, error)
  }
  return live === undefined ? createIt(context, info, tell) : patchIt(context, info, live, tell)
}

/** What client-go refuses to put into a URL. */
function nameProblem(name: string): string | undefined {
  if (name === '') return 'resource name may not be empty'
  const wrong =
    name === '.' || name === '..'
      ? [`may not be '${name}'`]
      : ['/', '%'].filter((sign) => name.includes(sign)).map((sign) => `may not contain '${sign}'`)
  return wrong.length === 0 ? undefined : `invalid resource name ${JSON.stringify(name)}: [${wrong.join(' ')}]`
}

function wrapRetrieve(info: Info, error: unknown): unknown {
  const what = `error when retrieving current configuration of:\n${targetText(info)}\nfrom server for: ${JSON.stringify(info.source)}: `
  return prefixed(what, error)
}

function* run(context: VerbContext): Steps<number | undefined> {
  validateArguments(context)
  const tell = teller(context)
  const { infos: read, failures } = buildFromFiles(context)
  if (read.length === 0 && failures.length === 0) throw new CommandError('no objects passed to apply')
  const infos = read.map((info) => ({ ...info, object: recorded(context, info.object!) }))
  const errors: unknown[] = [...failures]
  const applied: ApiObject[] = []
  for (const info of infos) {
    try {
      applied.push(applyOne(context, info, tell))
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
      errors.push(error)
    }
  }
  throwAll(errors)
  if (context.flags.bool('prune'))
    prune(context, infos, applied, (info) => context.out(`${nameOf(info.kind, info.name)} pruned${dryRunSuffix(dryRunOf(context))}\n`))
  return 0
}

export const applyVerb: VerbDefinition = { path: 'kubectl apply', run }
