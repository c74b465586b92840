// The game's actions and the keys that call them: F keys, Alt-digit (or Esc, digit) for keyboards without, and a menu on Ctrl-G.
import { chord, type Key } from '../input/keys.ts'

export type Action =
  | 'help'
  | 'brief'
  | 'cluster'
  | 'events'
  | 'hint'
  | 'pause'
  | 'speed'
  | 'skip'
  | 'check'
  | 'quit'
  | 'undo'
  | 'goals'
  | 'menu'

const BY_NUMBER: Action[] = ['help', 'brief', 'cluster', 'events', 'hint', 'pause', 'speed', 'skip', 'check', 'quit']

/** In the order of the menu. */
export const MENU: { action: Action; key: string }[] = [
  ...BY_NUMBER.map((action, index) => ({ action, key: `F${index + 1}` })),
  { action: 'goals', key: 'F11' },
  { action: 'undo', key: 'F12' },
]

/** The action of a digit: 1 is F1, 0 is F10. */
export const actionOfDigit = (digit: string): Action | undefined => (/^\d$/.test(digit) ? BY_NUMBER[(Number(digit) + 9) % 10] : undefined)

export const actionOf = (key: Key): Action | undefined => {
  if (key.kind !== 'key') return undefined
  const name = chord(key)
  if (name === 'ctrl+g') return 'menu'
  const digit = /^alt\+(\d)$/.exec(name)
  if (digit) return actionOfDigit(digit[1]!)
  const f = /^f(\d+)$/.exec(name)
  if (!f) return undefined
  return MENU[Number(f[1]) - 1]?.action
}

export const SPEEDS = [1, 10, 60]
