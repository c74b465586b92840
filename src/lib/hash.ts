/** Hashes: a fast keyed one for the simulation's chance, SHA-256 for fingerprints of state and files. */
import { hash } from 'node:crypto'

/** 53 bits mixed from a text (cyrb53's construction: two 32-bit multiply–xor lanes). Not for secrets. */
export const hash53 = (text: string, seed = 0): number => hash53Parts(seed, text)

/** The same of the text that the parts make together, which is never put together. */
export function hash53Parts(seed: number, ...parts: readonly string[]): number {
  let a = 0xdeadbeef ^ seed
  let b = 0x41c6ce57 ^ seed
  for (const text of parts) {
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i)
      a = Math.imul(a ^ c, 2654435761)
      b = Math.imul(b ^ c, 1597334677)
    }
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}

/** FNV-1a over UTF-16 units, 32 bits: what names' suffixes are drawn from. */
export function fnv32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}

export const sha256 = (data: string | Uint8Array): string => hash('sha256', data)
