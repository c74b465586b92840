/** One command of the program: how it is called, and where its code is, which is loaded only when it is wanted. */
import type { Command } from 'commander'
import type { Both } from '../../shell/contract.ts'
import type { Context } from '../context.ts'

export type Options = Readonly<Record<string, unknown>>
/** Resolves to the exit code. */
export type Run = (args: readonly string[], options: Options, context: Context) => Promise<number>

export interface CommandRecord {
  readonly name: string
  readonly summary: Both
  /** Arguments and options. */
  define(command: Command): Command
  load(): Promise<{ readonly run: Run }>
}
