/** A class report in Markdown. */
import { safeLine } from '../../lib/safe-text.ts'
import { summarise } from './class-summary.ts'
import type { ReportFormat } from './report.ts'

/** Nothing a student wrote becomes markup. */
export const md = (text: string): string =>
  safeLine(text).replace(/[\\`*_{}[\]<>()#+!|~&]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`))

export const markdownFormat: ReportFormat = {
  name: 'markdown',
  write(report, { handed }) {
    const s = summarise(report, handed)
    const lines = [
      `# ${md(report.level)}`,
      '',
      `${s.passed} of ${s.submissions} passed; average ${s.averageScore} of ${s.maxScore}.${s.unreadable > 0 ? ` ${s.unreadable} could not be graded.` : ''}`,
      '',
      '| submission | score | passed | not passed |',
      '| --- | --- | --- | --- |',
      ...report.results.map(
        (r) =>
          `| ${md(r.submission)} | ${r.score}/${r.maxScore} | ${r.passed ? 'yes' : r.status === 'graded' ? 'no' : r.status} | ${
            r.message === undefined
              ? r.checks
                  .filter((c) => c.status !== 'pass')
                  .map((c) => md(c.id))
                  .join(', ')
              : md(r.message)
          } |`,
      ),
      '',
      '## Checks, the most failed first',
      '',
      '| check | passed | failed | seen most often |',
      '| --- | --- | --- | --- |',
      ...s.checks.map(
        (c) => `| ${md(c.title)} | ${c.passed} | ${c.failed} | ${c.typical ? `${md(c.typical.observed)} (${c.typical.count})` : ''} |`,
      ),
    ]
    if (s.alike.length > 0)
      lines.push('', '## Ended in the very same state', '', ...s.alike.map((names) => `- ${names.map(md).join(', ')}`))
    if (s.nearlySame.length > 0)
      lines.push('', '## Inputs nearly the same', '', ...s.nearlySame.map(({ a, b, percent }) => `- ${md(a)}, ${md(b)}: ${percent} %`))
    return `${lines.join('\n')}\n`
  },
}
