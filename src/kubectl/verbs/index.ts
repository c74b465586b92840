/**
 * The registry of verbs: one line a record.
 */
import type { VerbDefinition } from '../verb.ts'
import { annotateVerb } from './annotate/index.ts'
import { applyVerb } from './apply/index.ts'
import { editLastAppliedVerb, setLastAppliedVerb, viewLastAppliedVerb } from './apply/last-applied-verbs.ts'
import { authVerbs } from './auth/index.ts'
import { autoscaleVerb } from './autoscale/index.ts'
import { certificateVerbs } from './certificate/index.ts'
import { configVerbs } from './config/index.ts'
import { cordonVerb, uncordonVerb } from './cordon/index.ts'
import { cpVerb } from './cp/index.ts'
import { createVerbs } from './create/generators.ts'
import { createVerb } from './create/index.ts'
import { debugVerb } from './debug/index.ts'
import { deleteVerb } from './delete/index.ts'
import { describeVerb } from './describe/index.ts'
import { diffVerb } from './diff/index.ts'
import { discoveryVerbs } from './discovery/index.ts'
import { drainVerb } from './drain/index.ts'
import { editVerb } from './edit/index.ts'
import { eventsVerb } from './events/index.ts'
import { attachVerb, execVerb } from './exec/index.ts'
import { explainVerb } from './explain/index.ts'
import { exposeVerb } from './expose/index.ts'
import { getVerb } from './get/index.ts'
import { kustomizeVerb } from './kustomize/index.ts'
import { labelVerb } from './label/index.ts'
import { logsVerb } from './logs/index.ts'
import { patchVerb } from './patch/index.ts'
import { portForwardVerb } from './port-forward/index.ts'
import { replaceVerb } from './replace/index.ts'
import { rolloutVerbs } from './rollout/index.ts'
import { runVerb } from './run/index.ts'
import { scaleVerb } from './scale/index.ts'
import { setEnvVerb } from './set/env.ts'
import { setImageVerb } from './set/image.ts'
import { setResourcesVerb, setSelectorVerb, setServiceAccountVerb, setSubjectVerb } from './set/others.ts'
import { taintVerb } from './taint/index.ts'
import { topVerbs } from './top/index.ts'
import { waitVerb } from './wait/index.ts'

export const verbs: readonly VerbDefinition[] = [
  getVerb,
  describeVerb,
  applyVerb,
  createVerb,
  ...createVerbs,
  deleteVerb,
  runVerb,
  exposeVerb,
  labelVerb,
  annotateVerb,
  patchVerb,
  replaceVerb,
  setImageVerb,
  setEnvVerb,
  setResourcesVerb,
  setSelectorVerb,
  setServiceAccountVerb,
  setSubjectVerb,
  scaleVerb,
  autoscaleVerb,
  ...rolloutVerbs,
  logsVerb,
  execVerb,
  attachVerb,
  cpVerb,
  portForwardVerb,
  debugVerb,
  cordonVerb,
  uncordonVerb,
  drainVerb,
  taintVerb,
  waitVerb,
  eventsVerb,
  editVerb,
  viewLastAppliedVerb,
  setLastAppliedVerb,
  editLastAppliedVerb,
  diffVerb,
  kustomizeVerb,
  explainVerb,
  ...authVerbs,
  ...configVerbs,
  ...certificateVerbs,
  ...topVerbs,
  ...discoveryVerbs,
]

const byPath = new Map(verbs.map((verb) => [verb.path, verb]))

/** The verb of a command's path, if it is one. */
export const verbByPath = (path: string): VerbDefinition | undefined => byPath.get(path)
