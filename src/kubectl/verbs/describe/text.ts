/**
 * The text of one object: its kind's describer, or the generic one for kinds without (CRDs), and the events about it.
 */
import type { ApiObject } from '../../../api/meta.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'
import { genericDescription } from './generic.ts'

/** `Name: …` to the last line. */
export function describeObject(context: VerbContext, info: Info): string {
  const object: ApiObject = info.object!
  const showEvents = context.flags.bool('show-events')
  const describe = info.kind.describe
  const reader = context.kube.reader()
  const nowMs = context.host.now()
  if (describe !== undefined) return describe(object, { reader, nowMs, showEvents })
  return genericDescription(object, info.kind, { reader, nowMs, showEvents })
}
