/**
 * Keyed chance: each draw names its purpose, its subject and its turn, and depends on nothing else.
 * A new consumer of chance therefore never disturbs an old level.
 */
import { hash53, hash53Parts } from '../lib/hash.ts'

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

const HEX = [...'0123456789abcdef'].map((c) => c.charCodeAt(0))
const DASH = '-'.charCodeAt(0)
const DASHED = new Set([8, 12, 16, 20])

/** 128 bits in four words as the text of a version 4 UUID. */
function uuidText(words: readonly number[]): string {
  const codes: number[] = []
  for (let digit = 0; digit < 32; digit++) {
    if (DASHED.has(digit)) codes.push(DASH)
    const value = (words[digit >> 3]! >>> (28 - 4 * (digit & 7))) & 15
    codes.push(HEX[digit === 12 ? 4 : digit === 16 ? 8 | (value & 3) : value]!)
  }
  return String.fromCharCode(...codes)
}

export function createRandom(seed: string): Random {
  const base = hash53(seed) % 0xffffffff
  const unit = (purpose: string, subject: string, turn = 0): number =>
    hash53Parts(base, purpose, '\u0000', subject, '\u0000', String(turn)) / TWO_53
  /** One of several draws for the same purpose. */
  const drawPart = (purpose: string, part: number, subject: string, turn: number): number =>
    hash53Parts(base, purpose, '#', String(part), '\u0000', subject, '\u0000', String(turn))
  return {
    seed,
    unit,
    below: (below, purpose, subject, turn = 0) => Math.floor(unit(purpose, subject, turn) * below),
    suffix: (length, purpose, subject, turn = 0) => {
      let text = ''
      for (let i = 0; i < length; i++) text += NAME_ALPHABET[drawPart(purpose, i, subject, turn) % NAME_ALPHABET.length]
      return text
    },
    uuid: (purpose, subject, turn = 0) => {
      // The lower halves of four draws.
      const words = [0, 1, 2, 3].map((part) => drawPart(purpose, part, subject, turn) >>> 0)
      return uuidText(words)
    },
  }
}
