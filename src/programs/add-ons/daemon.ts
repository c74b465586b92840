/**
 * What the cluster's own daemons have in common: they listen for health checks, say hello, and end when told to. Their control loops run in the
 * network and storage rooms, and only as long as such a daemon lives.
 */
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'

export interface Daemon {
  readonly name: string
  readonly ports: readonly number[]
  readonly memoryBytes: number
  /** What its loops use while nothing happens. */
  readonly cpuMilli?: number
  readonly hello: readonly string[]
  /** Health paths that answer 200. */
  readonly paths?: readonly string[]
}

const reply = (status: number, body: string): HttpReply => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body })

export function daemon({
  name,
  ports,
  memoryBytes,
  cpuMilli = 1,
  hello,
  paths = ['/healthz', '/livez', '/readyz', '/metrics', '/monitor'],
}: Daemon): Program<null> {
  return {
    name,
    executables: [name],
    start(ctx) {
      for (const port of ports) ctx.listen(port)
      ctx.memory(memoryBytes)
      ctx.cpu(cpuMilli)
      for (const line of hello) ctx.log(line)
      return null
    },
    on(state, event, ctx) {
      if (event.type === 'signal' && (event.signal === 'TERM' || event.signal === 'INT')) ctx.exit(0)
      if (event.type !== 'request') return state
      if (event.protocol !== 'http') ctx.reset()
      else if (paths.includes((event.payload as HttpRequest).path.split('?')[0]!)) ctx.reply(reply(200, 'ok'))
      else ctx.reply(reply(404, '404 page not found\n'))
      return state
    },
  }
}

export function daemonImage(repository: string, executable: string, list: Parameters<typeof versions>[0], sizeMb: number): ImageRecord {
  return {
    repositories: [repository],
    version: versions(list),
    image: () => ({ entrypoint: [`/${executable}`], cmd: [], env: {}, sizeBytes: sizeMb * MB, base: 'scratch', executables: [executable] }),
  }
}
