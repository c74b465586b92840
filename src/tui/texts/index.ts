// Chooses the game's language: `--lang` first, then the locale variables in POSIX's order.
import { en, type Texts } from './en.ts'
import { es } from './es.ts'

export type { Texts } from './en.ts'
export type Lang = 'en' | 'es'

const TEXTS: Record<Lang, Texts> = { en, es }

export const textsFor = (lang: Lang): Texts => TEXTS[lang]

/** The language from an explicit choice or the environment (LC_ALL, LC_MESSAGES, LANG); English when neither names one we speak. */
export const languageFrom = (chosen: string | undefined, env: Record<string, string | undefined>): Lang => {
  const locale = chosen || env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return /^es(?:[-_.@]|$)/i.test(locale) ? 'es' : 'en'
}
