/** Bytes that come in pieces, as texts: a character that is cut off waits for its rest; what is no UTF-8 is kept as it is (see script/bytes.ts). */
import { textFromBytes } from '../script/bytes.ts'

/** How many bytes at the end are the beginning of a character. */
function begun(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? back : 0
  }
  return 0
}

export class TextStream {
  #rest = Buffer.alloc(0)

  take(bytes: Uint8Array): string {
    const all = Buffer.concat([this.#rest, bytes])
    const keep = begun(all)
    this.#rest = all.subarray(all.length - keep)
    return textFromBytes(all.subarray(0, all.length - keep))
  }

  /** What waited in vain. */
  end(): string {
    const text = textFromBytes(this.#rest)
    this.#rest = Buffer.alloc(0)
    return text
  }
}
