/**
 * The text of one object: its kind's describer, or the generic one for kinds without (custom resources).
 */
import { describeGeneric } from '../../../kinds/describe/generic.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'

/** `Name: …` to the last line. */
export function describeObject(context: VerbContext, info: Info, showEvents: boolean): string {
  const given = { reader: context.kube.reader(), nowMs: context.host.now(), showEvents }
  return info.kind.describe === undefined ? describeGeneric(info.object!, given) : info.kind.describe(info.object!, given)
}
