/** How a function of Python's library looks here, and the readings of arguments that they share. */
import type { Machine } from '../scripting/machine.ts'
import { isText, type Value } from '../scripting/values.ts'
import { isNumber, numberOf } from './operate.ts'
import { plain, typeName } from './text.ts'

/** What a function is given: what it is bound to, arguments in order and by name. */
export interface Call {
  readonly self: Value
  readonly args: readonly Value[]
  readonly names: ReadonlyMap<string, Value>
}
export type Native = (m: Machine, call: Call) => Value
export type Natives = Readonly<Record<string, Native>>

/** An argument by place or name. */
export const given = ({ args, names }: Call, at: number, name: string): Value | undefined => args[at] ?? names.get(name)

export function number(m: Machine, v: Value | undefined): number {
  if (v === undefined || v === null || !isNumber(v)) return m.fail('TypeError', `must be real number, not ${typeName(m, v ?? null)}`)
  return numberOf(v)
}
export function text(m: Machine, v: Value | undefined): string {
  if (v === undefined || !isText(v)) return m.fail('TypeError', `expected str, bytes or os.PathLike object, not ${typeName(m, v ?? null)}`)
  return plain(m, v)
}
export const list = (m: Machine, v: readonly Value[]): Value => m.heap.make({ t: 'list', v: [...v] })
export const tuple = (m: Machine, v: readonly Value[]): Value => m.heap.make({ t: 'tuple', v: [...v] })
export const dict = (m: Machine, pairs: readonly (readonly [string, Value])[]): Value =>
  m.heap.make({ t: 'dict', e: Object.fromEntries(pairs.map(([k, v]) => [`s${k}`, [k, v]])) })
export const object = (m: Machine, cls: string, attrs: Record<string, Value>): Value => m.heap.make({ t: 'obj', cls: { b: cls }, attrs })
export const float = (f: number): Value => ({ f })
export const seconds = (m: Machine, v: Value | undefined, otherwise: number): number =>
  v === undefined || v === null ? otherwise : number(m, v) * 1000
/** An attribute of an object of the library. */
export const field = (m: Machine, v: Value, name: string): Value => m.is(v, 'obj')?.attrs[name] ?? null
export function setField(m: Machine, v: Value, name: string, to: Value): void {
  const thing = m.heap.edit(v as { r: number }, isText(to) ? plain(m, to).length : 16)
  if (thing.t === 'obj') thing.attrs[name] = to
}
