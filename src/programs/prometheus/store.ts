/** Samples: of each series the values it had and how long. A value that stays costs nothing. Kept as a log of what changed at each scrape. */
import type { FileView } from '../../script/files.ts'
import { readText, writeText } from '../text/files.ts'
import { keyOf, type Labels } from './labels.ts'

/** A value from a scrape to the last one that found it unchanged. */
export interface Run {
  readonly value: number
  readonly fromMs: number
  readonly toMs: number
  /** Time between the scrapes it stands for. */
  readonly everyMs: number
}
export type Series = Readonly<Record<string, readonly Run[]>>

/** One scrape: what each series of one target says; those that were there before and are not now are over. */
export interface Scrape {
  readonly t: number
  readonly every: number
  readonly target: string
  readonly set: Readonly<Record<string, number>>
}

/** A query looks back so far. */
export const LOOKBACK_MS = 300_000
const RETENTION_RUNS = 5_000

/** Series after a scrape. `current`: keys that the target had at its scrape before, which are over where they are not set again. */
export function added(series: Series, s: Scrape, current: readonly string[]): Series {
  const out: Record<string, readonly Run[]> = { ...series }
  for (const [key, value] of Object.entries(s.set)) {
    const runs = out[key] ?? []
    const last = runs.at(-1)
    const goes = last !== undefined && last.value === value && last.everyMs === s.every && s.t - last.toMs <= s.every * 1.5
    out[key] = goes
      ? [...runs.slice(0, -1), { ...last, toMs: s.t }]
      : [...runs.slice(-RETENTION_RUNS), { value, fromMs: s.t, toMs: s.t, everyMs: s.every }]
  }
  // A marker of staleness: no value any more.
  for (const key of current)
    if (s.set[key] === undefined) {
      const runs = out[key] ?? []
      if (runs.length > 0 && !Number.isNaN(runs.at(-1)!.value))
        out[key] = [...runs, { value: Number.NaN, fromMs: s.t, toMs: s.t, everyMs: s.every }]
    }
  return out
}

/** The value at an instant. */
export function valueAt(runs: readonly Run[], atMs: number): number | undefined {
  const run = runs.findLast((r) => r.fromMs <= atMs)
  if (run === undefined || Number.isNaN(run.value) || atMs - run.toMs > LOOKBACK_MS) return undefined
  return run.value
}

/** The samples of a window, as the scrapes made them. */
export function samplesIn(runs: readonly Run[], fromMs: number, toMs: number): { t: number; v: number }[] {
  const out: { t: number; v: number }[] = []
  for (const r of runs) {
    if (r.toMs <= fromMs || r.fromMs > toMs || Number.isNaN(r.value)) continue
    const count = Math.round((r.toMs - r.fromMs) / r.everyMs)
    for (let i = 0; i <= count; i++) {
      const t = r.fromMs + i * r.everyMs
      if (t > fromMs && t <= toMs) out.push({ t, v: r.value })
    }
  }
  return out
}

const segment = (dir: string): string => `${dir}/wal/00000000`

export function readStore(files: FileView, dir: string): { series: Series; current: Record<string, string[]> } {
  let series: Series = {}
  const current: Record<string, string[]> = {}
  const last: Record<string, Record<string, number>> = {}
  for (const line of (readText(files, segment(dir)) ?? '').split('\n')) {
    if (line === '') continue
    const s = JSON.parse(line) as Scrape & { same?: boolean }
    const set = s.same ? (last[s.target] ?? {}) : s.set
    last[s.target] = set
    series = added(series, { ...s, set }, current[s.target] ?? [])
    current[s.target] = Object.keys(set)
  }
  return { series, current }
}

/** Throws FileError when the disk takes no more. */
export function appendScrape(files: FileView, dir: string, s: Scrape, before: Readonly<Record<string, number>> | undefined): void {
  if (files.stat(segment(dir)) === undefined) writeText(files, segment(dir), '')
  const same = before !== undefined && keyOf(before as unknown as Labels) === keyOf(s.set as unknown as Labels)
  files.append(segment(dir), `${JSON.stringify(same ? { t: s.t, every: s.every, target: s.target, same } : s)}\n`)
}
