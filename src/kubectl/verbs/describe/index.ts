/**
 * `kubectl describe`: each kind's own describer, by name, name prefix or selector, with the object's events.
 */
import { ApiError } from '../../../api/errors.ts'
import { CommandError } from '../../errors.ts'
import { type Built, build, type Info, inSlashForm, throwFailures } from '../../resources/builder.ts'
import { expandCategories, kindNamed } from '../../resources/mapper.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { describeObject } from './text.ts'

const options = (context: VerbContext) => ({ args: context.args, fetch: 'object' as const, latest: true, typesAlone: true })

const missing = (e: unknown): boolean => e instanceof ApiError && e.status.reason === 'NotFound'

/** `describe cm web` with no such object: those whose names begin so. */
function byPrefix(context: VerbContext, built: Built): readonly Info[] | undefined {
  const filed = context.flags.list('filename').length > 0 || context.flags.text('kustomize') !== ''
  // Of two arguments the second is taken for a prefix, even where both are TYPE/NAME; nothing is found then.
  if (context.args.length === 2 && inSlashForm(context.args) && built.failures.some(missing)) throwFailures(built.failures)
  const onlyMissing = built.failures.every(missing)
  if (filed || built.failures.length === 0 || !onlyMissing || context.args.length !== 2) return undefined
  const [type, prefix] = context.args as [string, string]
  const kinds = expandCategories(context.kube.kinds, type).map((name) => kindNamed(context.kube.kinds, name))
  const found = kinds.flatMap((kind) =>
    context.kube
      .list(kind, kind.namespaced ? context.kube.namespace : undefined)
      .items.filter((object) => object.metadata.name.startsWith(prefix))
      .map((object): Info => ({ kind, namespace: object.metadata.namespace, name: object.metadata.name, source: '', object })),
  )
  return found.length === 0 ? undefined : found
}

function run(context: VerbContext): number {
  const filed = context.flags.list('filename').length > 0 || context.flags.text('kustomize') !== ''
  if (context.args.length === 0 && !filed) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    )
  }
  const built = build(context, options(context))
  const prefixed = byPrefix(context, built)
  const infos = prefixed ?? built.infos
  let first = true
  // Events are left out where several objects were asked for, unless the flag says otherwise.
  const alone = infos.length === 1 && (prefixed !== undefined || built.failures.length === 0)
  const showEvents = context.flags.bool('show-events') && (alone || context.flags.changed('show-events'))
  for (const info of infos) {
    const text = describeObject(context, info, showEvents)
    if (prefixed !== undefined) context.out(`${text}\n`)
    else context.out(first ? text : `\n\n${text}`)
    first = false
  }
  if (infos.length === 0 && built.failures.length === 0) {
    context.err(
      context.flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${context.kube.namespace} namespace.\n`,
    )
  }
  if (prefixed === undefined) throwFailures(built.failures)
  return 0
}

export const describeVerb = plainVerb('kubectl describe', run)
