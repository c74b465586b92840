/** The class report as one HTML file: no scripts, nothing from elsewhere. */
import { safeLine } from '../../lib/safe-text.ts'
import { summarise } from './class-summary.ts'
import type { ReportFormat } from './report.ts'
import { outcome, sayIn } from './words.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const html = (text: string): string => safeLine(text).replace(/[&<>"']/g, (c) => ENTITIES[c]!)

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left}.pass{color:#06631b}.fail{color:#9b1c1c}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}.pass{color:#7ee787}.fail{color:#ff9a9a}}'

export const htmlFormat: ReportFormat = {
  name: 'html',
  write(report, { handed, lang }) {
    const say = sayIn(lang)
    const s = summarise(report, handed)
    const row = (cells: readonly string[], tag = 'td'): string => `<tr>${cells.map((c) => `<${tag}>${c}</${tag}>`).join('')}</tr>`
    const results = report.results.map((r) =>
      row([
        html(r.submission),
        `${r.score}/${r.maxScore}`,
        `<span class="${r.passed ? 'pass' : 'fail'}">${outcome(say, r)}</span>`,
        r.message === undefined
          ? r.checks
              .filter((c) => c.status !== 'pass')
              .map((c) => `${html(c.title)}: ${html(c.observed)}`)
              .join('<br>')
          : html(r.message),
      ]),
    )
    const checks = s.checks.map((c) =>
      row([html(c.title), String(c.passed), String(c.failed), c.typical ? `${html(c.typical.observed)} (${c.typical.count})` : '']),
    )
    const alike =
      s.alike.length === 0
        ? ''
        : `<h2>${say('alike')}</h2><ul>${s.alike.map((names) => `<li>${names.map(html).join(', ')}</li>`).join('')}</ul>`
    const nearly =
      s.nearlySame.length === 0
        ? ''
        : `<h2>${say('nearlySame')}</h2><ul>${s.nearlySame.map(({ a, b, percent }) => `<li>${html(a)}, ${html(b)}: ${percent} %</li>`).join('')}</ul>`
    return `<!doctype html>
<html lang="${lang ?? 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(report.level)}</title><style>${STYLE}</style></head>
<body><h1>${html(report.level)}</h1>
<p>${say('summary', { passed: s.passed, all: s.submissions, average: s.averageScore, max: s.maxScore })}${s.unreadable > 0 ? ` ${say('unreadable', { count: s.unreadable })}` : ''}</p>
<table>${row([say('submission'), say('score'), say('result'), say('missing')], 'th')}
${results.join('\n')}
</table>
<h2>${say('checks')}</h2>
<table>${row([say('check'), say('checkPassed'), say('failed'), say('typical')], 'th')}
${checks.join('\n')}
</table>
${alike}
${nearly}
</body></html>
`
  },
}
