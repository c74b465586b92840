// Safe text, wrapping by cells, Markdown, scrollback.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeLine, safeText } from '../../src/lib/safe-text.ts'
import { append, emptyScrollback, tail } from '../../src/tui/panes/scrollback.ts'
import { markdownRows } from '../../src/tui/text/markdown.ts'
import { fillText, hardWrap, rowText, rowWidth, wrapRow } from '../../src/tui/text/spans.ts'
import { colourMode, paintRow } from '../../src/tui/text/theme.ts'
import { en } from '../../src/tui/texts/en.ts'
import { es } from '../../src/tui/texts/es.ts'
import { languageFrom } from '../../src/tui/texts/index.ts'

describe('safeText', () => {
  test.each<[string, string, string]>([
    ['colours', 'a\u001b[31;1mb\u001b[0m', 'ab'],
    ['titles', '\u001b]0;evil\u0007x', 'x'],
    ['links', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['clipboard writes', '\u001b]52;c;ZXZpbA==\u0007', ''],
    ['device strings', '\u001bPq#0\u001b\\x', 'x'],
    ['8-bit introducers', '\u009b31mx', 'x'],
    ['lone escapes', 'a\u001b', 'a'],
    ['bells and backspaces', 'a\u0007\b\u0000b', 'ab'],
    ['newlines and tabs stay', 'a\n\tb', 'a\n\tb'],
    ['CR LF', 'a\r\nb', 'a\nb'],
    ['bidi', 'a\u202eb\u2066c', 'abc'],
    ['everything else stays', 'ñ 名 👩‍👩‍👧', 'ñ 名 👩‍👩‍👧'],
  ])('%s', (_, input, expected) => {
    expect(safeText(input)).toBe(expected)
  })

  test('no control character ever comes through', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(safeText(text)) && !safeLine(text).includes('\n'),
      ),
    )
  })
})

describe('cells', () => {
  test('wrapping never exceeds the width and loses no letters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('word', 'ñ', '名前', ' ', '  ', 'averyveryverylongword', 'e\u0301')),
        fc.integer({ min: 2, max: 30 }),
        (parts, width) => {
          const row = parts.map((text) => ({ text }))
          for (const rows of [wrapRow(row, width), hardWrap(row, width)])
            for (const one of rows) expect(rowWidth(one)).toBeLessThanOrEqual(width)
          if (!parts.includes('名前')) {
            const letters = (text: string) => text.replace(/\s/g, '')
            expect(letters(wrapRow(row, width).map(rowText).join(''))).toBe(letters(parts.join('')))
            expect(hardWrap(row, width).map(rowText).join('')).toBe(parts.join(''))
          }
        },
      ),
    )
  })

  test('a wide character cut in half becomes blank', () => {
    expect(fillText('名前x', 4)).toBe('名 …')
  })
})

describe('markdown', () => {
  const source =
    '# Title\n\nText with **bold** and `code & <b>`.\n\n- one\n- two\n  - deep\n\n```sh\nkubectl get pods\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n> quote'
  test.each([10, 40, 80])('fits %i columns', (width) => {
    for (const row of markdownRows(source, width)) expect(rowWidth(row)).toBeLessThanOrEqual(width)
  })
  test('keeps what it says', () => {
    const text = markdownRows(source, 60).map(rowText).join('\n')
    for (const part of ['Title', 'bold and code & <b>.', '• one', '  kubectl get pods', '│ quote']) expect(text).toContain(part)
  })
  test('escape sequences in a brief do nothing', () => {
    expect(markdownRows('a\u001b]0;x\u0007b', 20).map(rowText)).toEqual(['ab'])
  })
})

describe('scrollback', () => {
  const shown = (...chunks: string[]) =>
    tail(
      chunks.reduce((all, text) => append(all, [{ stream: 'out', text }]), emptyScrollback),
      20,
      50,
      0,
    ).rows.map(rowText)
  test.each<[string, string[], string[]]>([
    ['lines', ['a\nb\n'], ['a', 'b']],
    ['pieces of a line join', ['a', 'b\nc'], ['ab', 'c']],
    ['blank lines stay', ['a\n\nb\n'], ['a', '', 'b']],
    ['a carriage return starts the line again', ['10%\r20%\r30%\n'], ['30%']],
    ['also across chunks', ['10%', '\r20%'], ['20%']],
    ['long lines wrap like a terminal', ['x'.repeat(25)], ['x'.repeat(20), 'xxxxx']],
    ['tabs', ['a\tb'], ['a       b']],
  ])('%s', (_, chunks, expected) => {
    expect(shown(...chunks)).toEqual(expected)
  })

  test('scrolling stops at the top', () => {
    const many = append(emptyScrollback, [{ stream: 'out', text: Array.from({ length: 30 }, (_, i) => `${i}\n`).join('') }])
    expect(tail(many, 20, 10, 5).rows.map(rowText)[0]).toBe('15')
    expect(tail(many, 20, 10, 999)).toMatchObject({ hidden: 20 })
  })
})

describe('environment', () => {
  test.each<[Record<string, string>, string]>([
    [{ TERM: 'xterm-256color' }, 'basic'],
    [{ TERM: 'xterm', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm', NO_COLOR: '' }, 'basic'],
    [{ TERM: 'xterm', FORCE_COLOR: '0' }, 'none'],
  ])('%j paints %s', (env, mode) => {
    expect(colourMode(env)).toBe(mode)
  })

  test('without colour no colour codes', () => {
    expect(
      paintRow(
        [
          { text: 'x', tone: 'bad' },
          { text: 'y', tone: 'good' },
        ],
        'none',
      ),
    ).not.toMatch(/\u001b\[(?:\d+;)*[39]\d/)
  })

  test.each<[string | undefined, Record<string, string>, string]>([
    ['es', { LANG: 'en_US.UTF-8' }, 'es'],
    [undefined, { LANG: 'es_MX.UTF-8' }, 'es'],
    [undefined, { LANG: 'es_ES.UTF-8', LC_ALL: 'C' }, 'en'],
    [undefined, { LANG: 'et_EE.UTF-8' }, 'en'],
    [undefined, {}, 'en'],
  ])('--lang %s with %j is %s', (chosen, env, lang) => {
    expect(languageFrom(chosen, env)).toBe(lang)
  })

  test('both languages have the same keys', () => {
    const keys = (value: object, path = ''): string[] =>
      Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === 'object' ? keys(inner, `${path}${key}.`) : [`${path}${key}:${typeof inner}`],
      )
    expect(keys(es).sort()).toEqual(keys(en).sort())
  })
})
