/** What every request over HTTP is answered from: the world, its clock, who may come in. */
import type { World } from '../cluster/world.ts'
import type { Credentials } from './authenticate.ts'
import type { WallClock } from './clock.ts'
import type { StreamHub } from './streams.ts'

export interface Door {
  readonly world: World
  readonly clock: WallClock
  readonly hub: StreamHub
  readonly credentials: Credentials
  /** `host:port` as clients reach it. */
  readonly address: string
  /** A bug of ours: told to whoever runs the server, never to the client. */
  readonly report: (error: unknown) => void
}
