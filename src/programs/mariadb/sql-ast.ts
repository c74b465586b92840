/** Statements and expressions of the SQL subset, plain data. */
import type { Column, Value } from './contract.ts'

export type Expr =
  | { readonly k: 'value'; readonly v: Value }
  | { readonly k: 'column'; readonly name: string; readonly table?: string }
  | { readonly k: 'star' }
  | { readonly k: 'variable'; readonly name: string }
  | { readonly k: 'unary'; readonly op: 'NOT' | '-'; readonly a: Expr }
  | { readonly k: 'binary'; readonly op: string; readonly a: Expr; readonly b: Expr }
  | { readonly k: 'in'; readonly a: Expr; readonly list: readonly Expr[]; readonly not: boolean }
  | { readonly k: 'null'; readonly a: Expr; readonly not: boolean }
  | { readonly k: 'call'; readonly name: string; readonly args: readonly Expr[]; readonly distinct?: boolean }

export interface TableName {
  readonly database?: string
  readonly table: string
  readonly alias?: string
}

export interface AccountName {
  readonly user: string
  readonly host: string
}

export interface Select {
  readonly k: 'select'
  readonly items: readonly { readonly e: Expr; readonly as: string }[]
  readonly from?: TableName
  readonly where?: Expr
  readonly group: readonly Expr[]
  readonly order: readonly { readonly e: Expr; readonly down: boolean }[]
  readonly limit?: number
  readonly offset: number
  readonly distinct: boolean
}

export type Statement =
  | Select
  | {
      readonly k: 'insert'
      readonly into: TableName
      readonly columns?: readonly string[]
      readonly rows: readonly (readonly Expr[])[]
      readonly mode: 'insert' | 'ignore' | 'replace'
      readonly onDuplicate: readonly (readonly [string, Expr])[]
    }
  | {
      readonly k: 'update'
      readonly table: TableName
      readonly set: readonly (readonly [string, Expr])[]
      readonly where?: Expr
      readonly limit?: number
    }
  | { readonly k: 'delete'; readonly from: TableName; readonly where?: Expr; readonly limit?: number }
  | { readonly k: 'create-database' | 'drop-database'; readonly name: string; readonly guarded: boolean }
  | {
      readonly k: 'create-table'
      readonly table: TableName
      readonly columns: readonly Column[]
      readonly primary: readonly string[]
      readonly guarded: boolean
    }
  | { readonly k: 'drop-table' | 'truncate'; readonly tables: readonly TableName[]; readonly guarded: boolean }
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
  | { readonly k: 'begin' | 'commit' | 'rollback' | 'nothing' }
