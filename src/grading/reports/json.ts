/** `clusterlab/result/v1` as INTERFACES.md has it. */
import type { ReportFormat } from './report.ts'

export const jsonFormat: ReportFormat = { name: 'json', write: (report) => `${JSON.stringify(report, null, 2)}\n` }
