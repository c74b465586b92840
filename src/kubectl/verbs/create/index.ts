/**
 * `kubectl create -f`: sends manifests as they are.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import type { Steps } from '../../contract.ts'
import { addSource, CommandError, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, fieldValidation, teller, writeQuery } from '../../options.ts'
import { recorded } from '../../record.ts'
import { buildFromFiles, type Info } from '../../resources/builder.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { withLastApplied } from '../apply/last-applied.ts'
import { editLoop } from '../edit/index.ts'
import { sendRaw } from '../raw.ts'

function createOne(context: VerbContext, info: Info, tell: ReturnType<typeof teller>): void {
  const body = recorded(context, context.flags.bool('save-config') ? withLastApplied(info.object!) : info.object!)
  if (dryRunOf(context) === 'client') {
    tell(info.kind, body, 'created')
    return
  }
  try {
    tell(info.kind, context.kube.create(info.kind, info.namespace, body, { query: writeQuery(context) }), 'created')
  } catch (error) {
    throw addSource('creating', info.source, error)
  }
}

/** `--edit`: each object goes through the editor first. */
function* editedFirst(context: VerbContext, info: Info, tell: ReturnType<typeof teller>): Steps<number> {
  const send = (edited: ApiObject): string => {
    const created =
      dryRunOf(context) === 'client' ? edited : context.kube.create(info.kind, info.namespace, edited, { query: writeQuery(context) })
    tell(info.kind, created, 'created')
    return ''
  }
  return yield* editLoop(context, { info, shown: info.object!, send, isNew: true }, 'yaml')
}

function* run(context: VerbContext): Steps<number> {
  const { flags } = context
  if (context.args.length > 0) throw usageError(context.path, `Unexpected args: [${context.args.join(' ')}]`)
  if (flags.text('raw') !== '') return sendRaw(context, 'POST')
  if (flags.list('filename').length === 0 && flags.text('kustomize') === '') throw new CommandError('must specify one of -f and -k')
  const tell = teller(context)
  fieldValidation(context)
  const { infos, failures } = buildFromFiles(context)
  const errors: unknown[] = [...failures]
  for (const info of infos) {
    try {
      if (flags.bool('edit')) yield* editedFirst(context, info, tell)
      else createOne(context, info, tell)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      errors.push(error)
    }
  }
  if (infos.length === 0 && errors.length === 0) throw new CommandError('no objects passed to create')
  throwAll(errors)
  return 0
}

export const createVerb: VerbDefinition = { path: 'kubectl create', run }
