/** Who asks: hands what a kubeconfig presents to the API server's authentication, and turns `--as` into the user it means. */
import { errors } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import { authenticate } from '../apiserver/authentication/authenticate.ts'
import { completeUser, serviceAccountOf } from '../apiserver/authorization/users.ts'
import type { ApiServer } from '../apiserver/server.ts'
import type { Access } from '../kubectl/contract.ts'
import { pemBlocks } from '../lib/der.ts'

/** Throws Unauthorized where credentials are not known. Without any the user is anonymous. */
export function userOfAccess(access: Access, server: ApiServer): UserInfo {
  const certificate = access.clientCertificate && pemBlocks(access.clientCertificate).find((block) => block.label === 'CERTIFICATE')
  return authenticate(server, {
    ...(certificate && { certificate: certificate.bytes }),
    ...(access.token !== undefined && { token: access.token }),
    ...(access.username !== undefined && { other: true }),
  })
}

/** What `--as` asks for, if the user may. Throws Forbidden. */
export function impersonate(
  user: UserInfo,
  as: NonNullable<Access['impersonate']>,
  allowed: (user: UserInfo, resource: 'users' | 'groups' | 'serviceaccounts', name: string, namespace?: string) => boolean,
): UserInfo {
  const account = serviceAccountOf(as.user)
  const deny = (resource: string, name: string, scope: string): Error =>
    errors.forbidden('', resource, name, `User "${user.name}" cannot impersonate resource "${resource}" in API group "" ${scope}`)
  if (account) {
    if (!allowed(user, 'serviceaccounts', account.name, account.namespace))
      throw deny('serviceaccounts', account.name, `in the namespace "${account.namespace}"`)
  } else if (!allowed(user, 'users', as.user)) throw deny('users', as.user, 'at the cluster scope')
  for (const group of as.groups) if (!allowed(user, 'groups', group)) throw deny('groups', group, 'at the cluster scope')
  return completeUser(as.user, as.groups, as.extra, as.uid)
}
