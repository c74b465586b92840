/** The values that a kept revision ran with. A record holds its own chart's defaults, not those of its subcharts. */
import type { Chart } from '../chart/contract.ts'
import { coalesceValues } from '../chart/values.ts'
import type { Fields } from '../template/values.ts'
import type { Release } from './contract.ts'

export function coalesceKept({ chart, config }: Release): Fields {
  const kept: Pick<Chart, 'values' | 'charts' | 'name'> = { name: String(chart.metadata.name ?? ''), values: chart.values, charts: [] }
  return coalesceValues(kept as Chart, config)
}
