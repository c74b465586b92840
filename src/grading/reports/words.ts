/** The words of the reports that people read, in each language. Formats for programs have none. */
import type { Both, Lang } from '../../shell/contract.ts'
import type { ResultStatus } from '../result.ts'

const words = {
  passed: { en: 'passed', es: 'superado' },
  notPassed: { en: 'not passed', es: 'no superado' },
  error: { en: 'error', es: 'error' },
  limit: { en: 'limit', es: 'límite' },
  seen: { en: 'seen: {what}', es: 'se ha visto: {what}' },
  summary: {
    en: '{passed} of {all} passed; average {average} of {max}.',
    es: 'Superado por {passed} de {all}; media, {average} de {max}.',
  },
  unreadable: { en: '{count} could not be graded.', es: '{count} sin poder evaluarse.' },
  submission: { en: 'submission', es: 'entrega' },
  score: { en: 'score', es: 'puntos' },
  result: { en: 'result', es: 'resultado' },
  missing: { en: 'not passed', es: 'lo que falta' },
  yes: { en: 'yes', es: 'sí' },
  no: { en: 'no', es: 'no' },
  checks: { en: 'Checks, the most failed first', es: 'Comprobaciones, de más a menos fallada' },
  check: { en: 'check', es: 'comprobación' },
  failed: { en: 'failed', es: 'fallada' },
  checkPassed: { en: 'passed', es: 'superada' },
  typical: { en: 'seen most often', es: 'lo que más se ha visto' },
  alike: { en: 'Ended in the very same state', es: 'Acabaron exactamente en el mismo estado' },
  nearlySame: { en: 'Inputs nearly the same', es: 'Comandos casi iguales' },
} satisfies Record<string, Both>

export type Word = keyof typeof words
export type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string

export const sayIn =
  (lang: Lang = 'en'): Say =>
  (word, values = {}) =>
    words[word][lang].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))

/** What became of a submission. */
export const outcome = (say: Say, { status, passed }: { readonly status: ResultStatus; readonly passed: boolean }): string =>
  status === 'graded' ? say(passed ? 'passed' : 'notPassed') : say(status)
