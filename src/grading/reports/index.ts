/** Every report format, one line each. */
import { jsonFormat } from './json.ts'
import { junitFormat } from './junit.ts'
import type { ReportFormat } from './report.ts'
import { textFormat } from './text.ts'

export const reportFormats: readonly ReportFormat[] = [textFormat, jsonFormat, junitFormat]
