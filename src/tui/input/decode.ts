// Turns what a terminal sends into keys: xterm, VT and rxvt sequences, modifiers, kitty's CSI u, bracketed paste; mouse and reports are filtered out.
import { safeText } from '../../lib/safe-text.ts'
import type { Key, KeyName } from './keys.ts'

/** What is left over between two reads. */
export interface DecoderState {
  /** An unfinished sequence. */
  rest: string
  /** The paste so far, when inside one. */
  paste: string | undefined
}

export const initialDecoder: DecoderState = { rest: '', paste: undefined }

const PASTE_START = '\u001b[200~'
export const PASTE_END = '\u001b[201~'

const LETTERS: Record<string, KeyName> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}
const TILDES: Record<string, KeyName> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}
const CODES: Record<number, KeyName> = { 9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace', 8: 'backspace' }

const special = (name: KeyName, modifier = 1): Key => {
  const bits = Math.max(0, modifier - 1)
  return { kind: 'key', name, char: '', shift: (bits & 1) > 0, alt: (bits & 2) > 0, ctrl: (bits & 4) > 0 }
}

const char = (text: string, modifiers: { ctrl?: boolean; alt?: boolean }): Key => ({
  kind: 'key',
  name: 'char',
  char: text,
  ctrl: modifiers.ctrl ?? false,
  alt: modifiers.alt ?? false,
  shift: false,
})

const coded = (code: number, modifier: number): Key | undefined => {
  const name = CODES[code]
  if (name) return special(name, modifier)
  const bits = Math.max(0, modifier - 1)
  if (code < 32 || code > 0x10ffff) return undefined
  const text = String.fromCodePoint(code)
  if ((bits & 6) === 0) return { kind: 'text', text }
  return char(text.toLowerCase(), { ctrl: (bits & 4) > 0, alt: (bits & 2) > 0 })
}

const control = (code: number): Key | undefined => {
  if (code === 13 || code === 10) return special('enter')
  if (code === 9) return special('tab')
  if (code === 127 || code === 8) return special('backspace')
  if (code === 0) return char(' ', { ctrl: true })
  if (code >= 1 && code <= 26) return char(String.fromCharCode(96 + code), { ctrl: true })
  if (code >= 28 && code <= 31) return char('\\]^_'[code - 28]!, { ctrl: true })
  return undefined
}

const csi = (parameters: string, final: string): Key | undefined => {
  if (parameters.startsWith('<') && (final === 'M' || final === 'm')) {
    const button = Number(parameters.slice(1).split(';')[0])
    if (final === 'M' && (button & 0x43) === 64) return special('wheelup')
    if (final === 'M' && (button & 0x43) === 65) return special('wheeldown')
    return undefined
  }
  if (!/^[\d;:]*$/.test(parameters)) return undefined
  const numbers = parameters.split(';').map((part) => Number(part.split(':')[0]))
  const modifier = numbers[1] || 1
  if (final === '~') {
    if (numbers[0] === 27 && numbers[2] !== undefined) return coded(numbers[2], modifier)
    const name = TILDES[String(numbers[0])]
    return name && special(name, modifier)
  }
  if (final === 'u') return coded(numbers[0] ?? 0, modifier)
  if (final === 'Z') return special('tab', 2)
  if (final === 'R' && numbers.length > 1 && modifier > 8) return undefined
  const name = LETTERS[final]
  return name && special(name, modifier)
}

const withAlt = (key: Key | undefined): Key | undefined => {
  if (key?.kind === 'key') return { ...key, alt: true }
  return key?.kind === 'text' ? char(key.text, { alt: true }) : key
}

interface Taken {
  length: number
  key: Key | undefined
}

/** Reads one escape sequence at the start of `data`; undefined when more bytes are needed. */
const takeEscape = (data: string): Taken | undefined => {
  const second = data[1]
  if (second === undefined) return undefined
  if (second === '[') {
    // The Linux console's function keys, and X10 mouse reports with their three raw bytes.
    if (data[2] === '[') return data[3] === undefined ? undefined : { length: 4, key: special(`f${data.charCodeAt(3) - 64}`) }
    if (data[2] === 'M') return data.length < 6 ? undefined : { length: 6, key: undefined }
    const match = /^\u001b\[([0-?]*)[ -/]*([@-~])/.exec(data)
    if (match) return { length: match[0].length, key: csi(match[1]!, match[2]!) }
    if (/^\u001b\[[0-?]*[ -/]*$/.test(data)) return data.length > 64 ? { length: data.length, key: undefined } : undefined
    return { length: 2, key: undefined }
  }
  if (second === 'O') {
    const match = /^\u001bO(\d*)([A-Za-z])/.exec(data)
    if (!match) return data.length < 3 ? undefined : { length: 2, key: char('O', { alt: true }) }
    const name = match[2] === 'M' ? 'enter' : LETTERS[match[2]!]
    return { length: match[0].length, key: name && special(name, Number(match[1]) || 1) }
  }
  if (second === ']' || second === 'P' || second === '_' || second === '^') {
    const match = /^\u001b[\]P_^][^\u0007\u001b]*(?:\u0007|\u001b\\)/.exec(data)
    if (match) return { length: match[0].length, key: undefined }
    return data.length > 4096 ? { length: data.length, key: undefined } : undefined
  }
  if (second === '\u001b') {
    const inner = takeEscape(data.slice(1))
    return inner && { length: inner.length + 1, key: withAlt(inner.key) }
  }
  const code = data.codePointAt(1)!
  const text = String.fromCodePoint(code)
  const key = code < 32 || code === 127 ? withAlt(control(code)) : char(text, { alt: true })
  return { length: 1 + text.length, key }
}

const pasted = (text: string): Key => ({ kind: 'paste', text: safeText(text.replace(/\r\n?/g, '\n')) })

const takePaste = (state: DecoderState, data: string, keys: Key[]): { state: DecoderState; data: string } => {
  const all = state.paste + data
  const end = all.indexOf(PASTE_END)
  if (end < 0) return { state: { rest: '', paste: all }, data: '' }
  if (end > 0) keys.push(pasted(all.slice(0, end)))
  return { state: initialDecoder, data: all.slice(end + PASTE_END.length) }
}

/** Decodes a chunk (already UTF-8 decoded). Nothing is ever dropped but mouse and terminal reports; unfinished sequences wait in the state. */
export const decode = (before: DecoderState, chunk: string): { state: DecoderState; keys: Key[] } => {
  const keys: Key[] = []
  let state = before
  let data = before.paste === undefined ? before.rest + chunk : chunk
  while (data.length > 0 || state.paste !== undefined) {
    if (state.paste !== undefined) {
      if (data.length === 0) break
      ;({ state, data } = takePaste(state, data, keys))
      continue
    }
    const plain = /^[^\u0000-\u001f\u007f-\u009f]+/.exec(data)
    if (plain) {
      const text = safeText(plain[0])
      if (text.length > 0) keys.push({ kind: 'text', text })
      data = data.slice(plain[0].length)
      continue
    }
    if (data.startsWith(PASTE_START)) {
      state = { rest: '', paste: '' }
      data = data.slice(PASTE_START.length)
      continue
    }
    if (data[0] !== '\u001b') {
      const key = control(data.charCodeAt(0))
      if (key) keys.push(key)
      data = data.slice(1)
      continue
    }
    const taken = takeEscape(data)
    if (!taken) return { state: { rest: data, paste: undefined }, keys }
    if (taken.key) keys.push(taken.key)
    data = data.slice(taken.length)
  }
  return { state: state.paste === undefined ? initialDecoder : state, keys }
}

/** Called when no more bytes came for a while: a lone ESC is the Escape key. */
export const flushDecoder = (state: DecoderState): { state: DecoderState; keys: Key[] } => {
  if (state.paste !== undefined || state.rest === '') return { state, keys: [] }
  if (state.rest === '\u001b') return { state: initialDecoder, keys: [special('escape')] }
  if (state.rest === '\u001b\u001b') return { state: initialDecoder, keys: [special('escape'), special('escape')] }
  if (state.rest === '\u001b[' || state.rest === '\u001bO') return { state: initialDecoder, keys: [char(state.rest[1]!, { alt: true })] }
  return { state: initialDecoder, keys: [] }
}
