/** What to say of a name that no level has. */
import { closest } from '../levels/loader/problems.ts'
import type { Lang } from '../shell/contract.ts'
import { gameText } from './texts.ts'

export function unknownLevel(lang: Lang, id: string, known: readonly string[]): string {
  const near = known.find((k) => k.endsWith(`/${id}`)) ?? closest(id, known)
  return gameText(lang, 'noLevel', { id, near: near === undefined ? '' : gameText(lang, 'didYouMean', { name: near }) })
}
