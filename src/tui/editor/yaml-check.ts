// YAML's syntax errors by line, as the player types; the API judges everything else when the file is saved.
import { LineCounter, parseAllDocuments } from 'yaml'
import { safeLine } from '../../lib/safe-text.ts'
import type { EditProblem } from '../world.ts'

const MOST_SHOWN = 20
const TOO_LONG = 262_144

let last: { text: string; problems: EditProblem[] } = { text: '', problems: [] }

/** The syntax errors of a YAML text, first to last; none for a text too long to check while typing. */
export const yamlProblems = (text: string): EditProblem[] => {
  if (text === last.text) return last.problems
  last = { text, problems: text.length > TOO_LONG ? [] : check(text) }
  return last.problems
}

const check = (text: string): EditProblem[] => {
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, { version: '1.1', lineCounter, prettyErrors: false, logLevel: 'silent' })
  if (!Array.isArray(documents)) return []
  return documents
    .flatMap((document) => document.errors)
    .slice(0, MOST_SHOWN)
    .map((error) => ({ line: lineCounter.linePos(error.pos[0]).line, message: safeLine(error.message) }))
}
