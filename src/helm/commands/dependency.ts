/** `helm dependency list|build|update`: local charts alone, in charts/ or by `file://`; what a repository would give is not here. */

import { formatMicroTime } from '../../api/rfc3339.ts'
import { toYaml } from '../../kubectl/printers/yaml.ts'
import { sha256 } from '../../lib/hash.ts'
import { normalisePath } from '../../script/files.ts'
import { packed } from '../chart/archive.ts'
import { type Chart, type Dependency, HelmError } from '../chart/contract.ts'
import { loadChart } from '../chart/load.ts'
import { satisfies } from '../chart/semver.ts'
import { bool, type HelmCommand, type HelmContext, plain } from '../contract.ts'
import { writeFile } from './author.ts'
import { table } from './pages.ts'

const chartPath = (context: HelmContext): string => context.args[0] ?? '.'

function status(chart: Chart, wanted: Dependency): string {
  const found = chart.charts.find((c) => c.name === wanted.name)
  if (found === undefined) return 'missing'
  try {
    if (!satisfies(found.version, wanted.version)) return 'wrong version'
  } catch {
    return 'invalid version'
  }
  return chart.raw.some((f) => f.name.startsWith(`charts/${wanted.name}-`) && f.name.endsWith('.tgz')) ? 'ok' : 'unpacked'
}

/** The chart that a dependency names. Throws HelmError. */
function resolve(context: HelmContext, chart: Chart, folder: string, wanted: Dependency): Chart {
  if (wanted.repository === '') {
    const found = chart.charts.find((c) => c.name === wanted.name)
    if (found === undefined)
      throw new HelmError(`directory ${normalisePath(`${folder}/charts/${wanted.name}`, context.host.cwd)} not found`)
    return found
  }
  if (!wanted.repository.startsWith('file://'))
    throw new HelmError(
      `no repository definition for ${wanted.repository}. The lab has no network: use a chart beside this one (repository: file://../NAME) or put it into charts/`,
    )
  const path = normalisePath(wanted.repository.slice('file://'.length), normalisePath(folder, context.host.cwd))
  if (context.host.files.stat(path) === undefined) throw new HelmError(`directory ${path} not found`)
  const found = loadChart(context.host.files, context.host.cwd, path)
  if (wanted.version !== '' && !satisfies(found.version, wanted.version))
    throw new HelmError(`can't get a valid version for dependency ${wanted.name}`)
  return found
}

/** Puts what Chart.yaml asks for into charts/ and writes Chart.lock. */
function update(context: HelmContext): number {
  const folder = chartPath(context)
  const { host } = context
  const chart = loadChart(host.files, host.cwd, folder)
  if (chart.wanted.length === 0) return 0
  const locked: { name: string; repository: string; version: string }[] = []
  const saved = chart.wanted.map((wanted) => ({ wanted, found: resolve(context, chart, folder, wanted) }))
  context.out(`Saving ${chart.wanted.length} charts\n`)
  for (const { wanted, found } of saved) {
    locked.push({ name: wanted.name, repository: wanted.repository, version: found.version })
    if (wanted.repository === '') continue
    for (const old of chart.raw)
      if (/^charts\/[^/]+\.tgz$/.test(old.name) && old.name.startsWith(`charts/${wanted.name}-`))
        host.files.remove(normalisePath(`${folder}/${old.name}`, host.cwd))
    const files = found.raw.map((f) => ({ name: `${found.name}/${f.name}`, text: f.text }))
    writeFile(host, `${folder}/charts/${found.name}-${found.version}.tgz`, packed(files, host.now()))
  }
  const digest = `sha256:${sha256(JSON.stringify([chart.wanted.map((d) => [d.name, d.repository, d.version]), locked]))}`
  writeFile(host, `${folder}/Chart.lock`, toYaml({ dependencies: locked, digest, generated: formatMicroTime(host.now()) }))
  context.out('Deleting outdated charts\n')
  return 0
}

export const dependencyCommands: readonly HelmCommand[] = [
  {
    path: 'dependency list',
    aliases: ['ls'],
    summary: 'list the dependencies for the given chart',
    usage: 'CHART [flags]',
    flags: [],
    args: [0, 1],
    run: plain((context) => {
      const chart = loadChart(context.host.files, context.host.cwd, chartPath(context))
      if (chart.wanted.length === 0)
        context.err(`WARNING: no dependencies at ${normalisePath(`${chartPath(context)}/charts`, context.host.cwd)}\n`)
      else
        context.out(
          `${table([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...chart.wanted.map((d) => [d.name, d.version, d.repository, status(chart, d)])])}\n`,
        )
      for (const sub of chart.charts)
        if (!chart.wanted.some((d) => d.name === sub.name)) context.out(`WARNING: "charts/${sub.name}" is not in Chart.yaml.\n`)
      return 0
    }),
  },
  ...['update', 'build'].map(
    (what): HelmCommand => ({
      path: `dependency ${what}`,
      ...(what === 'update' && { aliases: ['up'] }),
      summary:
        what === 'update'
          ? 'update charts/ based on the contents of Chart.yaml'
          : 'rebuild the charts/ directory based on the Chart.lock file',
      usage: 'CHART [flags]',
      flags: [bool('skip-refresh'), bool('verify')],
      args: [0, 1],
      run: plain(update),
    }),
  ),
]
