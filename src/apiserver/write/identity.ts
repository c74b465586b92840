/**
 * What the server draws for a new object: its uid and, after generateName, its name. Draws are keyed by what the object is called and
 * when it is made, so that no other object's history changes them.
 */
import type { ApiObject } from '../../api/meta.ts'
import { parseTime } from '../../api/rfc3339.ts'
import type { Exchange } from '../exchange.ts'

const SUFFIX_LENGTH = 5
/** apiserver/pkg/storage/names: names are cut so that the suffix fits into a label. */
const MAX_PREFIX = 58

export interface Identity {
  readonly name: string
  readonly uid: string
  readonly drawKey: string
}

const REDRAW = 'redraw'

/** Told of a removal: a namesake made within the same second must not get the same uid. */
export function noteRemoval(x: Exchange, object: ApiObject): void {
  const { creationTimestamp = '', namespace = '', name } = object.metadata
  if (x.nowMs - (parseTime(creationTimestamp) ?? 0) >= 1000) return
  const { cells } = x.server.store
  const key = `${x.resource}/${namespace}/${name}`
  cells.put(REDRAW, key, (cells.get<number>(REDRAW, key) ?? 0) + 1)
}

/** Draws a name (if `name` is empty) and a uid; a dry run uses up no draws. */
export function drawIdentity(x: Exchange, namespace: string | undefined, name: string, generateName: string | undefined): Identity {
  const place = `${x.resource}/${namespace ?? ''}/`
  const own = name === '' ? drawName(x, place, namespace, (generateName ?? '').slice(0, MAX_PREFIX)) : name
  const drawKey = `${place}${own}@${x.nowMs}`
  const turn = x.server.store.cells.get<number>(REDRAW, place + own) ?? 0
  return { name: own, uid: x.server.random.uuid('uid', drawKey, turn), drawKey: `${drawKey}#${turn}` }
}

function drawName(x: Exchange, place: string, namespace: string | undefined, prefix: string): string {
  const { random, store } = x.server
  for (;;) {
    const turn = x.dryRun ? 0 : store.cells.next(`name/${place}${prefix}`)
    const drawn = prefix + random.suffix(SUFFIX_LENGTH, 'name', place + prefix, turn)
    if (x.dryRun || store.get(x.resource, namespace, drawn) === undefined) return drawn
  }
}
