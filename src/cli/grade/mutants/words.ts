/** The mutants of a command's words: an option left out, a value in it changed. */
import type { PlacedWord, Span } from './script.ts'
import { otherValues } from './values.ts'

export interface WordMutant extends Span {
  readonly kind: 'part' | 'change' | 'rename'
  readonly what: string
  /** Stands in the word's place. */
  readonly text: string
}

/** A number, or a value after `=`, `:` or `,`. */
const TOKEN =
  /(?<![\w{$.-])\d+(?:\.\d+)?(?:[KMGT]i?|m|s|%)?(?![\w}.])|(?<=[:=,[(]\s*["']?)[A-Za-z][\w-]*(?:[.][\w-]+)*(?:\/[\w.-]+)*(?=["']?\s*(?:[,}\]\n)]|$))/g
/** How long to wait for an answer, and where to read from, is no part of the answer. */
const ASIDE = /^--(?:timeout|wait|grace-period|output|tail|ignore-not-found)\b|^-o|^-f$|^-$/

/** `next`: the word after each, as an option's value may stand apart. */
export function wordMutants(words: readonly PlacedWord[]): WordMutant[] {
  return words.flatMap((word, i): WordMutant[] => {
    if (ASIDE.test(word.text)) return []
    const next = words[i + 1]
    const isOption = /^-[a-zA-Z]|^--[a-z]/.test(word.text)
    const isPair = /^\w[\w./-]*(=|-$)/.test(word.text) && !word.before?.startsWith('-')
    const takesNext = /^-/.test(word.text) && !word.text.includes('=') && next?.label === word.label && !next.text.startsWith('-')
    const end = takesNext ? next.end : word.end
    const gone: WordMutant[] =
      (isOption || isPair) && !word.isInner
        ? [{ kind: 'part', what: `drop ${takesNext ? `${word.text} ${next.text}` : word.text}`, start: word.start, end, text: '' }]
        : []
    return [...gone, ...changed(word)]
  })
}

function changed(word: PlacedWord): WordMutant[] {
  return [...word.text.matchAll(TOKEN)].flatMap((m) =>
    otherValues(m[0], '').map(
      (other): WordMutant => ({
        kind: word.text.startsWith('--name=') ? 'rename' : 'change',
        what: `${m[0]} → ${String(other)}`,
        start: word.start,
        end: word.end,
        text: word.text.slice(0, m.index) + String(other) + word.text.slice(m.index + m[0].length),
      }),
    ),
  )
}
