/** Google's hello-app: `Hello, world!`, its version and the pod's name on $PORT or 8080. */
import type { HttpRequest } from '../../network/contract.ts'
import type { Program } from '../contract.ts'
import { type ImageRecord, MB } from '../images/define.ts'
import { plainText } from '../text/http.ts'
import { slashedTime } from '../text/times.ts'

interface State {
  readonly version: string
}

export const helloApp: Program<State> = {
  name: 'hello-app',
  executables: ['hello-app'],
  start(ctx) {
    const port = Number(ctx.env['PORT'] ?? 8080) || 8080
    ctx.log(`${slashedTime(ctx.nowMs)} Server listening on port ${port}`, 'stderr')
    ctx.memory(5_000_000)
    if (!ctx.listen(port)) {
      ctx.log(`${slashedTime(ctx.nowMs)} listen tcp :${port}: bind: address already in use`, 'stderr')
      ctx.exit(1)
    }
    return { version: ctx.env['CLUSTERLAB_IMAGE_VERSION'] ?? '1.0.0' }
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(event.signal === 'TERM' ? 143 : 130)
    if (event.type === 'request') {
      if (event.protocol !== 'http') ctx.reply(null)
      else {
        ctx.log(`${slashedTime(ctx.nowMs)} Serving request: ${(event.payload as HttpRequest).path}`, 'stderr')
        ctx.reply(plainText(200, `Hello, world!\nVersion: ${state.version}\nHostname: ${ctx.hostname}\n`))
      }
    }
    return state
  },
}

export const helloAppImage: ImageRecord = {
  repositories: ['gcr.io/google-samples/hello-app', 'us-docker.pkg.dev/google-samples/containers/gke/hello-app'],
  version: (tag) => (/^[12]\.0$/.test(tag) ? `${tag}.0` : undefined),
  image: (version) => ({
    entrypoint: ['/hello-app'],
    cmd: [],
    env: { CLUSTERLAB_IMAGE_VERSION: version },
    exposedPorts: [8080],
    sizeBytes: 11 * MB,
    base: 'scratch',
    executables: ['hello-app'],
  }),
}
