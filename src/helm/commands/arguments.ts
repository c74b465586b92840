/** What several commands take: flags of values and of waiting, the chart at a path. */
import type { FlagDefinition } from '../../kubectl/flags/pflag.ts'
import { parseYaml } from '../../kubectl/resources/yaml.ts'
import { FileError, normalisePath } from '../../script/files.ts'
import { type Chart, HelmError } from '../chart/contract.ts'
import { loadChart } from '../chart/load.ts'
import { setJson, setValues, typed } from '../chart/set.ts'
import { mergeMaps } from '../chart/values.ts'
import { bool, flag, type HelmContext, text } from '../contract.ts'
import type { ApplyOptions } from '../release/install.ts'
import { type Fields, isMap } from '../template/values.ts'

export const valueFlags: readonly FlagDefinition[] = [
  flag('values', 'slice', '[]', { short: 'f' }),
  flag('set', 'array', '[]'),
  flag('set-string', 'array', '[]'),
  flag('set-file', 'array', '[]'),
  flag('set-json', 'array', '[]'),
  flag('set-literal', 'array', '[]'),
]

/** Where charts come from that are not here: taken, and refused when used. */
export const sourceFlags: readonly FlagDefinition[] = [
  text('version'),
  text('repo'),
  bool('devel'),
  bool('verify'),
  bool('dependency-update'),
]

export const applyFlags: readonly FlagDefinition[] = [
  flag('dry-run', 'string', 'none', { bare: 'client' }),
  flag('timeout', 'duration', '5m0s'),
  bool('wait'),
  bool('wait-for-jobs'),
  bool('atomic'),
  bool('no-hooks'),
  bool('take-ownership'),
  bool('force'),
  text('description'),
  flag('labels', 'slice', '[]', { short: 'l' }),
  bool('skip-crds'),
  bool('skip-schema-validation'),
  bool('render-subchart-notes'),
  bool('hide-notes'),
  bool('hide-secret'),
  bool('disable-openapi-validation'),
  bool('create-namespace'),
]
export const outputFlag: FlagDefinition = text('output', 'table', { short: 'o' })

const read = (context: HelmContext, path: string): string => {
  if (path === '-') return context.host.stdin()
  if (/^https?:\/\//.test(path)) throw new HelmError(`${path}: the lab has no network beyond the company's; save the file here and name it`)
  try {
    return context.host.files.read(normalisePath(path, context.host.cwd))
  } catch (error) {
    if (error instanceof FileError) throw new HelmError(`open ${path}: ${error.message.toLowerCase()}`)
    throw error
  }
}

/** A flag's failure told with the flag's name. */
function parsing(flagName: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (error instanceof HelmError || error instanceof SyntaxError)
      throw new HelmError(`failed parsing --${flagName} data: ${error.message}`)
    throw error
  }
}

/** `-f` and `--set…` made one, later over earlier. Throws HelmError. */
export function valuesOf(context: HelmContext): Fields {
  let values: Fields = {}
  const { flags } = context
  for (const path of flags.list('values')) {
    let parsed: unknown
    try {
      parsed = parseYaml(read(context, path))
    } catch (error) {
      if (error instanceof HelmError) throw error
      throw new HelmError(`failed to parse ${path}: error converting YAML to JSON: ${(error as Error).message}`)
    }
    if (parsed !== null && parsed !== undefined && !isMap(parsed))
      throw new HelmError(
        `failed to parse ${path}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(parsed) ? 'array' : typeof parsed} into Go value of type map[string]interface {}`,
      )
    values = mergeMaps(values, (parsed ?? {}) as Fields)
  }
  for (const one of flags.list('set-json')) parsing('set-json', () => setJson(values, one))
  for (const one of flags.list('set')) parsing('set', () => setValues(values, one, typed))
  for (const one of flags.list('set-string')) parsing('set-string', () => setValues(values, one, (word) => word))
  for (const one of flags.list('set-file')) parsing('set-file', () => setValues(values, one, (path) => read(context, path)))
  for (const one of flags.list('set-literal'))
    parsing('set-literal', () =>
      setValues(
        values,
        one.replace(/([\\,{}])/g, '\\$1').replace(/^([^=]*)=/, (_a, key: string) => `${key.replaceAll('\\\\', '\\')}=`),
        (word) => word,
      ),
    )
  return values
}

/** The chart that an argument names: a path; repositories and registries are not here. Throws HelmError. */
export function chartAt(context: HelmContext, path: string): Chart {
  const { flags, host } = context
  if (host.files.stat(normalisePath(path, host.cwd)) !== undefined) return loadChart(host.files, host.cwd, path)
  if (/^[./]/.test(path)) throw new HelmError(`path ${JSON.stringify(path)} not found`)
  if (/^(?:oci|https?):\/\//.test(path) || (flags.has('repo') && flags.text('repo') !== ''))
    throw new HelmError(`${path}: the lab has no chart repository or registry: use a chart in a folder or a .tgz file here`)
  const [repository, ...rest] = path.split('/')
  if (rest.length === 0) throw new HelmError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${path}`)
  throw new HelmError(`repo ${repository} not found`)
}

export function dryRunOf(context: HelmContext): ApplyOptions['dryRun'] {
  const given = context.flags.text('dry-run')
  if (given === 'none' || given === 'false') return 'none'
  if (given === 'client' || given === 'true' || given === '') return 'client'
  if (given === 'server') return 'server'
  throw new HelmError('Invalid dry-run flag. Flag must one of the following: false, true, none, client, server')
}

export function applyOptions(context: HelmContext): ApplyOptions {
  const { flags } = context
  const labels = Object.fromEntries(
    flags.list('labels').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  return {
    timeoutMs: flags.duration('timeout'),
    wait: flags.bool('wait') || flags.bool('atomic'),
    waitForJobs: flags.bool('wait-for-jobs'),
    atomic: flags.bool('atomic'),
    noHooks: flags.bool('no-hooks'),
    takeOwnership: flags.bool('take-ownership'),
    force: flags.bool('force'),
    description: flags.text('description'),
    labels,
    dryRun: dryRunOf(context),
    skipCrds: flags.bool('skip-crds'),
    skipSchema: flags.bool('skip-schema-validation'),
    subNotes: flags.bool('render-subchart-notes'),
  }
}
