/** How a function of Node's library looks here. */
import type { Machine } from '../scripting/machine.ts'
import type { Value } from '../scripting/values.ts'
import { UNDEFINED } from '../scripting/values.ts'
import { plain, toNumber, toText } from './operate.ts'

export interface Call {
  readonly self: Value
  readonly args: readonly Value[]
  readonly isNew: boolean
}
export type Native = (m: Machine, call: Call) => Value
export type Natives = Readonly<Record<string, Native>>

export const arg = ({ args }: Call, at: number): Value => args[at] ?? UNDEFINED
export const text = (m: Machine, call: Call, at: number): string => toText(m, arg(call, at))
export const number = (m: Machine, call: Call, at: number, otherwise = Number.NaN): number =>
  call.args[at] === undefined ? otherwise : toNumber(m, call.args[at])
export const self = (m: Machine, call: Call): string => plain(m, call.self)
