/** Every report format, one line each. */
import { classroom50Format } from './classroom50.ts'
import { csvFormat } from './csv.ts'
import { githubClassroomFormat } from './github-classroom.ts'
import { gradescopeFormat } from './gradescope.ts'
import { htmlFormat } from './html.ts'
import { jsonFormat } from './json.ts'
import { junitFormat } from './junit.ts'
import { markdownFormat } from './markdown.ts'
import type { ReportFormat } from './report.ts'
import { tapFormat } from './tap.ts'
import { textFormat } from './text.ts'

export const reportFormats: readonly ReportFormat[] = [
  textFormat,
  jsonFormat,
  junitFormat,
  tapFormat,
  gradescopeFormat,
  classroom50Format,
  githubClassroomFormat,
  csvFormat,
  markdownFormat,
  htmlFormat,
]
