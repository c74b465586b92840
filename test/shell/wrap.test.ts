/** Briefs in a plain terminal: Markdown's paragraphs are joined before they are wrapped; lists, tables and quotes keep their lines. */
import { expect, test } from 'vitest'
import { wrapMarkdown } from '../../src/shell/wrap.ts'

test.each([
  ['a paragraph', 'one two\nthree\n\nfour', 'one two three\n\nfour'],
  ['a list and its continuation', '- one\n  two\n- three', '- one two\n- three'],
  ['a list under a paragraph', 'one\n- two', 'one\n- two'],
  ['a table', '| a | b |\n| --- | --- |\n| c | d |', '| a | b |\n| --- | --- |\n| c | d |'],
  ['a quote', '> one\n> two', '> one\n> two'],
  ['a heading', '# one\ntwo', '# one\ntwo'],
  ['code', '```\na\nb\n```', '```\na\nb\n```'],
  ['a numbered list', '1. one\n2. two', '1. one\n2. two'],
])('%s', (_, text, joined) => expect(wrapMarkdown(text)).toBe(joined))

test('an item that is wrapped hangs under its text', () => {
  expect(wrapMarkdown('- one two three', 10)).toBe('- one two\n  three')
})
