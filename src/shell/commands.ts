/** Joins the prompt's commands to a session: what the shell does not know and kubectl is not, is looked for here. */
import type { PromptCommands } from '../session/session.ts'
import { complain, type Desk } from './contract.ts'
import { text } from './texts.ts'
import { promptVerb } from './verbs/index.ts'

export function promptCommands(desk: Desk): PromptCommands {
  return (call) => {
    const verb = promptVerb(call.name)
    if (verb === undefined) return undefined
    if (verb.sandboxOnly && desk.level !== undefined) return complain(text(desk.lang, 'sandboxOnly', { verb: call.name }))
    return verb.run(call, desk)
  }
}
