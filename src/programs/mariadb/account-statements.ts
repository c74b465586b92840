/** CREATE, ALTER and DROP USER, GRANT and REVOKE over the list of accounts. */
import { SqlError } from '../sql/contract.ts'
import { hashPassword, needAdministration } from './accounts.ts'
import type { Account } from './contract.ts'
import type { AccountName, Statement } from './sql-ast.ts'

type AccountStatement = Extract<Statement, { k: 'create-user' | 'alter-user' | 'drop-user' | 'set-password' | 'grant' | 'revoke' }>

const failed = (what: string, name: AccountName): SqlError =>
  new SqlError(1396, 'HY000', `Operation ${what} failed for '${name.user}'@'${name.host}'`)

/** The accounts after a statement that `by` gave. Throws SqlError. */
export function changeAccounts(q: AccountStatement, accounts: readonly Account[], by: Account): readonly Account[] {
  const nameOf = (a: AccountName): AccountName => (a.user === '\0current' ? by : a)
  const isOwn = (a: AccountName): boolean => nameOf(a).user === by.user && nameOf(a).host === by.host
  if (q.k === 'set-password') {
    const target = q.account ?? by
    if (!isOwn(target)) needAdministration(by)
    return change(accounts, nameOf(target), (a) => withPassword(a, q.password), failed('SET PASSWORD', target))
  }
  if (!(q.k === 'alter-user' && q.accounts.every(isOwn))) needAdministration(by)
  let out = accounts
  for (const given of q.accounts) {
    const name = nameOf(given)
    const found = out.find((a) => a.user === name.user && a.host === name.host)
    if (q.k === 'create-user') {
      if (found !== undefined && !q.guarded) throw failed('CREATE USER', name)
      if (found === undefined) out = [...out, { user: name.user, host: name.host, hash: hashPassword(given.password ?? ''), grants: {} }]
    } else if (q.k === 'drop-user') {
      if (found === undefined && !q.guarded) throw failed('DROP USER', name)
      out = out.filter((a) => a !== found)
    } else if (q.k === 'alter-user') {
      if (found === undefined && q.guarded) continue
      out = change(out, name, (a) => (given.password === undefined ? a : withPassword(a, given.password)), failed('ALTER USER', name))
    } else if (q.k === 'grant') {
      if (found === undefined && given.password === undefined)
        throw new SqlError(1133, '28000', "Can't find any matching row in the user table")
      if (found === undefined) out = [...out, { user: name.user, host: name.host, hash: hashPassword(given.password!), grants: {} }]
      out = change(
        out,
        name,
        (a) => ({
          ...(given.password === undefined ? a : withPassword(a, given.password)),
          grants: { ...a.grants, [q.on]: [...new Set([...(a.grants[q.on] ?? []), ...q.privileges])] },
        }),
        failed('GRANT', name),
      )
    } else if (q.k === 'revoke') {
      out = change(
        out,
        name,
        (a) => revoked(a, q.on, q.privileges),
        new SqlError(1141, '42000', `There is no such grant defined for user '${name.user}' on host '${name.host}'`),
      )
    }
  }
  return out
}

function withPassword(account: Account, password: string): Account {
  const { socketOnly: _gone, ...rest } = account
  return { ...rest, hash: hashPassword(password) }
}

function revoked(account: Account, on: string, privileges: readonly string[]): Account {
  const left = privileges.includes('ALL') ? [] : (account.grants[on] ?? []).filter((p) => !privileges.includes(p))
  const { [on]: _gone, ...grants } = account.grants
  return { ...account, grants: left.length > 0 ? { ...grants, [on]: left } : grants }
}

function change(
  accounts: readonly Account[],
  name: AccountName,
  how: (account: Account) => Account,
  otherwise: SqlError,
): readonly Account[] {
  const at = accounts.findIndex((a) => a.user === name.user && a.host === name.host)
  if (at < 0) throw otherwise
  return accounts.map((a, i) => (i === at ? how(a) : a))
}

/** What SHOW GRANTS prints. */
export function grantsOf(account: Account): string[] {
  const who = `\`${account.user}\`@\`${account.host}\``
  const identified = account.hash === '' ? '' : ` IDENTIFIED BY PASSWORD '${account.hash}'`
  const words = (list: readonly string[]): string => (list.includes('ALL') ? 'ALL PRIVILEGES' : list.join(', '))
  const global = account.grants['*']
  return [
    `GRANT ${global ? words(global) : 'USAGE'} ON *.* TO ${who}${identified}${global?.includes('ALL') ? ' WITH GRANT OPTION' : ''}`,
    ...Object.entries(account.grants)
      .filter(([on]) => on !== '*')
      .map(([on, list]) => `GRANT ${words(list)} ON \`${on}\`.* TO ${who}`),
  ]
}
