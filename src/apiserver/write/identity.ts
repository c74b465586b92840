/**
 * What the server draws for a new object: its uid and, after generateName, its name. Draws are keyed by what the object is called and
 * how often that name was used, so that no other object's history changes them.
 */
import type { Exchange } from '../exchange.ts'

const SUFFIX_LENGTH = 5
/** apiserver/pkg/storage/names: names are cut so that the suffix fits into a label. */
const MAX_PREFIX = 58

export interface Identity {
  readonly name: string
  readonly uid: string
  readonly drawKey: string
}

/** Draws a name (if `name` is empty) and a uid; nothing is remembered for a dry run. */
export function drawIdentity(x: Exchange, namespace: string | undefined, name: string, generateName: string | undefined): Identity {
  const { random, store } = x.server
  const place = `${x.resource}/${namespace ?? ''}/`
  const turnOf = (subject: string): number => (x.dryRun ? 0 : store.cells.next(`draw/${subject}`))
  const purpose = x.dryRun ? 'dry-run ' : ''
  if (name !== '') {
    const turn = turnOf(place + name)
    return { name, uid: random.uuid(`${purpose}uid`, place + name, turn), drawKey: `${place}${name}#${turn}` }
  }
  const prefix = (generateName ?? '').slice(0, MAX_PREFIX)
  for (;;) {
    const turn = turnOf(place + prefix)
    const drawn = prefix + random.suffix(SUFFIX_LENGTH, `${purpose}name`, place + prefix, turn)
    if (store.get(x.resource, namespace, drawn) !== undefined && !x.dryRun) continue
    return { name: drawn, uid: random.uuid(`${purpose}uid`, place + prefix, turn), drawKey: `${place}${prefix}#${turn}` }
  }
}
