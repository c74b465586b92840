// The game's own vocabulary of key presses, as plain data: what the decoder gives and every reducer takes.

export type KeyName =
  | 'enter'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'insert'
  | 'escape'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'pageup'
  | 'pagedown'
  | 'wheelup'
  | 'wheeldown'
  | `f${number}`
  /** A letter, digit or sign pressed with Ctrl or Alt. */
  | 'char'

export type Key =
  /** Printable text as typed, possibly several characters when they arrived together. */
  | { kind: 'text'; text: string }
  /** A bracketed paste, newlines as `\n`, nothing stripped but control characters. */
  | { kind: 'paste'; text: string }
  | { kind: 'key'; name: KeyName; char: string; ctrl: boolean; alt: boolean; shift: boolean }

/** A short name for matching in tables: `ctrl+a`, `alt+b`, `shift+tab`, `f5`, `enter`; text and pastes give `text` and `paste`. */
export const chord = (key: Key): string => {
  if (key.kind !== 'key') return key.kind
  const base = key.name === 'char' ? key.char : key.name
  return `${key.ctrl ? 'ctrl+' : ''}${key.alt ? 'alt+' : ''}${key.shift ? 'shift+' : ''}${base}`
}

/** Builds a key from its short name; the inverse of `chord`, for tables and tests. */
export const press = (name: string): Key => {
  const parts = name === '+' ? ['+'] : name.split('+')
  const base = parts.at(-1) || '+'
  const named = base.length > 1
  return {
    kind: 'key',
    name: named ? (base as KeyName) : 'char',
    char: named ? '' : base,
    ctrl: parts.includes('ctrl'),
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
  }
}
