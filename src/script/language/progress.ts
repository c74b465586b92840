/**
 * Tools that print as their input comes (`kubectl get pods -w | awk '{print $1}'`): what they give for the beginning of their input is the
 * beginning of what they give for all of it, so they are run on what there is, and what they printed already is left out the next time.
 */
import type { Tool, ToolContext } from '../contract.ts'
import type { ToolFrame } from './state.ts'

/** Beyond, it waits for the end: working it out anew with each line would take longer than a reader wants to wait. */
const MOST = 65_536

/** What is to be printed now of the input that has come so far; undefined: nothing new. */
export function printedSoFar(tool: Tool | undefined, ctx: ToolContext, frame: ToolFrame): string | undefined {
  if (tool?.run === undefined || tool.worksOn === undefined || frame.input.length > MOST) return undefined
  const length = tool.worksOn(ctx, frame.input)
  if (length <= (frame.worked ?? 0)) return undefined
  frame.worked = length
  const text = frame.input.slice(0, length)
  const { stdout = '', stderr = '' } = tool.run({ ...ctx, stdin: () => text })
  // What went wrong is told once, at the end.
  if (stderr !== '') frame.worked = Number.MAX_SAFE_INTEGER
  const shown = frame.shown ?? 0
  frame.shown = Math.max(shown, stdout.length)
  return stdout.slice(shown)
}
