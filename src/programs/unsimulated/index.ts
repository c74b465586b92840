/** An image whose behaviour is not simulated: it says so in its log and idles until it is stopped. It listens on nothing. */
import type { Program } from '../contract.ts'

/** What `why` and `describe` look for in the state of a process. */
export interface Unsimulated {
  readonly simulated: false
}

export const idle: Program<Unsimulated> = {
  name: 'unsimulated',
  executables: [],
  simulated: false,
  start(ctx) {
    ctx.log(`clusterlab: the behaviour of this image is not simulated: ${ctx.argv.join(' ')} idles and listens on no port`, 'stderr')
    ctx.memory(20_000_000)
    return { simulated: false }
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(143)
    if (event.type === 'request') ctx.reset()
    return state
  },
}
