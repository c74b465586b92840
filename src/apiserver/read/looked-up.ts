/** get and list of a kind whose objects are looked up when asked for and never stored. */
import { errors } from '../../api/errors.ts'
import { type ApiObject, apiVersionOf } from '../../api/meta.ts'
import type { ApiAnswer } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { show, tableOptions } from './list.ts'
import { selectionOf } from './selection.ts'
import { makeTable } from './table.ts'

/** `found`: all there are. */
export function answerLookedUp(x: Exchange, found: readonly ApiObject[]): ApiAnswer {
  const { name, verb } = x.request
  if (verb === 'get') {
    const one = found.find((object) => object.metadata.name === name)
    if (one === undefined) throw errors.notFound(x.kind.group, x.kind.resource, name ?? '')
    return show(x, 200, one)
  }
  const { matches } = selectionOf(x)
  const selected = found.filter(matches)
  if (x.request.as === 'table') return x.answer(200, makeTable(x.kind, selected, {}, tableOptions(x)))
  const items = selected.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest)
  return x.answer(200, { kind: `${x.kind.kind}List`, apiVersion: apiVersionOf(x.kind.group, x.kind.version), metadata: {}, items } as never)
}
