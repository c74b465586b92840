/** The pause container: does nothing until it is told to stop. */
import type { Program } from '../contract.ts'
import type { ImageRecord } from '../images/define.ts'

export const pause: Program<null> = {
  name: 'pause',
  executables: ['pause'],
  start(ctx) {
    ctx.memory(500_000)
    return null
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) {
      ctx.log('Shutting down, got signal: Terminated', 'stderr')
      ctx.exit(0)
    }
    if (event.type === 'request') ctx.reset()
    return state
  },
}

export const pauseImage: ImageRecord = {
  repositories: ['registry.k8s.io/pause', 'k8s.gcr.io/pause', 'gcr.io/google-containers/pause', 'rancher/mirrored-pause'],
  version: (tag) => (/^(latest|[123]\.\d+(\.\d+)?)$/.test(tag) ? tag : undefined),
  image: () => ({ entrypoint: ['/pause'], cmd: [], env: {}, sizeBytes: 320_000, base: 'scratch', executables: ['pause'] }),
}
