/** Every command of the prompt beside kubectl and the shell's tools, one line each. */
import type { PromptVerb } from '../contract.ts'
import { sshVerb } from '../ssh/index.ts'
import { whyVerb } from '../why/index.ts'
import { helpVerb } from './help.ts'
import { answerVerb, briefVerb, checkVerb, hintVerb, resetVerb, submitVerb, timeVerb, undoVerb } from './level.ts'
import { faultVerb } from './machine.ts'
import { traceVerb } from './network.ts'

export const promptVerbs: readonly PromptVerb[] = [
  briefVerb,
  checkVerb,
  hintVerb,
  answerVerb,
  undoVerb,
  resetVerb,
  timeVerb,
  whyVerb,
  traceVerb,
  faultVerb,
  submitVerb,
  helpVerb(() => promptVerbs),
  sshVerb,
]

const byName = new Map<string, PromptVerb>(promptVerbs.flatMap((verb) => verb.names.map((name) => [name, verb] as const)))

export const promptVerb = (name: string): PromptVerb | undefined => byName.get(name)
