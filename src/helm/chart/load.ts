/** Reads a chart from a folder or a packed file of the player's (helm's chart loader). */
import { RE2JS } from 're2js'
import { parseYaml } from '../../kubectl/resources/yaml.ts'
import { type FileView, normalisePath } from '../../script/files.ts'
import { deepCopy, type Fields, isMap } from '../template/values.ts'
import { unpacked } from './archive.ts'
import { type Chart, type ChartFile, type Dependency, HelmError } from './contract.ts'

const MAX_FILES = 2000
const text = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The patterns of a .helmignore as a test of paths. */
function ignored(patterns: string): (path: string, directory: boolean) => boolean {
  const rules = patterns
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const negated = line.startsWith('!')
      const bare = negated ? line.slice(1) : line
      const onlyDirectories = bare.endsWith('/')
      const pattern = bare.replace(/\/$/, '').replace(/^\//, '')
      const rooted = bare.startsWith('/') || pattern.includes('/')
      return { negated, onlyDirectories, rooted, matches: globMatcher(pattern) }
    })
  return (path, directory) => {
    let out = false
    for (const rule of rules) {
      if (rule.onlyDirectories && !directory) continue
      if (rule.matches(rule.rooted ? path : path.split('/').pop()!)) out = !rule.negated
    }
    return out
  }
}

/** A glob of one path (`*`, `?`, `**`, `[a-z]`, `{a,b}`) as a test; `*` stops at slashes. */
export function globMatcher(pattern: string): (path: string) => boolean {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '*' && pattern[i + 1] === '*') {
      source += pattern[i + 2] === '/' ? '(?:.*/)?' : '.*'
      i += pattern[i + 2] === '/' ? 2 : 1
    } else if (c === '*') source += '[^/]*'
    else if (c === '?') source += '[^/]'
    else if (c === '{') source += '(?:'
    else if (c === '}') source += ')'
    else if (c === ',' && source.includes('(?:')) source += '|'
    else source += c.replace(/[.+^$()|\\/]/g, '\\$&')
  }
  try {
    const regex = RE2JS.compile(source)
    return (path) => regex.matches(path)
  } catch {
    return () => false
  }
}

/** Every file under a folder, by path relative to it. */
function folderFiles(files: FileView, root: string): ChartFile[] {
  const ignore = files.stat(`${root}/.helmignore`)?.kind === 'file' ? ignored(files.read(`${root}/.helmignore`)) : () => false
  const out: ChartFile[] = []
  const visit = (relative: string, depth: number): void => {
    const at = relative === '' ? root : `${root}/${relative}`
    for (const name of files.list(at)) {
      const path = relative === '' ? name : `${relative}/${name}`
      const stat = files.stat(`${root}/${path}`)
      const directory = stat?.kind === 'directory'
      if (stat === undefined || ignore(path, directory)) continue
      if (directory && depth < 20) visit(path, depth + 1)
      else if (!directory) out.push({ name: path, text: files.read(`${root}/${path}`) })
      if (out.length > MAX_FILES) throw new HelmError(`${root} holds more files than the lab reads as a chart`)
    }
  }
  visit('', 0)
  return out
}

function yamlMap(file: ChartFile, why: string): Fields {
  try {
    const value = parseYaml(file.text)
    if (value === null || value === undefined) return {}
    if (!isMap(value))
      throw new Error(
        `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type ${why}`,
      )
    return value
  } catch (error) {
    const message = (error as Error).message
    throw new HelmError(`cannot load ${file.name}: ${message.startsWith('yaml:') ? `error converting YAML to JSON: ${message}` : message}`)
  }
}

function dependency(value: unknown): Dependency {
  const from = isMap(value) ? value : {}
  return {
    name: text(from.name),
    version: text(from.version),
    repository: text(from.repository),
    condition: text(from.condition),
    tags: list(from.tags).map(text),
    alias: text(from.alias),
    importValues: list(from['import-values']),
  }
}

/** Files of one chart, its subcharts' among them, made into a chart. Throws HelmError. */
export function chartOf(all: readonly ChartFile[], depth = 0): Chart {
  const find = (name: string): ChartFile | undefined => all.find((f) => f.name === name)
  const chartFile = find('Chart.yaml')
  if (chartFile === undefined) throw new HelmError('Chart.yaml file is missing')
  const metadata = yamlMap(chartFile, 'chart.Metadata')
  const valuesFile = find('values.yaml')
  const own = all.filter((f) => !f.name.startsWith('charts/'))
  const legacy = find('requirements.yaml')
  const wanted = list(metadata.dependencies ?? (legacy === undefined ? undefined : yamlMap(legacy, 'chart.Metadata').dependencies)).map(
    dependency,
  )
  return {
    metadata,
    name: text(metadata.name),
    version: text(metadata.version),
    appVersion: text(metadata.appVersion),
    type: text(metadata.type) || 'application',
    wanted,
    templates: own.filter((f) => f.name.startsWith('templates/')),
    crds: own.filter((f) => f.name.startsWith('crds/') && /\.(ya?ml|json)$/.test(f.name)),
    files: own.filter(
      (f) =>
        !/^(?:templates|crds)\//.test(f.name) &&
        !['Chart.yaml', 'Chart.lock', 'values.yaml', 'values.schema.json', 'requirements.yaml', 'requirements.lock'].includes(f.name),
    ),
    raw: all,
    values: valuesFile === undefined ? {} : yamlMap(valuesFile, 'map[string]interface {}'),
    schema: find('values.schema.json')?.text,
    charts: subcharts(all, depth),
  }
}

function subcharts(all: readonly ChartFile[], depth: number): Chart[] {
  const groups = new Map<string, ChartFile[]>()
  const out: Chart[] = []
  for (const file of all) {
    if (!file.name.startsWith('charts/')) continue
    const rest = file.name.slice('charts/'.length)
    const slash = rest.indexOf('/')
    if (slash < 0) {
      if (rest.endsWith('.tgz')) groups.set(rest, unpackedChart(file))
      continue
    }
    const folder = rest.slice(0, slash)
    if (/^[_.]/.test(folder)) continue
    groups.set(folder, [...(groups.get(folder) ?? []), { name: rest.slice(slash + 1), text: file.text }])
  }
  if (depth > 10) throw new HelmError('subcharts are nested more deeply than the lab reads')
  for (const [folder, files] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    try {
      out.push(chartOf(files, depth + 1))
    } catch (error) {
      throw new HelmError(`error unpacking subchart ${folder}: ${(error as Error).message}`)
    }
  }
  return out
}

/** A packed chart's files stand in a folder of its name. */
const unpackedChart = (file: ChartFile): ChartFile[] =>
  unpacked(file.text).map((f) => ({ name: f.name.slice(f.name.indexOf('/') + 1), text: f.text }))

/** The chart at a path: a folder or a `.tgz`. Throws HelmError. */
export function loadChart(files: FileView, cwd: string, path: string): Chart {
  const absolute = normalisePath(path, cwd)
  const stat = files.stat(absolute)
  if (stat === undefined) throw new HelmError(`path ${JSON.stringify(path)} not found`)
  if (stat.kind === 'directory') return chartOf(folderFiles(files, absolute))
  const bytes = files.read(absolute)
  try {
    return chartOf(unpackedChart({ name: path, text: bytes }))
  } catch (error) {
    if (error instanceof HelmError && error.message === 'gzip: invalid header')
      throw new HelmError(`file '${path}' does not appear to be a gzipped archive; got 'text/plain; charset=utf-8'`)
    throw error
  }
}

/** The same chart under other values, name and subcharts. */
export const withParts = (chart: Chart, parts: Partial<Pick<Chart, 'name' | 'charts' | 'values'>>): Chart => ({
  ...chart,
  values: deepCopy(chart.values),
  ...parts,
})
