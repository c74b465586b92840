/** A release as the bytes of its Secret: JSON, gzip, base64 (and once more base64 by the API). */
import { formatMicroTime, parseTime } from '../../api/rfc3339.ts'
import { base64FromBytes, bytesFromBase64, bytesFromText, textFromBytes } from '../../script/bytes.ts'
import { gzip, isGzip } from '../../script/gzip.ts'
import { unzipped } from '../chart/archive.ts'
import { HelmError } from '../chart/contract.ts'
import type { Hook, HookEvent } from '../chart/manifest.ts'
import { data } from '../functions/encoding.ts'
import { type Fields, isMap } from '../template/values.ts'
import type { Release, ReleaseStatus } from './contract.ts'

const encoded = (text: string): string => base64FromBytes(bytesFromText(text))
const decoded = (text: unknown): string => textFromBytes(bytesFromBase64(String(text ?? '')).bytes)
const fields = (value: unknown): Fields => (isMap(value) ? value : {})
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isMap) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const files = (all: Release['chart']['files']): Fields[] => all.map((f) => ({ name: f.name, data: encoded(f.text) }))
const filesOf = (value: unknown): { name: string; text: string }[] =>
  list(value).map((f) => ({ name: text(f.name), text: decoded(f.data) }))

function hookJson(hook: Hook): Fields {
  const run = hook.lastRun
  return {
    name: hook.name,
    kind: hook.kind,
    path: hook.path,
    manifest: hook.manifest,
    events: hook.events,
    weight: hook.weight,
    delete_policies: hook.policies,
    last_run: { started_at: run?.startedAt ?? '', completed_at: run?.completedAt ?? '', phase: run?.phase ?? '' },
  }
}

function hookOf(from: Fields): Hook {
  const run = fields(from.last_run)
  const phase = text(run.phase)
  const words = <T extends string>(value: unknown): T[] => (Array.isArray(value) ? (value.map(String) as T[]) : [])
  return {
    name: text(from.name),
    kind: text(from.kind),
    path: text(from.path),
    manifest: text(from.manifest),
    events: words<HookEvent>(from.events),
    weight: Number(from.weight ?? 0),
    policies: words(from.delete_policies),
    ...(phase !== '' && { lastRun: { startedAt: text(run.started_at), completedAt: text(run.completed_at), phase: phase as 'Succeeded' } }),
  }
}

/** When a release came about, and how it stands. */
export const releaseInfo = (release: Release): Fields => ({
  first_deployed: formatMicroTime(release.firstDeployedMs),
  last_deployed: formatMicroTime(release.lastDeployedMs),
  deleted: release.deletedMs === undefined ? '' : formatMicroTime(release.deletedMs),
  description: release.description,
  status: release.status,
})

export function releaseJson(release: Release): Fields {
  const { chart } = release
  return {
    name: release.name,
    info: { ...releaseInfo(release), ...(release.notes !== '' && { notes: release.notes }) },
    chart: {
      metadata: chart.metadata,
      lock: null,
      templates: files(chart.templates),
      values: chart.values,
      schema: chart.schema === undefined ? null : encoded(chart.schema),
      files: files(chart.files),
    },
    config: release.config,
    manifest: release.manifest,
    hooks: release.hooks.map(hookJson),
    version: release.version,
    namespace: release.namespace,
  }
}

export const encodeRelease = (release: Release): string => base64FromBytes(gzip(bytesFromText(JSON.stringify(data(releaseJson(release))))))

/** Throws HelmError where the text is no release. */
export function decodeRelease(coded: string, labels: Readonly<Record<string, string>>): Release {
  const { bytes, ok } = bytesFromBase64(coded)
  if (!ok) throw new HelmError('illegal base64 data at input byte 0')
  let json: Fields
  try {
    json = fields(JSON.parse(textFromBytes(isGzip(bytes) ? unzipped(bytes) : bytes)))
  } catch (error) {
    throw new HelmError((error as Error).message)
  }
  const info = fields(json.info)
  const chart = fields(json.chart)
  const deletedMs = parseTime(text(info.deleted))
  return {
    name: text(json.name),
    namespace: text(json.namespace),
    version: Number(json.version ?? 1),
    status: (text(info.status) || 'unknown') as ReleaseStatus,
    description: text(info.description),
    notes: text(info.notes),
    firstDeployedMs: parseTime(text(info.first_deployed)) ?? 0,
    lastDeployedMs: parseTime(text(info.last_deployed)) ?? 0,
    ...(deletedMs !== undefined && { deletedMs }),
    chart: {
      metadata: fields(chart.metadata),
      values: fields(chart.values),
      ...(typeof chart.schema === 'string' && { schema: decoded(chart.schema) }),
      templates: filesOf(chart.templates),
      files: filesOf(chart.files),
    },
    config: fields(json.config),
    manifest: text(json.manifest),
    hooks: list(json.hooks).map(hookOf),
    labels,
  }
}
