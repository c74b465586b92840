/**
 * `kubectl replace`, with `--force` by deletion and creation.
 */
import { ApiError } from '../../../api/errors.ts'
import type { Steps } from '../../contract.ts'
import { addSource, CommandError, throwAll } from '../../errors.ts'
import { dryRunOf, teller, writeQuery } from '../../options.ts'
import { buildFromFiles, type Info } from '../../resources/builder.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { waitForDeletion } from '../../waiting.ts'
import { lastAppliedOf, withLastApplied } from '../apply/last-applied.ts'
import { deletedText, deleteSettings, queryOf } from '../delete/index.ts'
import { sendRaw } from '../raw.ts'

const bodyOf = (context: VerbContext, info: Info) =>
  context.flags.bool('save-config') || lastAppliedOf(info.object!) !== undefined ? withLastApplied(info.object!) : info.object!

function* forceOne(context: VerbContext, info: Info): Steps {
  const settings = deleteSettings(context, { quiet: true, graceWithForce: true })
  const live = context.kube.find(info.kind, info.namespace, info.name)
  if (live !== undefined) {
    const query = queryOf({ ...settings, gracePeriodSeconds: context.flags.int('grace-period') }, false)
    context.kube.delete(info.kind, info.namespace, info.name, query)
    context.out(deletedText(info, false, ''))
    yield* waitForDeletion(
      context,
      [{ kind: info.kind, namespace: info.namespace, name: info.name, uid: live.metadata.uid }],
      settings.timeoutMs,
    )
  }
  const { resourceVersion: _, uid: __, ...metadata } = info.object!.metadata
  const body = bodyOf(context, { ...info, object: { ...info.object!, metadata } })
  teller(context)(info.kind, context.kube.create(info.kind, info.namespace, body, { query: writeQuery(context) }), 'replaced')
}

function replaceOne(context: VerbContext, info: Info, tell: ReturnType<typeof teller>): void {
  if (info.name === '') throw addSource('replacing', info.source, new CommandError('resource name may not be empty'))
  if (dryRunOf(context) === 'client') {
    tell(info.kind, info.object!, 'replaced')
    return
  }
  const sub = context.flags.text('subresource')
  try {
    const body = bodyOf(context, info)
    tell(
      info.kind,
      context.kube.update(info.kind, info.namespace, info.name, body, {
        query: writeQuery(context),
        ...(sub === '' ? {} : { subresource: sub }),
      }),
      'replaced',
    )
  } catch (error) {
    throw addSource('replacing', info.source, error)
  }
}

function* run(context: VerbContext): Steps<number | undefined> {
  const { flags } = context
  if (flags.text('raw') !== '') return sendRaw(context, 'PUT')
  if (flags.list('filename').length === 0 && flags.text('kustomize') === '') throw new CommandError('must specify one of -f and -k')
  const force = flags.bool('force')
  if (flags.int('grace-period') >= 0 && !force) throw new CommandError('--grace-period must have --force specified')
  if (flags.duration('timeout') !== 0 && !force) throw new CommandError('--timeout must have --force specified')
  const { infos, failures } = buildFromFiles(context)
  if (infos.length === 0 && failures.length === 0) throw new CommandError('no objects passed to replace')
  const errors: unknown[] = [...failures]
  const tell = teller(context)
  for (const info of infos) {
    try {
      if (force) yield* forceOne(context, info)
      else replaceOne(context, info, tell)
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof CommandError)) throw error
      errors.push(error)
    }
  }
  throwAll(errors)
  return 0
}

export const replaceVerb: VerbDefinition = { path: 'kubectl replace', run }
