/** Who may log in to MariaDB and what they may do: accounts by user and host, grants by database; messages 1044, 1045, 1142, 1227. */
import { sha256 } from '../../lib/hash.ts'
import { remembered } from '../../lib/remembered.ts'
import { SqlError } from '../sql/contract.ts'
import { like } from '../sql/evaluate.ts'
import type { Account } from './contract.ts'

/** Every connection shows a password, and mostly the same ones. */
const hashed = remembered(100, (password) => `*${sha256(sha256(password)).slice(0, 40).toUpperCase()}`)
export const hashPassword = (password: string): string => (password === '' ? '' : hashed(password))

export const SYSTEM_DATABASES = ['information_schema', 'mysql', 'performance_schema', 'sys'] as const

/** Specific hosts come before patterns, as the server sorts its accounts. */
const specificity = (host: string): number => (host === '%' ? 2 : /[%_]/.test(host) ? 1 : 0)

export const hostMatches = (pattern: string, host: string): boolean =>
  pattern === host || (pattern === '127.0.0.1' && host === 'localhost') || like(host, pattern)

const accessDenied = (user: string, host: string, password: string): SqlError =>
  new SqlError(1045, '28000', `Access denied for user '${user}'@'${host}' (using password: ${password === '' ? 'NO' : 'YES'})`)

/** The account a client becomes. Throws 1045. */
export function logIn(accounts: readonly Account[], user: string, host: string, password: string): Account {
  const candidates = accounts
    .filter((a) => a.user === user && hostMatches(a.host, host))
    .sort((a, b) => specificity(a.host) - specificity(b.host))
  const account = candidates[0]
  if (account === undefined) throw accessDenied(user, host, password)
  if (account.socketOnly && host === 'localhost') return account
  if (account.hash !== hashPassword(password)) throw accessDenied(user, host, password)
  return account
}

export const mayUse = (account: Account, database: string): boolean =>
  database.toLowerCase() === 'information_schema' ||
  account.grants['*'] !== undefined ||
  account.grants[database] !== undefined ||
  Object.keys(account.grants).some((g) => g !== '*' && like(database, g))

export function may(account: Account, privilege: string, database: string): boolean {
  const own = (key: string): boolean => account.grants[key]?.some((p) => p === 'ALL' || p === privilege) ?? false
  return own('*') || own(database) || Object.keys(account.grants).some((g) => g !== '*' && /[%_]/.test(g) && like(database, g) && own(g))
}

/** Throws 1044 unless the account may use the database. */
export function needDatabase(account: Account, database: string): void {
  if (!mayUse(account, database))
    throw new SqlError(1044, '42000', `Access denied for user '${account.user}'@'${account.host}' to database '${database}'`)
}

export function need(account: Account, privilege: string, database: string, table: string): void {
  if (may(account, privilege, database)) return
  throw new SqlError(
    1142,
    '42000',
    `${privilege} command denied to user '${account.user}'@'${account.host}' for table \`${database}\`.\`${table}\``,
  )
}

/** Account management needs CREATE USER everywhere. */
export function needAdministration(account: Account): void {
  if (may(account, 'CREATE USER', '*')) return
  throw new SqlError(1227, '42000', 'Access denied; you need (at least one of) the CREATE USER privilege(s) for this operation')
}
