/** What Chart.yaml must say (helm's Metadata.Validate) and whether a chart can be installed. */
import { type Chart, HelmError } from './contract.ts'
import { isVersion, satisfies } from './semver.ts'

const missing = (field: string): string => `validation: chart.metadata.${field} is required`

/** Throws HelmError for the first thing that is wrong. */
export function validateMetadata(chart: Chart): void {
  const { metadata } = chart
  if (!metadata.apiVersion) throw new HelmError(missing('apiVersion'))
  if (chart.name === '') throw new HelmError(missing('name'))
  if (chart.name !== chart.name.split('/').pop())
    throw new HelmError(`validation: chart.metadata.name ${JSON.stringify(chart.name)} is invalid`)
  if (chart.version === '') throw new HelmError(missing('version'))
  if (!isVersion(chart.version)) throw new HelmError(`validation: chart.metadata.version ${JSON.stringify(chart.version)} is invalid`)
  if (!['application', 'library'].includes(chart.type))
    throw new HelmError('validation: chart.metadata.type must be application or library')
  for (const wanted of chart.wanted)
    if (wanted.alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(wanted.alias))
      throw new HelmError(`validation: dependency ${JSON.stringify(wanted.name)} has disallowed characters in the alias`)
}

/** Throws HelmError where the chart, or what it depends on, cannot be installed on this cluster. */
export function checkInstallable(chart: Chart, kubeVersion: string): void {
  validateMetadata(chart)
  if (chart.type === 'library') throw new HelmError('library charts are not installable')
  const absent = chart.wanted.filter((d) => !chart.charts.some((c) => c.name === d.name)).map((d) => d.name)
  if (absent.length > 0)
    throw new HelmError(
      `An error occurred while checking for chart dependencies. You may need to run \`helm dependency build\` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${absent.join(', ')}`,
    )
  checkKubeVersion(chart, kubeVersion)
}

export function checkKubeVersion(chart: Chart, kubeVersion: string): void {
  const constraint = chart.metadata.kubeVersion
  if (typeof constraint !== 'string' || constraint === '') return
  if (!satisfies(kubeVersion, constraint))
    throw new HelmError(`chart requires kubeVersion: ${constraint} which is incompatible with Kubernetes ${kubeVersion}`)
}
