/** Statements that PostgreSQL knows beyond those about tables, plain data. */
import type { TableName, TableStatement, Transaction } from '../sql/ast.ts'

export interface RoleOptions {
  readonly password?: string | null
  readonly login?: boolean
  readonly superuser?: boolean
  readonly createdb?: boolean
  readonly createrole?: boolean
}

export type Target =
  | { readonly on: 'table'; readonly table: TableName }
  | { readonly on: 'tables' | 'schema'; readonly name: string }
  | { readonly on: 'database'; readonly name: string }

export type Statement =
  | TableStatement
  | Transaction
  | { readonly k: 'create-database'; readonly name: string; readonly owner?: string; readonly guarded: boolean }
  | { readonly k: 'drop-database'; readonly name: string; readonly guarded: boolean }
  | { readonly k: 'own-database'; readonly name: string; readonly owner: string }
  | { readonly k: 'create-schema'; readonly name: string; readonly guarded: boolean }
  | { readonly k: 'create-role' | 'alter-role'; readonly name: string; readonly options: RoleOptions }
  | { readonly k: 'drop-role'; readonly names: readonly string[]; readonly guarded: boolean }
  | {
      readonly k: 'grant' | 'revoke'
      readonly privileges: readonly string[]
      readonly target: Target
      readonly roles: readonly string[]
    }
  | { readonly k: 'show'; readonly name: string }
  /** What changes nothing that is simulated, with the tag it answers. */
  | { readonly k: 'accepted'; readonly tag: string }
