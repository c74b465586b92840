/** Whether the shell would ask for more: an open quote, a here-document without its end, `do` without `done`. */
import { checkSyntax } from '../../script/language/shell.ts'

/** The here-documents that a text opens, in order: their closing words and whether tabs before them count. */
function openHereDocument(text: string): boolean {
  const lines = text.split('\n')
  const waiting: { word: string; strip: boolean }[] = []
  for (const line of lines) {
    const doc = waiting[0]
    if (doc !== undefined) {
      if ((doc.strip ? line.replace(/^\t+/, '') : line) === doc.word) waiting.shift()
      continue
    }
    for (const m of withoutQuotes(line).matchAll(/(?<!<)<<(-?)\s*\\?(['"]?)([\w.-]+)\2/g))
      waiting.push({ word: m[3]!, strip: m[1] === '-' })
  }
  return waiting.length > 0
}

/** A line with what stands in quotes blanked out, except the quoted word of a here-document. */
const withoutQuotes = (line: string): string =>
  line.replace(/(<<-?\s*)?('[^']*'|"[^"]*")/g, (whole, before?: string) => (before === undefined ? ' '.repeat(whole.length) : whole))

export function completeness(text: string): 'complete' | 'incomplete' {
  if (/(^|[^\\])(\\\\)*\\$/.test(text)) return 'incomplete'
  if (text.includes('<<') && openHereDocument(text)) return 'incomplete'
  if (checkSyntax(text).some((problem) => problem.incomplete)) return 'incomplete'
  return /(\|\||&&|\|)\s*$/.test(text) ? 'incomplete' : 'complete'
}
