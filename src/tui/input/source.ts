// The one filtering layer between stdin and the game: bytes in, keys out to whoever listens. Nothing else reads stdin.
import { StringDecoder } from 'node:string_decoder'
import { type DecoderState, decode, flushDecoder, initialDecoder, PASTE_END } from './decode.ts'
import type { Key } from './keys.ts'

export type KeyListener = (keys: Key[]) => void

/** How long a lone ESC waits for the rest of a sequence. */
const ESCAPE_WAIT_MS = 30
/** A paste whose end never comes (a broken multiplexer) is handed over after this silence, so that typing works again. */
const PASTE_WAIT_MS = 1000

/** Feeds bytes through the decoder and hands whole batches of keys to one listener. */
export class KeySource {
  #state: DecoderState = initialDecoder
  #utf8 = new StringDecoder('utf8')
  #listener: KeyListener = () => {}
  #timer: NodeJS.Timeout | undefined

  constructor(private readonly escapeWaitMs = ESCAPE_WAIT_MS) {}

  listen(listener: KeyListener): void {
    this.#listener = listener
  }

  feed(chunk: Buffer | string): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = undefined
    this.#take(decode(this.#state, typeof chunk === 'string' ? chunk : this.#utf8.write(chunk)))
    if (this.#state.paste !== undefined) this.#timer = setTimeout(() => this.#take(decode(this.#state, PASTE_END)), PASTE_WAIT_MS)
    else if (this.#state.rest !== '') this.#timer = setTimeout(() => this.#take(flushDecoder(this.#state)), this.escapeWaitMs)
  }

  /** Stops the waiting timer; what is half received is dropped. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#listener = () => {}
  }

  #take(result: { state: DecoderState; keys: Key[] }): void {
    this.#state = result.state
    if (result.keys.length > 0) this.#listener(result.keys)
  }
}
