/** A chart as it is held once loaded, and a failure of helm's own. */
import type { Fields } from '../template/values.ts'

export interface ChartFile {
  /** Relative to the chart: `templates/deployment.yaml`. */
  readonly name: string
  readonly text: string
}

export interface Dependency {
  readonly name: string
  readonly version: string
  readonly repository: string
  readonly condition: string
  readonly tags: readonly string[]
  readonly alias: string
  readonly importValues: readonly unknown[]
}

export interface Chart {
  /** Chart.yaml as it is written. */
  readonly metadata: Fields
  readonly name: string
  readonly version: string
  readonly appVersion: string
  readonly type: string
  readonly wanted: readonly Dependency[]
  readonly templates: readonly ChartFile[]
  /** What is neither a template nor one of the chart's own files: `.Files`. */
  readonly files: readonly ChartFile[]
  /** Every file, for `package` and `show`. */
  readonly raw: readonly ChartFile[]
  readonly crds: readonly ChartFile[]
  readonly values: Fields
  /** values.schema.json */
  readonly schema: string | undefined
  readonly charts: readonly Chart[]
}

/** `Error: MESSAGE`, exit code 1. */
export class HelmError extends Error {
  override readonly name = 'HelmError'
}
