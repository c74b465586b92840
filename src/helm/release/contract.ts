/** A release: one revision of an installed chart, as helm keeps it in a Secret of type helm.sh/release.v1. */
import type { Hook } from '../chart/manifest.ts'
import type { Fields } from '../template/values.ts'

export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback'

export interface KeptChart {
  readonly metadata: Fields
  readonly values: Fields
  readonly schema?: string
  readonly templates: readonly { readonly name: string; readonly text: string }[]
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

export interface Release {
  readonly name: string
  readonly namespace: string
  /** The revision, from 1. */
  readonly version: number
  readonly status: ReleaseStatus
  readonly description: string
  readonly notes: string
  /** Ms since 1970. */
  readonly firstDeployedMs: number
  readonly lastDeployedMs: number
  readonly deletedMs?: number
  readonly chart: KeptChart
  /** What the player gave. */
  readonly config: Fields
  readonly manifest: string
  readonly hooks: readonly Hook[]
  /** Labels of the player's (`--labels`). */
  readonly labels: Readonly<Record<string, string>>
}

export const isPending = (status: ReleaseStatus): boolean => status.startsWith('pending-')

export const chartLabel = (release: Release): string => {
  const { name, version } = release.chart.metadata
  return name === undefined || version === undefined ? 'MISSING' : `${String(name)}-${String(version)}`
}
export const appVersionOf = (release: Release): string =>
  release.chart.metadata.appVersion === undefined ? '' : String(release.chart.metadata.appVersion)
