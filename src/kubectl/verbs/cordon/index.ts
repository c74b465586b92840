/**
 * `kubectl cordon` and `uncordon`.
 */
import { ApiError } from '../../../api/errors.ts'
import { CommandError, messageOf, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, dryRunSuffix } from '../../options.ts'
import { build, type Info } from '../../resources/builder.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'

/** The nodes that are named or selected. */
export function nodesOf(context: VerbContext): readonly Info[] {
  const selector = context.flags.text('selector')
  if (context.args.length === 0 && selector === '')
    throw usageError(context.path, `USAGE: ${context.path.slice('kubectl '.length)} NODE [flags]`)
  if (context.args.length > 0 && selector !== '') throw new CommandError('error: cannot specify both a node name and a --selector option')
  const args = selector === '' ? ['nodes', ...context.args.map((arg) => arg.replace(/^nodes?\//, ''))] : ['nodes']
  const built = build(context, { args, fetch: 'object', allNamespaces: false })
  throwAll(built.failures)
  return built.infos
}

/** Marks a node and tells; a refusal is told and forgotten, as kubectl does. */
export function cordonOne(context: VerbContext, info: Info, wanted: boolean): void {
  const word = wanted ? 'cordoned' : 'uncordoned'
  const dry = dryRunOf(context)
  if ((info.object!.spec?.unschedulable === true) === wanted) {
    context.out(`node/${info.name} already ${word}${dryRunSuffix(dry)}\n`)
    return
  }
  if (dry !== 'client') {
    try {
      context.kube.patch(
        info.kind,
        undefined,
        info.name,
        { spec: { unschedulable: wanted ? true : null } },
        'strategic',
        dry === 'server' ? { query: { dryRun: true } } : {},
      )
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      context.err(`error: unable to ${wanted ? 'cordon' : 'uncordon'} node ${JSON.stringify(info.name)}: ${messageOf(error)}\n`)
      return
    }
  }
  context.out(`node/${info.name} ${word}${dryRunSuffix(dry)}\n`)
}

const verb = (path: string, wanted: boolean): VerbDefinition =>
  plainVerb(path, (context) => {
    for (const info of nodesOf(context)) cordonOne(context, info, wanted)
    return 0
  })

export const cordonVerb = verb('kubectl cordon', true)
export const uncordonVerb = verb('kubectl uncordon', false)
