/** Statements and expressions that all SQL servers here know, plain data. */
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
  | { readonly k: 'cast'; readonly a: Expr; readonly type: string }

export interface TableName {
  readonly database?: string
  readonly table: string
  readonly alias?: string
  /** A function that gives rows: `generate_series(1, 10)`. */
  readonly args?: readonly Expr[]
}

export interface Item {
  readonly e: Expr
  readonly as: string
}

export interface Select {
  readonly k: 'select'
  readonly items: readonly Item[]
  readonly from?: TableName
  readonly where?: Expr
  readonly group: readonly Expr[]
  readonly order: readonly { readonly e: Expr; readonly down: boolean }[]
  readonly limit?: number
  readonly offset: number
  readonly distinct: boolean
}

export type Assignment = readonly [string, Expr]

export interface Insert {
  readonly k: 'insert'
  readonly into: TableName
  readonly columns?: readonly string[]
  readonly rows: readonly (readonly Expr[])[]
  /** INSERT … SELECT. */
  readonly from?: Select
  readonly mode: 'insert' | 'ignore' | 'replace'
  /** ON DUPLICATE KEY UPDATE, ON CONFLICT DO UPDATE. */
  readonly onDuplicate: readonly Assignment[]
  readonly returning?: readonly Item[]
}

export interface Update {
  readonly k: 'update'
  readonly table: TableName
  readonly set: readonly Assignment[]
  readonly where?: Expr
  readonly limit?: number
  readonly returning?: readonly Item[]
}

export interface Delete {
  readonly k: 'delete'
  readonly from: TableName
  readonly where?: Expr
  readonly limit?: number
  readonly returning?: readonly Item[]
}

export interface CreateTable {
  readonly k: 'create-table'
  readonly table: TableName
  readonly columns: readonly Column[]
  readonly primary: readonly string[]
  readonly guarded: boolean
}

export interface AlterTable {
  readonly k: 'alter-table'
  readonly table: TableName
  readonly guarded: boolean
  readonly change: { readonly add: Column } | { readonly drop: string } | { readonly rename: string } | { readonly restart: number }
}

export interface DropTables {
  readonly k: 'drop-table' | 'truncate'
  readonly tables: readonly TableName[]
  readonly guarded: boolean
}

export interface Transaction {
  readonly k: 'begin' | 'commit' | 'rollback' | 'nothing'
}

export type TableStatement = Select | Insert | Update | Delete | CreateTable | AlterTable | DropTables

/** What changes tables, as opposed to reading them. */
export const WRITES: ReadonlySet<string> = new Set([
  'insert',
  'update',
  'delete',
  'create-table',
  'alter-table',
  'drop-table',
  'truncate',
  'create-database',
  'drop-database',
])
