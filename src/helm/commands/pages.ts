/** What commands print: tables, `-o json|yaml`, the status page. */
import { parseTime } from '../../api/rfc3339.ts'
import { toJson } from '../../kubectl/printers/json.ts'
import { toYaml } from '../../kubectl/printers/yaml.ts'
import { HelmError } from '../chart/contract.ts'
import type { HelmContext } from '../contract.ts'
import { formatLayout } from '../functions/dates.ts'
import { data } from '../functions/encoding.ts'
import type { Release } from '../release/contract.ts'
import { releaseInfo } from '../release/record.ts'
import type { Fields } from '../template/values.ts'

/** Go's time.ANSIC. */
export const ansic = (ms: number): string => formatLayout('Mon Jan _2 15:04:05 2006', ms)

/** A table as helm prints it: cells padded, a tab between columns. */
export function table(rows: readonly (readonly string[])[], maxWidth = 80): string {
  const cut = (cell: string): string => (cell.length > maxWidth ? `${cell.slice(0, maxWidth - 3)}...` : cell)
  const cells = rows.map((row) => row.map(cut))
  const widths = (cells[0] ?? []).map((_c, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)))
  return cells.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i]!)).join('\t')}\n`).join('')
}

/** `-o json|yaml` of a value; undefined for tables. Throws HelmError for other formats. */
export function structured(context: HelmContext, value: () => unknown): string | undefined {
  const format = context.flags.text('output')
  if (format === 'json') return `${toJson(data(value()))}\n`
  if (format === 'yaml') return toYaml(data(value()))
  if (format === 'table') return undefined
  throw new HelmError(`invalid argument ${JSON.stringify(format)} for "-o, --output" flag: invalid format type`)
}

/** What helm gives out of a release with `-o json`. */
export const releaseValue = (release: Release): Fields => ({
  name: release.name,
  info: { ...releaseInfo(release), notes: release.notes },
  config: release.config,
  manifest: release.manifest,
  version: release.version,
  namespace: release.namespace,
})

/** The page that install, upgrade and status end with. */
export function statusPage(
  release: Release,
  options: { readonly description?: boolean; readonly hideNotes?: boolean; readonly debug?: boolean } = {},
): string {
  const lines = [
    `NAME: ${release.name}`,
    `LAST DEPLOYED: ${ansic(release.lastDeployedMs)}`,
    `NAMESPACE: ${release.namespace}`,
    `STATUS: ${release.status}`,
    `REVISION: ${release.version}`,
  ]
  if (options.description) lines.push(`DESCRIPTION: ${release.description}`)
  const tests = release.hooks.filter((h) => h.events.includes('test'))
  if (tests.length === 0) lines.push('TEST SUITE: None')
  for (const { name, lastRun } of tests) {
    if (lastRun === undefined || lastRun.startedAt === '') continue
    const at = (stamp: string): string => (stamp === '' ? 'Mon Jan  1 00:00:00 0001' : ansicOf(stamp))
    lines.push(
      `TEST SUITE:     ${name}`,
      `Last Started:   ${at(lastRun.startedAt)}`,
      `Last Completed: ${at(lastRun.completedAt)}`,
      `Phase:          ${lastRun.phase}`,
    )
  }
  let out = `${lines.join('\n')}\n`
  if (options.debug || release.description === 'Dry run complete')
    out += `HOOKS:\n${release.hooks.map((h) => `---\n# Source: ${h.path}\n${h.manifest}\n`).join('')}MANIFEST:\n${release.manifest}\n`
  if (!options.hideNotes && release.notes.trim() !== '') out += `NOTES:\n${release.notes.trim()}\n`
  return out
}

function ansicOf(stamp: string): string {
  const ms = parseTime(stamp)
  return ms === undefined ? stamp : ansic(ms)
}
