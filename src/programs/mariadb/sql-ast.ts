/** Statements that MariaDB knows beyond those about tables, plain data. */

import type { TableName, TableStatement, Transaction } from '../sql/ast.ts'
import type { Value } from '../sql/contract.ts'

export interface AccountName {
  readonly user: string
  readonly host: string
}

/** Statements about the server itself, not about its data. */
export type ControlStatement =
  | { readonly k: 'change-master'; readonly options: Readonly<Record<string, string | number>> }
  | { readonly k: 'start-replica' | 'stop-replica'; readonly threads: 'both' | 'io' | 'sql' }
  | { readonly k: 'reset-replica'; readonly all: boolean }
  | { readonly k: 'replica-status' | 'master-status' | 'replica-hosts' }
  | { readonly k: 'set-global'; readonly name: string; readonly value: Value }

export const CONTROLS: ReadonlySet<string> = new Set([
  'change-master',
  'start-replica',
  'stop-replica',
  'reset-replica',
  'replica-status',
  'master-status',
  'replica-hosts',
  'set-global',
])

export type Statement =
  | ControlStatement
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
