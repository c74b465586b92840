/** `{{name}}` that no variant draws: it would stand in the player's text as it is. */
import { didYouMean } from '../../../levels/loader/messages.ts'
import { type LintProblem, placeIn, type Rule } from './contract.ts'

/** Filled in by checks themselves: what is drawn for each judgement, and the keys that are written. */
const BUILT_IN = ['nonce', 'key', 'i']

/** kubectl's own templates have words in the same braces; a slip is told there only where it is like a variant's name. */
const isScript = (path: string): boolean => /^(?:solutions|wrong)\//.test(path)

export const variables: Rule = ({ found, level }) => {
  const names = Object.keys(level.spec.variants ?? {})
  return Object.entries(found.files).flatMap(([file, text]): LintProblem[] =>
    [...text.matchAll(/\{\{\s*([a-z0-9-]+)\s*\}\}/g)].flatMap(({ 1: name = '', index }) => {
      if (names.includes(name) || BUILT_IN.includes(name)) return []
      const near = didYouMean(name, names)
      if (isScript(file) && near === '') return []
      const message = `no variant is called "${name}"${near === '' ? '; spec.variants says what is drawn' : near}`
      return [{ file, ...placeIn(text, index), message }]
    }),
  )
}
