// YAML's colours: lezer's tree for the whole text, handed out line by line as spans.
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight'
import { parser } from '@lezer/yaml'
import type { Row, Tone } from '../text/spans.ts'

const toneOf: Record<string, Tone> = {
  key: 'key',
  string: 'string',
  comment: 'comment',
  punctuation: 'punctuation',
  label: 'accent',
}

const highlighter = tagHighlighter([
  { tag: tags.definition(tags.propertyName), class: 'key' },
  { tag: tags.string, class: 'string' },
  { tag: tags.special(tags.string), class: 'punctuation' },
  { tag: tags.lineComment, class: 'comment' },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace, tags.meta], class: 'punctuation' },
  { tag: [tags.labelName, tags.typeName, tags.keyword], class: 'label' },
  { tag: tags.content, class: 'content' },
])

const SCALAR_TONES: [RegExp, Tone][] = [
  [/^[-+]?(?:\d[\d_.]*(?:[eE][-+]?\d+)?|0x[\da-fA-F]+)$/, 'number'],
  [/^(?:true|false|yes|no|on|off|null|~)$/i, 'number'],
]

const contentTone = (text: string): Tone | undefined => SCALAR_TONES.find(([pattern]) => pattern.test(text.trim()))?.[1]

const paint = (text: string): Row[] => {
  const rows: Row[] = [[]]
  let at = 0
  const put = (to: number, tone: Tone | undefined) => {
    for (const [index, part] of text.slice(at, to).split('\n').entries()) {
      if (index > 0) rows.push([])
      if (part !== '') rows.at(-1)!.push(tone ? { text: part, tone } : { text: part })
    }
    at = to
  }
  highlightTree(parser.parse(text), highlighter, (from, to, name) => {
    if (from > at) put(from, undefined)
    put(to, name === 'content' ? contentTone(text.slice(from, to)) : toneOf[name])
  })
  put(text.length, undefined)
  return rows
}

let last: { text: string; rows: Row[] } | undefined

/** One row for each line of the text, uncut. */
export const yamlRows = (text: string): Row[] => {
  if (last?.text !== text) last = { text, rows: paint(text) }
  return last.rows
}

/** The same without colours, for files that are not YAML. */
export const plainRows = (text: string): Row[] => text.split('\n').map((line) => (line === '' ? [] : [{ text: line }]))
