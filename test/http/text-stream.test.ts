/** What a client sends through a channel, in whatever pieces it comes. */
import { expect, test } from 'vitest'
import { TextStream } from '../../src/http/text-stream.ts'
import { bytesFromText } from '../../src/script/bytes.ts'

const whole = Uint8Array.from([...bytesFromText('año 日本 🙂 end'), 0xff, 0x80, 0xc3, 0x28, 0x00, ...bytesFromText('é'), 0xf0, 0x9f])

test.each([1, 2, 3, 5, 7, whole.length])('in pieces of %i bytes it is the same, bytes that are no text too', (size) => {
  const stream = new TextStream()
  let text = ''
  for (let at = 0; at < whole.length; at += size) text += stream.take(whole.subarray(at, at + size))
  text += stream.end()
  expect([...bytesFromText(text)]).toEqual([...whole])
})
