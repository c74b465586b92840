/**
 * Answers that go on, brought to clients as they read: frames are taken from the engine only when a client has room, so a slow one costs
 * nothing but its own place in the store's log.
 */
import type { ApiStream } from '../apiserver/contract.ts'

/** Whoever waits for something new, asked again whenever the world has moved. */
export class StreamHub {
  readonly #waiting = new Set<() => void>()

  get waiting(): number {
    return this.#waiting.size
  }

  /** Resolves once `attempt` says so; it is asked now and after each notice. Rejects when it throws. */
  wait(attempt: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const ask = (): void => {
        try {
          if (!attempt()) return
          this.#waiting.delete(ask)
          resolve()
        } catch (error) {
          this.#waiting.delete(ask)
          reject(error)
        }
      }
      this.#waiting.add(ask)
      ask()
    })
  }

  notify(): void {
    for (const ask of [...this.#waiting]) ask()
  }
}

/** The frames of a stream as bytes. `timeoutMs` is of the wall clock. */
export function bytesOf(
  hub: StreamHub,
  source: ApiStream,
  encode: (frame: unknown) => string,
  timeoutMs?: number,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let closed = false
  const end = (): void => {
    if (closed) return
    closed = true
    clearTimeout(timer)
    source.close()
    hub.notify()
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs)
  return new ReadableStream<Uint8Array>({
    pull: (controller) =>
      hub.wait(() => {
        const text = closed ? '' : source.take().map(encode).join('')
        if (text !== '') controller.enqueue(encoder.encode(text))
        const over = closed || source.done
        if (over) {
          end()
          controller.close()
        }
        return over || text !== ''
      }),
    cancel: end,
  })
}
