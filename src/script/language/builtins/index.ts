/** The registry of builtins: commands that change or read the shell itself. A result is an exit code, or `pushed` when frames go on. */
import type { Kernel } from '../kernel.ts'
import type { Process } from '../state.ts'
import { controlBuiltins } from './control.ts'
import { jobBuiltins } from './jobs.ts'
import { outputBuiltins } from './output.ts'
import { variableBuiltins } from './variables.ts'

export type Builtin = (kernel: Kernel, process: Process, argv: readonly string[]) => number | 'pushed'

export const builtins: Readonly<Record<string, Builtin>> = { ...controlBuiltins, ...jobBuiltins, ...outputBuiltins, ...variableBuiltins }
