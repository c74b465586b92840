/**
 * Keyed chance: each draw names its purpose, its subject and its turn, and depends on nothing else.
 * A new consumer of chance therefore never disturbs an old level.
 */
import { hash53 } from '../lib/hash.ts'

const TWO_53 = 2 ** 53
/** The alphabet Kubernetes draws name suffixes from: no vowels, nothing that reads like another letter. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

export interface Random {
  readonly seed: string
  /** In [0, 1). */
  unit(purpose: string, subject: string, turn?: number): number
  /** An integer in [0, below). */
  below(below: number, purpose: string, subject: string, turn?: number): number
  /** A suffix as generateName appends it. */
  suffix(length: number, purpose: string, subject: string, turn?: number): string
  /** A version 4 UUID. */
  uuid(purpose: string, subject: string, turn?: number): string
}

export function createRandom(seed: string): Random {
  const base = hash53(seed) % 0xffffffff
  const draw = (purpose: string, subject: string, turn: number): number => hash53(`${purpose}\u0000${subject}\u0000${turn}`, base)
  const unit = (purpose: string, subject: string, turn = 0): number => draw(purpose, subject, turn) / TWO_53
  const hex = (purpose: string, subject: string, turn: number, part: number): string =>
    // The lower half of the draw.
    (draw(`${purpose}#${part}`, subject, turn) >>> 0).toString(16).padStart(8, '0')
  return {
    seed,
    unit,
    below: (below, purpose, subject, turn = 0) => Math.floor(unit(purpose, subject, turn) * below),
    suffix: (length, purpose, subject, turn = 0) => {
      let text = ''
      for (let i = 0; i < length; i++) text += NAME_ALPHABET[draw(`${purpose}#${i}`, subject, turn) % NAME_ALPHABET.length]
      return text
    },
    uuid: (purpose, subject, turn = 0) => {
      const h = [0, 1, 2, 3].map((part) => hex(purpose, subject, turn, part)).join('')
      const variant = '89ab'[Number.parseInt(h[16]!, 16) & 3]
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20, 32)}`
    },
  }
}
