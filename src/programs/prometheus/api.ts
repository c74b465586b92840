/** Prometheus over HTTP: queries, targets, its own metrics. https://prometheus.io/docs/prometheus/latest/querying/api/ */
import { parseTime } from '../../api/rfc3339.ts'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { isoTime } from '../text/times.ts'
import { durationMs } from './config.ts'
import type { State } from './contract.ts'
import { evaluate, type Result } from './evaluate.ts'
import { family } from './exposition.ts'
import { fromKey, keyOf, type Labels } from './labels.ts'
import { PromqlError, parsePromql } from './promql.ts'

const MAX_STEPS = 11_000

const json = (status: number, body: object): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const text = (status: number, body: string, type = 'text/plain; charset=utf-8'): HttpReply => ({
  status,
  headers: { 'content-type': type },
  body,
})
const success = (data: unknown): HttpReply => json(200, { status: 'success', data })
const bad = (error: string): HttpReply => json(400, { status: 'error', errorType: 'bad_data', error })

const number = (v: number): string =>
  Number.isNaN(v) ? 'NaN' : v === Number.POSITIVE_INFINITY ? '+Inf' : v === Number.NEGATIVE_INFINITY ? '-Inf' : String(v)
const timeOf = (given: string | null, other: number): number => {
  if (given === null || given === '') return other
  return /^[\d.]+$/.test(given) ? Number(given) * 1000 : (parseTime(given) ?? Number.NaN)
}

function query(s: State, p: URLSearchParams, ctx: ProcessContext): HttpReply {
  const atMs = timeOf(p.get('time'), ctx.nowMs)
  if (Number.isNaN(atMs)) return bad(`invalid parameter "time": cannot parse "${p.get('time')}" to a valid timestamp`)
  const result = evaluate(parsePromql(p.get('query') ?? ''), s.series, atMs)
  const at = Math.floor(atMs) / 1000
  if (result.kind === 'scalar') return success({ resultType: 'scalar', result: [at, number(result.value)] })
  return success({ resultType: 'vector', result: result.points.map((x) => ({ metric: x.labels, value: [at, number(x.value)] })) })
}

function queryRange(s: State, p: URLSearchParams, ctx: ProcessContext): HttpReply {
  const [start, end] = [timeOf(p.get('start'), ctx.nowMs - 3_600_000), timeOf(p.get('end'), ctx.nowMs)]
  const given = p.get('step') ?? ''
  const step = /^[\d.]+$/.test(given) ? Number(given) * 1000 : durationMs(given)
  if (step === undefined || !(step > 0))
    return bad('zero or negative query resolution step widths are not accepted. Try a positive integer')
  if (!(end >= start)) return bad('invalid parameter "end": end timestamp must not be before start time')
  if ((end - start) / step > MAX_STEPS)
    return bad('exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)')
  const expression = parsePromql(p.get('query') ?? '')
  const rows = new Map<string, { metric: Labels; values: [number, string][] }>()
  for (let t = start; t <= end; t += step) {
    const result: Result = evaluate(expression, s.series, t)
    for (const x of result.kind === 'scalar' ? [{ labels: {}, value: result.value }] : result.points) {
      const key = keyOf(x.labels)
      const row = rows.get(key) ?? { metric: x.labels, values: [] }
      row.values.push([t / 1000, number(x.value)])
      rows.set(key, row)
    }
  }
  return success({ resultType: 'matrix', result: [...rows.values()] })
}

function targets(
  s: State,
): { scrapePool: string; scrapeUrl: string; labels: Labels; health: string; lastError: string; lastScrape: string }[] {
  return Object.entries(s.targets).flatMap(([job, list]) =>
    list.map((t) => {
      const health = s.health[keyOf({ ...t.labels, __path__: t.url.path })]
      return {
        labels: t.labels,
        scrapePool: job,
        scrapeUrl: `${t.url.scheme}://${t.url.host}:${t.url.port}${t.url.path}`,
        lastError: health?.error ?? '',
        lastScrape: isoTime(health?.lastMs ?? 0),
        lastScrapeDuration: (health?.tookMs ?? 0) / 1000,
        health: health === undefined ? 'unknown' : health.up ? 'up' : 'down',
      }
    }),
  )
}

/** `/targets`: a page of scripts in a real one; here a plain list. */
const page = (s: State): string =>
  targets(s)
    .map((t) => `${t.scrapePool}\t${t.scrapeUrl}\t${t.health.toUpperCase()}\t${t.lastError}\n`)
    .join('')

const metrics = (s: State): string =>
  family('prometheus_tsdb_head_series', 'gauge', 'Total number of series in the head block.', [{ value: Object.keys(s.series).length }]) +
  family('prometheus_ready', 'gauge', 'Whether Prometheus startup was fully completed.', [{ value: s.ready ? 1 : 0 }]) +
  family('process_start_time_seconds', 'gauge', 'Start time of the process since unix epoch in seconds.', [{ value: s.startedMs / 1000 }])

function route(s: State, path: string, p: URLSearchParams, ctx: ProcessContext): HttpReply {
  const label = /^\/api\/v1\/label\/(\w+)\/values$/.exec(path)?.[1]
  if (label !== undefined)
    return success([...new Set(Object.keys(s.series).map((k) => fromKey(k)[label] ?? ''))].filter((v) => v !== '').sort())
  switch (path) {
    case '/api/v1/query':
      return query(s, p, ctx)
    case '/api/v1/query_range':
      return queryRange(s, p, ctx)
    case '/api/v1/targets':
      return success({ activeTargets: targets(s), droppedTargets: [] })
    case '/api/v1/labels':
      return success([...new Set(Object.keys(s.series).flatMap((k) => Object.keys(fromKey(k))))].sort())
    case '/metrics':
      return text(200, metrics(s), 'text/plain; version=0.0.4; charset=utf-8')
    case '/targets':
      return text(200, page(s))
    case '/-/healthy':
      return text(200, 'Prometheus Server is Healthy.\n')
    case '/-/ready':
      return s.ready ? text(200, 'Prometheus Server is Ready.\n') : text(503, 'Service Unavailable')
    case '/':
      return { status: 302, headers: { location: '/query' }, body: '' }
    default:
      return text(
        404,
        'clusterlab simulates of Prometheus /api/v1/query, query_range, targets, labels, label/NAME/values, /targets, /metrics, /-/healthy, /-/ready, /-/reload\n',
      )
  }
}

export function answer(s: State, request: HttpRequest, ctx: ProcessContext): HttpReply {
  const [path = '/', given = ''] = request.path.split('?')
  const p = new URLSearchParams(request.method === 'POST' && request.body ? request.body : given)
  try {
    return route(s, path, p, ctx)
  } catch (error) {
    if (error instanceof PromqlError) return bad(`invalid parameter "query": ${error.message}`)
    throw error
  }
}
