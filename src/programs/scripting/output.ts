/** What a script prints: buffered as its runtime does, handed on in whole lines. */
import type { Machine } from './machine.ts'

/** Hands on what was printed; an unfinished line waits for its end. `all`: the process ends, nothing waits. */
export function flush(m: Machine, stream: 'stdout' | 'stderr', all = false): void {
  const text = m[stream]
  const end = all ? text.length : text.lastIndexOf('\n') + 1
  if (end === 0) return
  m.print(text.slice(0, end), stream)
  m[stream] = text.slice(end)
  m.changed = true
}

/** Prints; `buffer`: so many characters wait before they are handed on (0: line by line). */
export function write(m: Machine, stream: 'stdout' | 'stderr', text: string, buffer: number): void {
  m[stream] += text
  m.changed = true
  if (m[stream].length > buffer) flush(m, stream)
}
