/** Users as the API server completes them after authentication: everybody known is in system:authenticated, service accounts in theirs. */
import type { UserInfo } from '../../api/kind.ts'

const SERVICE_ACCOUNT = 'system:serviceaccount:'

/** Namespace and name of a service account's user name. */
export function serviceAccountOf(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(SERVICE_ACCOUNT)) return undefined
  const [namespace, name] = user.slice(SERVICE_ACCOUNT.length).split(':')
  return namespace && name ? { namespace, name } : undefined
}

/** A user (real or impersonated) with the groups that come by itself. */
export function completeUser(name: string, groups: readonly string[] = [], extra?: UserInfo['extra'], uid?: string): UserInfo {
  const account = serviceAccountOf(name)
  const all = [...groups]
  const add = (group: string): void => {
    if (!all.includes(group)) all.push(group)
  }
  if (account !== undefined && groups.length === 0) {
    add('system:serviceaccounts')
    add(`system:serviceaccounts:${account.namespace}`)
  }
  if (name.startsWith('system:node:')) add('system:nodes')
  add(name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated')
  return { name, groups: all, ...(extra && { extra }), ...(uid !== undefined && { uid }) }
}
