/** Who asks: turns what a kubeconfig presents (a client certificate, a token) and `--as` into the user the API server sees. */
import { errors } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import type { Reader } from '../api/reader.ts'
import { completeUser, serviceAccountOf } from '../apiserver/authorization/users.ts'
import type { Access } from '../kubectl/contract.ts'
import type { Cells } from '../sim/state.ts'

/** The API server's memory of the client certificates its authority has signed: a text of the right form alone proves nothing. */
const SIGNED = 'client-certificates'

export function signCertificate(cells: Cells, name: string, groups: readonly string[]): string {
  const certificate = certificateFor(name, groups)
  cells.put(SIGNED, certificate, true)
  return certificate
}

/** A certificate of this simulation: its subject, in the clear, where a real one has its bytes. */
export const certificateFor = (name: string, groups: readonly string[]): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(`CN=${name}${groups.map((g) => `,O=${g}`).join('')}`).toString('base64')}\n-----END CERTIFICATE-----\n`

function certificateUser(pem: string, cells: Cells): UserInfo | undefined {
  if (cells.get(SIGNED, pem) === undefined) return undefined
  const body = /-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END/.exec(pem)?.[1]
  if (body === undefined) return undefined
  const parts = Buffer.from(body.replace(/\s/g, ''), 'base64').toString('utf8').split(',')
  const name = parts.find((p) => p.startsWith('CN='))?.slice(3)
  if (!name) return undefined
  return { name, groups: [...parts.filter((p) => p.startsWith('O=')).map((p) => p.slice(2)), 'system:authenticated'] }
}

function tokenUser(token: string, reader: Reader): UserInfo | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  let subject: unknown
  try {
    subject = (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { sub?: unknown }).sub
  } catch {
    return undefined
  }
  const m = typeof subject === 'string' ? /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) : null
  const account = m && reader.get('serviceaccounts', m[1], m[2]!)
  if (!account) return undefined
  return {
    name: subject as string,
    uid: account.metadata.uid!,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${m![1]}`, 'system:authenticated'],
  }
}

/** Throws Unauthorized where credentials are not known. Without any the user is anonymous. */
export function authenticate(access: Access, reader: Reader, cells: Cells): UserInfo {
  let user: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
  if (access.clientCertificate !== undefined) {
    const found = certificateUser(access.clientCertificate, cells)
    if (found === undefined) throw errors.unauthorized()
    user = found
  } else if (access.token !== undefined) {
    const found = tokenUser(access.token, reader)
    if (found === undefined) throw errors.unauthorized()
    user = found
  } else if (access.username !== undefined) throw errors.unauthorized()
  return user
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
