/** Statements that MariaDB knows beyond those about tables, plain data. */
import type { TableName, TableStatement, Transaction } from '../sql/ast.ts'

export interface AccountName {
  readonly user: string
  readonly host: string
}

export type Statement =
  | TableStatement
  | Transaction
  | { readonly k: 'create-database' | 'drop-database'; readonly name: string; readonly guarded: boolean }
  | { readonly k: 'use'; readonly name: string }
  | { readonly k: 'show'; readonly what: string; readonly like?: string; readonly from?: TableName; readonly account?: AccountName }
  | {
      readonly k: 'create-user' | 'alter-user' | 'drop-user'
      readonly accounts: readonly (AccountName & { readonly password?: string })[]
      readonly guarded: boolean
    }
  | { readonly k: 'set-password'; readonly account?: AccountName; readonly password: string }
  | {
      readonly k: 'grant' | 'revoke'
      readonly privileges: readonly string[]
      readonly on: string
      readonly accounts: readonly (AccountName & { readonly password?: string })[]
    }
