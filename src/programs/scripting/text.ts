/** Texts of either language: how long one may be that is laid out whole, and one made of a repeated part as one piece. */
import { NotSimulated } from './ast.ts'
import type { Machine } from './machine.ts'
import { isPad, textLength, type Value } from './values.ts'

/** The longest text that is laid out whole. */
export const LAID_OUT = 1_000_000

/** Refuses texts that would be too long to lay out. */
export function bounded(m: Machine, length: number): number {
  if (length > LAID_OUT) throw new NotSimulated(`laying out a text of ${length} characters`, m.line)
  m.heap.work += length >> 6
  return length
}

/** A text as one piece; `textOf` is the language's own way to write what is no text. */
export function onePiece(m: Machine, v: Value, textOf: (m: Machine, v: Value) => string): string {
  if (typeof v === 'string') {
    m.heap.work += v.length >> 6
    return v
  }
  if (!isPad(v)) return textOf(m, v)
  bounded(m, textLength(v))
  return v.p.repeat(v.n)
}
