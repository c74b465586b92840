/** Servers that end when their disk takes no more: whoever waits for an answer is cut off, what the server says of it is its own. */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'

/** `handled` with the end that `failed` makes of an error of the file system. */
export const untilDiskFails =
  <S>(
    handled: (state: S, event: ProcessEvent, ctx: ProcessContext) => S,
    failed: (state: S, error: FileError, ctx: ProcessContext) => S,
  ): Program<S>['on'] =>
  (state, event, ctx) => {
    try {
      return handled(state, event, ctx)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      if (event.type === 'request') ctx.reset()
      return failed(state, error, ctx)
    }
  }
