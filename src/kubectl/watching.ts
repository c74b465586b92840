/**
 * Waiting on streams: frames of a watch, a log or an exec, pulled when the driver says there may be some.
 */
import type { ApiStream } from '../apiserver/contract.ts'
import type { Steps } from './contract.ts'

/** Frames as soon as there are any; [] when the stream has ended, undefined-free. With `timeoutMs`, [] also when the time is up. */
export function* pullFrames(stream: ApiStream, timeoutMs?: number): Steps<readonly unknown[]> {
  let held = stream.take()
  if (held.length > 0 || stream.done) return held
  yield {
    until: () => {
      if (held.length === 0) held = stream.take()
      return held.length > 0 || stream.done
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
  return held.length > 0 ? held : stream.take()
}
