/** A class report in Markdown. */
import { safeLine } from '../../lib/safe-text.ts'
import { summarise } from './class-summary.ts'
import type { ReportFormat } from './report.ts'
import { sayIn } from './words.ts'

/** Nothing a student wrote becomes markup. */
export const md = (text: string): string =>
  safeLine(text).replace(/[\\`*_{}[\]<>()#+!|~&]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`))

export const markdownFormat: ReportFormat = {
  name: 'markdown',
  write(report, { handed, lang }) {
    const say = sayIn(lang)
    const s = summarise(report, handed)
    const lines = [
      `# ${md(report.level)}`,
      '',
      `${say('summary', { passed: s.passed, all: s.submissions, average: s.averageScore, max: s.maxScore })}${s.unreadable > 0 ? ` ${say('unreadable', { count: s.unreadable })}` : ''}`,
      '',
      `| ${say('submission')} | ${say('score')} | ${say('passed')} | ${say('missing')} |`,
      '| --- | --- | --- | --- |',
      ...report.results.map(
        (r) =>
          `| ${md(r.submission)} | ${r.score}/${r.maxScore} | ${r.status === 'graded' ? say(r.passed ? 'yes' : 'no') : say(r.status)} | ${
            r.message === undefined
              ? r.checks
                  .filter((c) => c.status !== 'pass')
                  .map((c) => md(c.id))
                  .join(', ')
              : md(r.message)
          } |`,
      ),
      '',
      `## ${say('checks')}`,
      '',
      `| ${say('check')} | ${say('checkPassed')} | ${say('failed')} | ${say('typical')} |`,
      '| --- | --- | --- | --- |',
      ...s.checks.map(
        (c) => `| ${md(c.title)} | ${c.passed} | ${c.failed} | ${c.typical ? `${md(c.typical.observed)} (${c.typical.count})` : ''} |`,
      ),
    ]
    if (s.alike.length > 0) lines.push('', `## ${say('alike')}`, '', ...s.alike.map((names) => `- ${names.map(md).join(', ')}`))
    if (s.nearlySame.length > 0)
      lines.push('', `## ${say('nearlySame')}`, '', ...s.nearlySame.map(({ a, b, percent }) => `- ${md(a)}, ${md(b)}: ${percent} %`))
    return `${lines.join('\n')}\n`
  },
}
