/** Roles of PostgreSQL: what they may do, and the statements that change them. */
import { sha256 } from '../../lib/hash.ts'
import { remembered } from '../../lib/remembered.ts'
import { type Place, SqlError } from '../sql/contract.ts'
import type { Data, Role } from './contract.ts'
import { dialect } from './dialect.ts'
import type { RoleOptions, Statement, Target } from './sql-ast.ts'

const hashed = remembered(100, (password) => `SCRAM-SHA-256$4096:${sha256(sha256(password))}`)
export const hashPassword = (password: string): string => (password === '' ? '' : hashed(password))

const denied = (message: string, detail?: string): SqlError => new SqlError(0, '42501', message, detail === undefined ? {} : { detail })

export const tableKey = (p: Place): string => `${p.database}/${p.table}`

const holds = (role: Role, key: string, privilege: string): boolean =>
  role.grants[key]?.some((p) => p === 'ALL' || p === privilege) ?? false

/** Throws unless the role may do that with the table. `major`: since 15 only the database's owner makes tables in `public`. */
export function needTable(privilege: string, place: Place, role: Role, data: Data, major: number): void {
  if (role.superuser) return
  if (privilege === 'CREATE') {
    const mayMake = major < 15 || data.owners[place.database] === role.name || holds(role, `schema:${place.database}`, 'CREATE')
    if (!mayMake) throw denied('permission denied for schema public')
    return
  }
  const key = tableKey(place)
  if (data.databases[place.database]?.[place.table] === undefined || data.owners[key] === role.name) return
  if (privilege === 'ALTER' || privilege === 'DROP') throw denied(`must be owner of table ${place.table}`)
  if (!holds(role, key, privilege)) throw denied(`permission denied for table ${place.table}`)
}

export function needSuperuserOr(role: Role, what: 'createdb' | 'createrole', message: string): void {
  if (!role.superuser && !role[what]) throw denied(message)
}

const withOptions = (role: Role, o: RoleOptions): Role => ({
  ...role,
  ...(o.password !== undefined && { hash: hashPassword(o.password ?? '') }),
  ...(o.login !== undefined && { login: o.login }),
  ...(o.superuser !== undefined && { superuser: o.superuser }),
  ...(o.createdb !== undefined && { createdb: o.createdb }),
  ...(o.createrole !== undefined && { createrole: o.createrole }),
})

export const newRole = (name: string, o: RoleOptions): Role =>
  withOptions({ name, hash: '', login: false, superuser: false, createdb: false, createrole: false, grants: {} }, o)

const noRole = (name: string): SqlError => new SqlError(0, '42704', `role "${name}" does not exist`)

export function roleNamed(data: Data, name: string): Role {
  const role = data.roles.find((r) => r.name === name)
  if (role === undefined) throw noRole(name)
  return role
}

type RoleStatement = Extract<Statement, { k: 'create-role' | 'alter-role' | 'drop-role' | 'grant' | 'revoke' }>

/** The data after a statement about roles. */
export function changeRoles(q: RoleStatement, data: Data, by: Role, placeOf: (target: Target) => readonly string[]): Data {
  switch (q.k) {
    case 'create-role':
      needSuperuserOr(by, 'createrole', 'permission denied to create role')
      if (data.roles.some((r) => r.name === q.name)) throw new SqlError(0, '42710', `role "${q.name}" already exists`)
      return { ...data, roles: [...data.roles, newRole(q.name, q.options)] }
    case 'alter-role':
      roleNamed(data, q.name)
      if (q.name !== by.name || Object.keys(q.options).some((o) => o !== 'password'))
        needSuperuserOr(by, 'createrole', 'permission denied to alter role')
      return { ...data, roles: data.roles.map((r) => (r.name === q.name ? withOptions(r, q.options) : r)) }
    case 'drop-role':
      needSuperuserOr(by, 'createrole', 'permission denied to drop role')
      for (const name of q.names) {
        if (!data.roles.some((r) => r.name === name) && q.guarded) continue
        roleNamed(data, name)
        if (name === by.name) throw new SqlError(0, '55006', 'current user cannot be dropped')
        const owned = Object.entries(data.owners).find(([, owner]) => owner === name)?.[0]
        if (owned !== undefined)
          throw new SqlError(0, '2BP01', `role "${name}" cannot be dropped because some objects depend on it`, {
            detail: `owner of ${owned.includes('/') ? 'table' : 'database'} ${owned.split('/').at(-1)}`,
          })
      }
      return { ...data, roles: data.roles.filter((r) => !q.names.includes(r.name)) }
    case 'grant':
    case 'revoke': {
      const keys = placeOf(q.target)
      for (const name of q.roles) if (name !== 'public') roleNamed(data, name)
      const mayGive = by.superuser || keys.every((k) => data.owners[k.replace(/^(db|schema):/, '')] === by.name)
      if (!mayGive)
        throw denied(`permission denied for ${q.target.on === 'tables' ? 'table' : q.target.on} ${keys[0]?.split(/[/:]/).at(-1) ?? ''}`)
      const everybody = q.roles.includes('public')
      return { ...data, roles: data.roles.map((r) => (everybody || q.roles.includes(r.name) ? granted(r, keys, q) : r)) }
    }
  }
}

function granted(role: Role, keys: readonly string[], q: Extract<Statement, { k: 'grant' | 'revoke' }>): Role {
  const grants: Record<string, readonly string[]> = { ...role.grants }
  for (const key of keys) {
    const had = grants[key] ?? []
    const now =
      q.k === 'grant'
        ? [...new Set([...had, ...q.privileges])]
        : q.privileges.includes('ALL')
          ? []
          : had.filter((p) => !q.privileges.includes(p))
    if (now.length > 0) grants[key] = now
    else delete grants[key]
  }
  return { ...role, grants }
}

export const unknownDatabase = (name: string): SqlError => dialect.says.noDatabase(name)
