/** Bytes of a text in UTF-8, escaped bytes counted as one; a long log is counted without walking it character by character. */
import { expect, test } from 'vitest'
import { byteLength, bytesFromText } from '../../src/script/bytes.ts'

test.each([
  ['nothing', ''],
  ['ASCII', 'abc\n'],
  ['Spanish', '¡Pasad a felicitarla, niño!'],
  ['three bytes', '€ → ✓'],
  ['four bytes', 'tarta 🎂 de 🎂'],
  ['an escaped byte', 'a\udcffb'],
  ['an escaped byte among others', 'ñ\udc80€'],
])('%s', (_, text) => expect(byteLength(text)).toBe(bytesFromText(text).length))
