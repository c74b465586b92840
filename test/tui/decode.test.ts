// The key decoder: what terminals send, whole and in pieces.
import { describe, expect, test } from 'vitest'
import { decode, flushDecoder, initialDecoder } from '../../src/tui/input/decode.ts'
import { chord, type Key } from '../../src/tui/input/keys.ts'

const shown = (keys: Key[]): string[] => keys.map((key) => (key.kind === 'key' ? chord(key) : `${key.kind}:${key.text}`))
const all = (chunks: string[]): string[] => {
  let state = initialDecoder
  const keys: Key[] = []
  for (const chunk of chunks) {
    const result = decode(state, chunk)
    state = result.state
    keys.push(...result.keys)
  }
  keys.push(...flushDecoder(state).keys)
  return shown(keys)
}

const rows: [string, string, string[]][] = [
  ['typed text stays together', 'kubectl', ['text:kubectl']],
  ['wide and combining text', 'ñandú 名 e\u0301', ['text:ñandú 名 e\u0301']],
  ['enter and newline', 'a\rb\n', ['text:a', 'enter', 'text:b', 'enter']],
  ['control letters', '\u0001\u0005\u0017\u0012', ['ctrl+a', 'ctrl+e', 'ctrl+w', 'ctrl+r']],
  ['backspace, both', '\u007f\b', ['backspace', 'backspace']],
  ['tab and shift-tab', '\t\u001b[Z', ['tab', 'shift+tab']],
  ['arrows, both modes', '\u001b[A\u001bOB', ['up', 'down']],
  ['modified arrows', '\u001b[1;5D\u001b[1;3C\u001b[1;2A', ['ctrl+left', 'alt+right', 'shift+up']],
  ['home and end, all kinds', '\u001b[H\u001b[F\u001b[1~\u001b[4~\u001bOH', ['home', 'end', 'home', 'end', 'home']],
  ['delete and pages', '\u001b[3~\u001b[5~\u001b[6~', ['delete', 'pageup', 'pagedown']],
  ['function keys, xterm', '\u001bOP\u001b[15~\u001b[21~', ['f1', 'f5', 'f10']],
  ['function keys, linux console', '\u001b[[A\u001b[[E', ['f1', 'f5']],
  ['alt letters', '\u001bb\u001b.', ['alt+b', 'alt+.']],
  ['alt-backspace', '\u001b\u007f', ['alt+backspace']],
  ['kitty keys', '\u001b[97;5u\u001b[13u\u001b[27u', ['ctrl+a', 'enter', 'escape']],
  ['lone escape', '\u001b', ['escape']],
  ['mouse clicks vanish', 'a\u001b[<0;10;5M\u001b[<0;10;5mb', ['text:a', 'text:b']],
  ['old mouse reports vanish', 'a\u001b[M !!b', ['text:a', 'text:b']],
  ['the wheel scrolls', '\u001b[<64;1;1M\u001b[<65;1;1M', ['wheelup', 'wheeldown']],
  ['focus and colour reports vanish', '\u001b[I\u001b[O\u001b]11;rgb:00/00/00\u0007x', ['text:x']],
  ['a paste keeps its lines', '\u001b[200~a: 1\r\n  b: 2\n\u001b[201~', ['paste:a: 1\n  b: 2\n']],
  ['a paste hides its escapes', '\u001b[200~x\u001b[31my\u0003\u001b[201~z', ['paste:xy', 'text:z']],
  ['bidi overrides do not come in', 'a\u202eb', ['text:ab']],
]

describe('decode', () => {
  test.each(rows)('%s', (_, input, expected) => {
    expect(all([input])).toEqual(expected)
  })

  test.each(rows.filter(([, input]) => !input.includes('kubectl')))('%s, byte by byte, loses nothing', (_, input, expected) => {
    const joined = all(Array.from(input))
      .join('|')
      .replace(/\|text:/g, '|')
      .replace(/^text:/, '')
    expect(joined.replaceAll('|', '')).toBe(
      expected
        .join('|')
        .replace(/\|text:/g, '|')
        .replace(/^text:/, '')
        .replaceAll('|', ''),
    )
  })

  test('a paste in pieces of any size arrives whole', () => {
    const text = Array.from({ length: 500 }, (_, i) => `line ${i}: "value"`).join('\n')
    const sent = `\u001b[200~${text}\u001b[201~`
    for (const size of [1, 7, 1000]) {
      const chunks = sent.match(new RegExp(`[^]{1,${size}}`, 'g'))!
      expect(all(chunks)).toEqual([`paste:${text}`])
    }
  })
})
