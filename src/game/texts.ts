/** What the game says in the terminal, in each language. */
import type { Both, Lang } from '../shell/contract.ts'

const texts = {
  undone: { en: 'Undone: {command}', es: 'Deshecho: {command}' },
  nothingToUndo: { en: 'There is nothing to undo.', es: 'No hay nada que deshacer.' },
  resetAsk: {
    en: 'reset begins the level anew and puts this attempt aside. To do it: reset --yes',
    es: 'reset empieza el nivel de nuevo y aparta este intento. Para hacerlo: reset --yes',
  },
  resetDone: { en: 'The level begins anew.', es: 'El nivel empieza de nuevo.' },
  otherVersion: {
    en: 'The level has changed since you played it: it begins anew. Your old attempt is kept beside the save.',
    es: 'El nivel ha cambiado desde que lo jugaste: empieza de nuevo. Tu intento anterior se guarda aparte.',
  },
  broken: {
    en: 'The save could not be read: the level begins anew. The old file is kept beside it.',
    es: 'No se pudo leer la partida: el nivel empieza de nuevo. El fichero anterior se guarda aparte.',
  },
  cutShort: {
    en: 'The save could be replayed only in part. The whole file is kept beside it.',
    es: 'La partida solo se pudo repetir en parte. El fichero completo se guarda aparte.',
  },
  limit: { en: 'limit reached: {limit}; the command was stopped', es: 'límite alcanzado: {limit}; el comando se detuvo' },
  sandboxTitle: { en: 'Sandbox', es: 'Sandbox' },
  sandboxBrief: {
    en: 'A free cluster, nothing to solve. `help` lists the commands, `fault` breaks things, `why` and `trace` explain.',
    es: 'Un clúster libre, sin nada que resolver. `help` lista los comandos, `fault` rompe cosas, `why` y `trace` explican.',
  },
  sandboxCourse: { en: 'Free play', es: 'Juego libre' },
  noLevel: { en: 'there is no level "{id}"{near}', es: 'no hay ningún nivel "{id}"{near}' },
  didYouMean: { en: '; did you mean "{name}"?', es: '; ¿querías decir "{name}"?' },
  badLevel: { en: 'This level cannot be read: {problem}', es: 'No se puede leer este nivel: {problem}' },
} satisfies Record<string, Both>

export type GameTextKey = keyof typeof texts

export function gameText(lang: Lang, key: GameTextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[key][lang].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}
