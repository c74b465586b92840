/** JUnit XML: a suite a submission, a case a check. */
import builder from 'junit-report-builder'
import { safeText } from '../../lib/safe-text.ts'
import type { ReportFormat } from './report.ts'

/** Characters that XML 1.0 does not allow are taken out; the builder escapes the rest. */
const xml = (text: string): string => safeText(text).replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '')

export const junitFormat: ReportFormat = {
  name: 'junit',
  write(report) {
    const document = builder.newBuilder()
    for (const result of report.results) {
      const suite = document.testSuite().name(xml(result.submission)).timestamp('2000-01-01T00:00:00')
      suite.property('level', xml(report.level))
      suite.property('score', `${result.score}/${result.maxScore}`)
      if (result.checks.length === 0 || result.message !== undefined)
        suite
          .testCase()
          .className(xml(report.level))
          .name('graded')
          .error(xml(result.message ?? result.status))
      for (const check of result.checks) {
        const item = suite.testCase().className(xml(report.level)).name(xml(check.title)).time(0)
        if (check.status === 'fail' || check.status === 'pending') item.failure(xml(check.message), check.status)
        else if (check.status === 'error' || check.status === 'limit') item.error(xml(check.message), check.status)
        else if (check.status === 'skipped') item.skipped()
      }
    }
    // The suites' own element has no `skipped` in the schemas that consumers publish (Jenkins' junit-10.xsd); each suite has one.
    return `${document.build().replace(/(<testsuites\b[^>]*?) skipped="\d+"/, '$1')}\n`
  },
}
