/**
 * What client-side apply sends: the three-way merge of last applied, wanted and live (strategic where the kind's schema is built in,
 * JSON merge for custom resources).
 */

import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { applyMergePatch, createThreeWayJsonMergePatch } from '../../../api/patch/merge.ts'
import { applyStrategicPatch } from '../../../api/patch/strategic.ts'
import { createThreeWayMergePatch, createTwoWayMergePatch } from '../../../api/patch/strategic-diff.ts'
import { CommandError } from '../../errors.ts'
import type { Kube } from '../../kube.ts'
import { toJson } from '../../printers/json.ts'
import { toYaml } from '../../printers/yaml.ts'
import type { Info } from '../../resources/builder.ts'
import { conflicting } from './conflicts.ts'
import { lastAppliedOf, lastAppliedText, withLastApplied, withoutLastApplied } from './last-applied.ts'
import { targetText } from './target-text.ts'

export interface PatchPlan {
  readonly patch: unknown
  readonly type: 'strategic' | 'merge'
  readonly changed: boolean
  /** The live object with the patch on it, for dry runs on the client. */
  readonly preview: ApiObject
}

/** Kinds that the client has Go types for take strategic merge patches; the server refuses them for the others. */
export const strategicFor = (kind: KindDefinition): boolean => kind.schema.name?.startsWith('io.k8s.') === true

/** Throws where others changed what the patch changes. */
function refuseConflicts(info: Info, original: ApiObject, wanted: ApiObject, live: ApiObject, patch: Record<string, unknown>): void {
  const changed = createTwoWayMergePatch(original, live, info.kind.schema)
  // What the server and apply itself keep is nobody's change.
  const { metadata: _, status: __, ...others } = changed as Record<string, unknown>
  const { metadata: ___, ...mine } = patch
  if (!conflicting(mine, others)) return
  const why = `patch:\n${toYaml(patch)}\nconflicts with changes made from original to current:\n${toYaml(changed)}\n`
  throw new CommandError(
    `error when applying patch:\n\nto:\n${targetText(info)}\nfor: ${JSON.stringify(info.source)}: error when patching ${JSON.stringify(info.source)}: creating patch with:\noriginal:\n${lastAppliedText(original)}\nmodified:\n${toJson(wanted, false)}\ncurrent:\n${toJson(live, false)}\nfor:: ${why}`,
  )
}

/** The patch between what was applied, what is wanted and what is there. */
export function planPatch(_kube: Kube, info: Info, live: ApiObject, annotate = true, overwrite = true): PatchPlan {
  const original = lastAppliedOf(live) ?? {}
  const wanted = annotate ? withLastApplied(info.object!) : withoutLastApplied(info.object!)
  if (strategicFor(info.kind)) {
    const patch = createThreeWayMergePatch(original, wanted, live, info.kind.schema)
    if (!overwrite) refuseConflicts(info, original as ApiObject, wanted, live, patch)
    return { patch, type: 'strategic', changed: Object.keys(patch).length > 0, preview: applyStrategicPatch(live, patch, info.kind.schema) }
  }
  const patch = createThreeWayJsonMergePatch(original, wanted, live)
  return { patch, type: 'merge', changed: Object.keys(patch).length > 0, preview: applyMergePatch(live, patch) as ApiObject }
}
