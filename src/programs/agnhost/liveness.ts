/** `agnhost liveness`: a server that is well for ten seconds and then not any more; what probes are shown with. */
import { formatDuration } from '../../api/durations.ts'
import type { HttpRequest } from '../../network/contract.ts'
import { formValues, plainText } from '../text/http.ts'
import type { Subcommand } from './contract.ts'

const WELL_MS = 10_000
const PORT = 8080

export const liveness: Subcommand<{ startedMs: number }> = {
  name: 'liveness',
  flags: {},
  start({ ctx }) {
    if (!ctx.listen(PORT)) ctx.exit(1)
    return { startedMs: ctx.nowMs }
  },
  asked(state, event, { ctx }) {
    const [path, query = ''] = (event.payload as HttpRequest).path.split('?')
    const livedMs = ctx.nowMs - state.startedMs
    if (path === '/healthz') ctx.reply(livedMs > WELL_MS ? plainText(500, `error: ${livedMs / 1000}`) : plainText(200, 'ok'))
    else if (path === '/started') ctx.reply(plainText(200, formatDuration(livedMs)))
    else if (path === '/redirect') ctx.reply(plainText(302, '', { location: formValues(query).get('loc') ?? '' }))
    else ctx.reply(plainText(404, '404 page not found\n'))
    return state
  },
}
