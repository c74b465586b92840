/** Classes of a script while its methods run. */
import type { Machine } from './machine.ts'
import type { Frame } from './state.ts'
import { isRef, type Thing, type Value } from './values.ts'

/** The class above the one whose method runs: the first, from the object's own, whose attributes hold the running code. Undefined: it is no method. */
export function classAbove(m: Machine, self: Value | undefined, frame: Frame): Value | undefined {
  let cls: Value | undefined = m.is(self, 'obj')?.cls
  while (isRef(cls)) {
    const c: (Thing & { t: 'class' }) | undefined = m.is(cls, 'class')
    if (c === undefined) return undefined
    const holds = Object.values(c.attrs).some((v) => {
      const fn = m.is(v, 'fn')
      return fn !== undefined && fn.c[1] === frame.code && fn.c[0] === frame.module
    })
    if (holds) return c.base
    cls = c.base
  }
  return undefined
}
