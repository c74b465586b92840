/** What a Prometheus holds: plain data. */
import type { Config } from './config.ts'
import type { Target } from './discovery.ts'
import type { Series } from './store.ts'

export interface Health {
  readonly up: boolean
  readonly error: string
  readonly lastMs: number
  readonly tookMs: number
}
export interface State {
  readonly configFile: string
  readonly dataPath: string
  readonly port: number
  readonly lifecycle: boolean
  readonly config: Config
  readonly series: Series
  /** Target → keys of its series at the last scrape. */
  readonly current: Readonly<Record<string, readonly string[]>>
  readonly last: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Job → targets, as they were found last. */
  readonly targets: Readonly<Record<string, readonly Target[]>>
  readonly health: Readonly<Record<string, Health>>
  readonly foundMs: Readonly<Record<string, number>>
  readonly ready: boolean
  readonly startedMs: number
}
