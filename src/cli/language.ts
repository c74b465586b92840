/** The program's language: `--lang` first, then the locale variables in POSIX's order; English when none names one that it speaks. */
import type { Lang } from '../shell/contract.ts'

export function languageFrom(chosen: string | undefined, env: Readonly<Record<string, string | undefined>>): Lang {
  const locale = chosen || env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return /^es(?:[-_.@]|$)/i.test(locale) ? 'es' : 'en'
}
