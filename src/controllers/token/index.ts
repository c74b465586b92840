/**
 * The token controller: a Secret of type `kubernetes.io/service-account-token` gets the token and CA of its ServiceAccount, and goes when that goes.
 * The token has no end: it counts for as long as the Secret holds it.
 */
import { isApiError } from '../../api/errors.ts'
import type { Secret } from '../../api/generated/types/core-v1.ts'
import { keyOf, splitKey } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import { issueSecretToken } from '../../apiserver/authentication/tokens.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'
import { ROOT_CA_NAME } from '../root-ca/index.ts'

const TYPE = 'kubernetes.io/service-account-token'
const NAME = 'kubernetes.io/service-account.name'
const UID = 'kubernetes.io/service-account.uid'

function reconcile(key: string, context: ReconcileContext): void {
  const { namespace, name } = splitKey(key)
  const secret = context.read.get('secrets', namespace, name)
  const accountName = secret?.metadata.annotations?.[NAME]
  if (secret?.type !== TYPE || accountName === undefined) return
  const account = context.read.get('serviceaccounts', namespace, accountName)
  const uid = secret.metadata.annotations?.[UID]
  if (account === undefined || (uid !== undefined && uid !== account.metadata.uid)) {
    remove(secret, context)
    return
  }
  const ca = context.read.get('configmaps', namespace, ROOT_CA_NAME)?.data?.['ca.crt'] ?? ''
  const { data = {} } = secret
  if (uid !== undefined && data['token'] !== undefined && data['namespace'] !== undefined && (data['ca.crt'] !== undefined || ca === ''))
    return
  const filled = {
    ...data,
    namespace: btoa(namespace ?? ''),
    token:
      data['token'] ??
      btoa(issueSecretToken(context.random, { namespace: namespace ?? '', name: accountName, uid: account.metadata.uid! }, name)),
    ...(ca !== '' && { 'ca.crt': btoa(ca) }),
  }
  context.write.modify('secrets', namespace, name, (draft) => {
    draft.data = filled
    draft.metadata.annotations = { ...draft.metadata.annotations, [UID]: account.metadata.uid! }
  })
}

function remove(secret: Secret, context: ReconcileContext): void {
  try {
    context.write.delete('secrets', secret.metadata.namespace, secret.metadata.name)
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

const ofAccount = ({ before, after }: ObjectChange, read: IndexedReader): readonly string[] => {
  const { namespace, name } = (after ?? before)!.metadata
  return read
    .list('secrets', namespace)
    .filter((s) => s.type === TYPE && s.metadata.annotations?.[NAME] === name)
    .map(keyOf)
}

export const tokenController: ControllerDefinition = {
  name: 'tokens',
  watches: [
    { resource: 'secrets', own: true, when: ({ after }) => (after as Secret | undefined)?.type === TYPE },
    { resource: 'serviceaccounts', map: ofAccount },
  ],
  reconcile,
}
