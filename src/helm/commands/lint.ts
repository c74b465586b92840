/** `helm lint`: what is wrong with a chart, as helm's rules word it. */

import { normalisePath } from '../../script/files.ts'
import { type Chart, HelmError } from '../chart/contract.ts'
import { loadChart } from '../chart/load.ts'
import { SCHEMA_FAILURE } from '../chart/schema.ts'
import { isVersion } from '../chart/semver.ts'
import { bool, type HelmCommand, type HelmContext, plain, text } from '../contract.ts'
import { plan } from '../release/plan.ts'
import { valueFlags, valuesOf } from './arguments.ts'

type Severity = 'INFO' | 'WARNING' | 'ERROR'
interface Message {
  readonly severity: Severity
  readonly path: string
  readonly text: string
}

function chartRules(chart: Chart): Message[] {
  const out: Message[] = []
  const say = (severity: Severity, words: string): void => {
    out.push({ severity, path: 'Chart.yaml', text: words })
  }
  const { metadata } = chart
  if (chart.name === '') say('ERROR', 'name is required')
  if (!metadata.apiVersion) say('ERROR', 'apiVersion is required. The value must be either "v1" or "v2"')
  else if (metadata.apiVersion !== 'v1' && metadata.apiVersion !== 'v2')
    say('ERROR', `apiVersion '${String(metadata.apiVersion)}' is not valid. The value must be either "v1" or "v2"`)
  if (chart.version === '') say('ERROR', 'version is required')
  else if (!isVersion(chart.version)) say('ERROR', `version '${chart.version}' is not a valid SemVer`)
  if (metadata.version !== undefined && typeof metadata.version !== 'string')
    say('ERROR', `version should be of type string but it's of type ${Number.isInteger(metadata.version) ? 'int' : 'float64'}`)
  if (metadata.appVersion !== undefined && typeof metadata.appVersion !== 'string')
    say('ERROR', `appVersion should be of type string but it's of type ${Number.isInteger(metadata.appVersion) ? 'int' : 'float64'}`)
  if (!metadata.icon) say('INFO', 'icon is recommended')
  if (!['application', 'library'].includes(chart.type)) say('ERROR', 'chart type is not valid')
  const absent = chart.wanted.filter((d) => !chart.charts.some((c) => c.name === d.name)).map((d) => d.name)
  if (absent.length > 0)
    out.push({ severity: 'WARNING', path: '', text: `chart directory is missing these dependencies: ${absent.join(',')}` })
  return out
}

/** Everything about one chart, and whether it could be read. */
function lintChart(context: HelmContext, path: string): Message[] {
  const { host, flags } = context
  const at = normalisePath(path, host.cwd)
  if (host.files.stat(at)?.kind === 'directory' && host.files.stat(`${at}/Chart.yaml`) === undefined)
    return [{ severity: 'ERROR', path: '', text: `unable to load chart\n\tChart.yaml file is missing` }]
  let chart: Chart
  try {
    chart = loadChart(host.files, host.cwd, path)
  } catch (error) {
    if (!(error instanceof HelmError)) throw error
    return [{ severity: 'ERROR', path: '', text: `unable to load chart\n\t${error.message}` }]
  }
  const out = chartRules(chart)
  if (!chart.raw.some((f) => f.name === 'values.yaml')) out.push({ severity: 'INFO', path: 'values.yaml', text: 'file does not exist' })
  if (chart.templates.length === 0) out.push({ severity: 'WARNING', path: 'templates/', text: 'directory does not exist' })
  try {
    const made = plan(context, chart, valuesOf(context), {
      name: 'test-release',
      namespace: context.namespace,
      revision: 1,
      isUpgrade: false,
      online: false,
      strict: flags.bool('strict'),
      lint: true,
      kubeVersion: flags.text('kube-version') || 'v1.33.0',
    })
    for (const part of made.parts) {
      const name = (part.object.metadata as { name?: unknown } | undefined)?.name
      if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
        out.push({
          severity: 'ERROR',
          path: part.name.slice(chart.name.length + 1),
          text: `object name does not conform to Kubernetes naming requirements: ${JSON.stringify(name ?? '')}`,
        })
    }
  } catch (error) {
    if (!(error instanceof HelmError)) throw error
    out.push({ severity: 'ERROR', path: error.message.startsWith(SCHEMA_FAILURE) ? 'values.yaml' : 'templates/', text: error.message })
  }
  return out
}

export const lintCommand: HelmCommand = {
  path: 'lint',
  summary: 'examine a chart for possible issues',
  usage: 'PATH [flags]',
  flags: [...valueFlags, bool('strict'), bool('quiet'), bool('with-subcharts'), text('kube-version'), bool('skip-schema-validation')],
  args: [0, 20],
  run: plain((context) => {
    const paths = context.args.length === 0 ? ['.'] : context.args
    const { flags } = context
    let failed = 0
    for (const path of paths) {
      const messages = lintChart(context, path)
      const worst = flags.bool('strict') ? ['WARNING', 'ERROR'] : ['ERROR']
      const bad = messages.some((m) => worst.includes(m.severity))
      if (bad) failed++
      const shown = flags.bool('quiet') ? messages.filter((m) => m.severity !== 'INFO') : messages
      if (flags.bool('quiet') && shown.length === 0) continue
      context.out(`==> Linting ${path}\n${shown.map((m) => `[${m.severity}] ${m.path}: ${m.text}\n`).join('')}\n`)
    }
    const summary = `${paths.length} chart(s) linted, ${failed} chart(s) failed`
    if (failed > 0) throw new HelmError(summary)
    if (!flags.bool('quiet')) context.out(`${summary}\n`)
    return 0
  }),
}
