/**
 * `kubectl apply view-last-applied|set-last-applied|edit-last-applied`.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { toJsonIndented } from '../../printers/json.ts'
import { toYaml } from '../../printers/yaml.ts'
import { build, buildFromFiles, type Info, noResources } from '../../resources/builder.ts'
import { nameOf } from '../../resources/mapper.ts'
import { plainVerb, type VerbDefinition } from '../../verb.ts'
import { editLoop } from '../edit/index.ts'
import { barelyAppliedText, LAST_APPLIED, lastAppliedOf } from './last-applied.ts'

export const viewLastAppliedVerb = plainVerb('kubectl apply view-last-applied', (context) => {
  const output = context.flags.text('output')
  if (output !== 'yaml' && output !== 'json')
    throw usageError(context.path, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`)
  const built = build(context, { args: context.args, fetch: 'object', latest: true })
  throwAll(built.failures)
  for (const info of built.infos) {
    const applied = lastAppliedOf(info.object!)
    if (applied === undefined) continue
    context.out(output === 'json' ? `${toJsonIndented(applied, '  ')}\n` : toYaml(applied))
  }
  return 0
})

const annotationPatch = (object: ApiObject) => ({ metadata: { annotations: { [LAST_APPLIED]: barelyAppliedText(object) } } })

export const setLastAppliedVerb = plainVerb('kubectl apply set-last-applied', (context) => {
  if (context.flags.list('filename').length === 0) throw new CommandError(noResources)
  const { infos, failures } = buildFromFiles(context)
  throwAll(failures)
  if (infos.length === 0) throw new CommandError('no objects passed to set-last-applied')
  const tell = teller(context)
  for (const info of infos) {
    const live = context.kube.find(info.kind, info.namespace, info.name)
    if (live === undefined) throw new CommandError(`server could not find the requested resource: ${nameOf(info.kind, info.name)}`)
    if (lastAppliedOf(live) === undefined && !context.flags.bool('create-annotation')) {
      throw new CommandError(
        `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
      )
    }
    if (live.metadata.annotations?.[LAST_APPLIED] === barelyAppliedText(info.object!))
      context.out(`set-last-applied ${info.name}: no changes required.\n`)
    else if (dryRunOf(context) === 'client') tell(info.kind, live, 'configured')
    else
      tell(
        info.kind,
        context.kube.patch(info.kind, info.namespace, info.name, annotationPatch(info.object!), 'merge', {
          query: writeQuery(context, false),
        }),
        'configured',
      )
  }
  return 0
})

export const editLastAppliedVerb: VerbDefinition = {
  path: 'kubectl apply edit-last-applied',
  *run(context) {
    const built = build(context, { args: context.args, fetch: 'object', latest: true })
    throwAll(built.failures)
    for (const info of built.infos) {
      const applied = lastAppliedOf(info.object!)
      if (applied === undefined)
        throw new CommandError(
          'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
        )
      const task: Info = { ...info, object: applied }
      yield* editLoop(
        context,
        {
          info: task,
          isAnnotation: true,
          shown: applied,
          send: (edited) => {
            try {
              context.kube.patch(info.kind, info.namespace, info.name, annotationPatch(edited), 'merge', {
                query: writeQuery(context, false),
              })
            } catch (error) {
              if (error instanceof ApiError) throw error
              throw error
            }
            return `${nameOf(info.kind, info.name)} edited\n`
          },
        },
        context.flags.text('output') === 'json' ? 'json' : 'yaml',
      )
    }
    return 0
  },
}
