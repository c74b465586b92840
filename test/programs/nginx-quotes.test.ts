/** Escapes in nginx' quoted words: `\n`, `\t`, `\"` and `\\` stand for one character, other backslashes stay (ngx_conf_read_token). */
import { expect, test } from 'vitest'
import { parseConfig } from '../../src/programs/nginx/config-parse.ts'
import { filesOf } from './fake-world.ts'

test.each([
  ['a newline', 'return 200 "a\\nb";', 'a\nb'],
  ['a quotation mark', 'return 200 "a\\"b";', 'a"b'],
  ['the other quotes', 'return 200 \'it is "so"\';', 'it is "so"'],
  ['a backslash', 'return 200 "a\\\\b";', 'a\\b'],
  ['a pattern keeps its backslash', 'return 200 \\.php$;', '\\.php$'],
])('%s', (_, text, word) => {
  expect(parseConfig(filesOf({ '/a.conf': text }), '/a.conf')[0]?.args[1]).toBe(word)
})
