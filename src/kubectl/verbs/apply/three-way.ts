/**
 * What client-side apply sends: the three-way merge of last applied, wanted and live (strategic where the kind's schema is built in,
 * JSON merge for custom resources).
 */

import type { KindDefinition } from '../../../api/kind.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { applyMergePatch, createThreeWayJsonMergePatch } from '../../../api/patch/merge.ts'
import { applyStrategicPatch } from '../../../api/patch/strategic.ts'
import { createThreeWayMergePatch } from '../../../api/patch/strategic-diff.ts'
import type { Kube } from '../../kube.ts'
import type { Info } from '../../resources/builder.ts'
import { lastAppliedOf, withLastApplied, withoutLastApplied } from './last-applied.ts'

export interface PatchPlan {
  readonly patch: unknown
  readonly type: 'strategic' | 'merge'
  readonly changed: boolean
  /** The live object with the patch on it, for dry runs on the client. */
  readonly preview: ApiObject
}

/** Kinds that the client has Go types for take strategic merge patches; the server refuses them for the others. */
export const strategicFor = (kind: KindDefinition): boolean => kind.schema.name?.startsWith('io.k8s.') === true

/** The patch between what was applied, what is wanted and what is there. */
export function planPatch(_kube: Kube, info: Info, live: ApiObject, annotate = true): PatchPlan {
  const original = lastAppliedOf(live) ?? {}
  const wanted = annotate ? withLastApplied(info.object!) : withoutLastApplied(info.object!)
  if (strategicFor(info.kind)) {
    const patch = createThreeWayMergePatch(original, wanted, live, info.kind.schema)
    return { patch, type: 'strategic', changed: Object.keys(patch).length > 0, preview: applyStrategicPatch(live, patch, info.kind.schema) }
  }
  const patch = createThreeWayJsonMergePatch(original, wanted, live)
  return { patch, type: 'merge', changed: Object.keys(patch).length > 0, preview: applyMergePatch(live, patch) as ApiObject }
}
