/**
 * `create token`: asks the API for a service account's token.
 */
import { ApiError } from '../../../api/errors.ts'
import { CommandError } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { kindNamed } from '../../resources/mapper.ts'
import { plainVerb } from '../../verb.ts'
import { nameArgument } from './generator.ts'

/** What a token can be bound to. */
const bindable = { Node: true, Pod: true, Secret: true }

function ask<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new CommandError(`failed to create token: ${error.status.message ?? ''}`)
  }
}

export const tokenVerb = plainVerb('kubectl create token', (context) => {
  const name = nameArgument(context)
  const { flags } = context
  const seconds = flags.duration('duration') / 1000
  if (seconds < 0) throw new CommandError('--duration must be greater than or equal to 0')
  const bound = flags.text('bound-object-kind')
  const boundName = flags.text('bound-object-name')
  if (bound !== '' && !Object.hasOwn(bindable, bound))
    throw new CommandError(`supported --bound-object-kind values are ${Object.keys(bindable).join(', ')}`)
  if (bound !== '' && boundName === '') throw new CommandError('--bound-object-name is required if --bound-object-kind is provided')
  if (bound === '' && boundName !== '') throw new CommandError('--bound-object-name can only be set if --bound-object-kind is provided')
  if (bound === '' && flags.text('bound-object-uid') !== '')
    throw new CommandError('--bound-object-uid can only be set if --bound-object-kind is provided')
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: flags.list('audience').length === 0 ? null : [...flags.list('audience')],
      ...(seconds > 0 ? { expirationSeconds: Math.trunc(seconds) } : {}),
      ...(bound === ''
        ? {}
        : {
            boundObjectRef: { kind: bound, apiVersion: 'v1', name: boundName, uid: flags.text('bound-object-uid') },
          }),
    },
  }
  const printer = objectPrinter(context, objectFormats)
  const kind = kindNamed(context.kube.kinds, 'serviceaccounts')
  const answer = ask(() => context.kube.create(kind, context.kube.namespace, body, { name, subresource: 'token' }))
  context.out(printer === undefined ? `${(answer.status as { token?: string } | undefined)?.token ?? ''}\n` : printer(answer))
  return 0
})
