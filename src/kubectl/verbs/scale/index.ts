/**
 * `kubectl scale`: through the scale subresource.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { CommandError, throwAll } from '../../errors.ts'
import { dryRunOf, teller } from '../../options.ts'
import { recordAfter } from '../../record.ts'
import { build, type Info } from '../../resources/builder.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { checkRequired } from '../create/generator.ts'

function checkBefore(scale: ApiObject, wanted: number, resourceVersion: string): void {
  const now = (scale.spec as { replicas?: number } | undefined)?.replicas ?? 0
  if (wanted !== -1 && now !== wanted) throw new CommandError(`Expected replicas to be ${wanted}, was ${now}`)
  const version = scale.metadata.resourceVersion ?? ''
  if (resourceVersion !== '' && version !== resourceVersion)
    throw new CommandError(`Expected resource version to be ${resourceVersion}, was ${version}`)
}

function scaleOne(context: VerbContext, info: Info, replicas: number): void {
  const current = context.flags.int('current-replicas')
  const version = context.flags.text('resource-version')
  const query = dryRunOf(context) === 'server' ? { query: { dryRun: true } } : {}
  if (current !== -1 || version !== '')
    checkBefore(
      context.kube.call('get', info.kind, info.namespace, info.name, { subresource: 'scale' }).body as ApiObject,
      current,
      version,
    )
  context.kube.patch(info.kind, info.namespace, info.name, { spec: { replicas } }, 'merge', { subresource: 'scale', ...query })
}

function* waitForScale(context: VerbContext, info: Info, replicas: number, timeoutMs: number): Steps {
  const reached = (): boolean => {
    const object = context.kube.find(info.kind, info.namespace, info.name)
    const status = object?.status as { replicas?: number; observedGeneration?: number } | undefined
    return (
      object === undefined ||
      ((status?.replicas ?? 0) === replicas && (status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0))
    )
  }
  const answer = yield { until: reached, timeoutMs }
  if (answer?.satisfied === false) throw new CommandError(`timed out waiting for ${JSON.stringify(info.name)} to be synced`)
}

function* run(context: VerbContext): Steps<number | undefined> {
  checkRequired(context, ['replicas'])
  const replicas = context.flags.int('replicas')
  if (replicas < 0) throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
  const built = build(context, { args: context.args, fetch: 'object' })
  const infos = built.infos
  if (infos.length === 0 && built.failures.length === 0) throw new CommandError('no objects passed to scale')
  if (infos.length > 1 && context.flags.text('resource-version') !== '')
    throw new CommandError('cannot use --resource-version with multiple resources')
  const tell = teller(context)
  const failures: unknown[] = [...built.failures]
  for (const info of infos) {
    try {
      if (dryRunOf(context) !== 'client') scaleOne(context, info, replicas)
      if (dryRunOf(context) === 'none') recordAfter(context, info)
      const timeoutMs = context.flags.duration('timeout')
      if (timeoutMs > 0 && dryRunOf(context) === 'none') yield* waitForScale(context, info, replicas, timeoutMs)
      tell(info.kind, info.object!, 'scaled')
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
      failures.push(error)
    }
  }
  throwAll(failures)
  return 0
}

export const scaleVerb: VerbDefinition = { path: 'kubectl scale', run }
