/**
 * `kubectl create -f`: sends manifests as they are.
 */
import { ApiError } from '../../../api/errors.ts'
import { addSource, CommandError, throwAll, usageError } from '../../errors.ts'
import { dryRunOf, fieldValidation, teller, writeQuery } from '../../options.ts'
import { recorded } from '../../record.ts'
import { buildFromFiles, type Info } from '../../resources/builder.ts'
import { plainVerb, type VerbContext } from '../../verb.ts'
import { withLastApplied } from '../apply/last-applied.ts'
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

function run(context: VerbContext): number {
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
      createOne(context, info, tell)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      errors.push(error)
    }
  }
  if (infos.length === 0 && errors.length === 0) throw new CommandError('no objects passed to create')
  throwAll(errors)
  return 0
}

export const createVerb = plainVerb('kubectl create', run)
