/** Word wrap of `kubectl explain`: at blanks, long words whole, the text's own line breaks kept. */
import { expect, test } from 'vitest'
import { indentLines, wrapWords } from '../../src/kubectl/verbs/explain/wrap.ts'

test.each([
  ['a line that fits', 'one two', 10, 'one two'],
  ['at the last blank that fits', 'one two three', 8, 'one two\nthree'],
  ['a word longer than the line stays whole', 'see https://kubernetes.io/docs now', 10, 'see\nhttps://kubernetes.io/docs\nnow'],
  ['line breaks start the count anew', 'one two\n - three four', 8, 'one two\n - three\nfour'],
])('%s', (_, text, limit, wrapped) => {
  expect(wrapWords(text, limit)).toBe(wrapped)
})

test('empty lines are indented, too', () => {
  expect(indentLines('a\n\nb\n', 2)).toBe('  a\n  \n  b\n  ')
})
