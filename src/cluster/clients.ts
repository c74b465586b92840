/** Clients as levels ask for them, made into what the network's load runs. */
import { parseDuration } from '../api/durations.ts'
import type { LoadReport, LoadSpec, Loads } from '../network/load/loads.ts'
import { parseUrl } from '../network/trace.ts'

/** Durations are texts: `30s`. */
export interface LoadRequest {
  readonly http: string
  readonly host?: string | undefined
  readonly method?: 'GET' | 'POST' | undefined
  readonly rps: number
  readonly for?: string | undefined
  readonly timeout?: string | undefined
  readonly retries?: number | undefined
  readonly from?: 'external' | { readonly pod: Readonly<Record<string, string>>; readonly namespace?: string | undefined } | undefined
}

const DEFAULT_TIMEOUT_MS = 5_000
const RETRY_DELAY_MS = 100

function milliseconds(text: string | undefined, otherwise: number | undefined): number | undefined {
  if (text === undefined) return otherwise
  return parseDuration(text)
}

export function loadSpecOf(load: LoadRequest): LoadSpec {
  const url = parseUrl(load.http)
  if (url === undefined) throw new Error(`"${load.http}" is no URL`)
  const host = load.host ?? url.host
  const durationMs = milliseconds(load.for, undefined)
  const from = typeof load.from === 'object' ? { namespace: load.from.namespace ?? 'default', labels: load.from.pod } : undefined
  return {
    host: url.host,
    port: url.port,
    request: {
      method: load.method ?? 'GET',
      path: url.path,
      host,
      headers: { 'user-agent': 'clients' },
      ...(load.method === 'POST' && { body: 'n={{n}}' }),
      ...(url.tls && { tls: { serverName: host, insecure: true } }),
    },
    perSecond: load.rps,
    timeoutMs: milliseconds(load.timeout, DEFAULT_TIMEOUT_MS)!,
    retries: load.retries ?? 0,
    retryDelayMs: RETRY_DELAY_MS,
    ...(durationMs !== undefined && { durationMs }),
    ...(from && { from }),
  }
}

export interface Clients {
  /** Throws ApiError or Error when the URL or a duration cannot be read. */
  start(name: string, load: LoadRequest): { stop(): void }
  /** Throws when there never was such a load. */
  report(name: string): LoadReport
}

export const createClients = (loads: Loads): Clients => ({
  start: (name, load) => {
    loads.start(name, loadSpecOf(load))
    return { stop: () => loads.stop(name) }
  },
  report: (name) => {
    const report = loads.report(name)
    if (report === undefined) throw new Error(`no load is called ${name}`)
    return report
  },
})
