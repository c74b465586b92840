/** What most servers do alike with their events: they answer once they are up, stop when told to, and use processor time under load. */
import type { ProcessContext, ProcessEvent } from '../contract.ts'

export interface Serving<S> {
  timer(state: S, id: string, ctx: ProcessContext): S
  request(state: S, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): S
  stop(state: S, ctx: ProcessContext): S
  /** Millicores without a load. */
  readonly idleMilli: number
}

export function served<S extends { readonly phase: string }>(state: S, event: ProcessEvent, ctx: ProcessContext, by: Serving<S>): S {
  switch (event.type) {
    case 'timer':
      return by.timer(state, event.id, ctx)
    case 'signal':
      return event.signal === 'TERM' || event.signal === 'INT' ? by.stop(state, ctx) : state
    case 'request':
      if (state.phase === 'up') return by.request(state, event, ctx)
      ctx.reset()
      return state
    case 'load':
      ctx.cpu(by.idleMilli + event.perSecond)
      return state
    default:
      return state
  }
}
