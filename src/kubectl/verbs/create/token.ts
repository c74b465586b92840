/**
 * `create token`: asks the API for a service account's token.
 */
import { CommandError } from '../../errors.ts'
import { objectFormats, objectPrinter } from '../../printers/objects.ts'
import { kindNamed } from '../../resources/mapper.ts'
import { plainVerb } from '../../verb.ts'
import { nameArgument } from './generator.ts'

export const tokenVerb = plainVerb('kubectl create token', (context) => {
  const name = nameArgument(context)
  const { flags } = context
  const seconds = flags.duration('duration') / 1000
  if (seconds < 0) throw new CommandError('--duration must be greater than or equal to 0')
  const bound = flags.text('bound-object-kind')
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
            boundObjectRef: { kind: bound, apiVersion: 'v1', name: flags.text('bound-object-name'), uid: flags.text('bound-object-uid') },
          }),
    },
  }
  const printer = objectPrinter(context, objectFormats)
  const kind = kindNamed(context.kube.kinds, 'serviceaccounts')
  const answer = context.kube.create(kind, context.kube.namespace, body, { name, subresource: 'token' })
  context.out(printer === undefined ? `${(answer.status as { token?: string } | undefined)?.token ?? ''}\n` : printer(answer))
  return 0
})
