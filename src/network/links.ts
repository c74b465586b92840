/**
 * What is wrong with the cables: delay, loss and partition between two ends, each a node, a pod, an address block or everything. Kept in cells; where
 * there are none, asking costs nothing.
 */
import { cidrContains } from '../lib/cidr.ts'
import type { Random } from '../sim/random.ts'
import type { Cells } from '../sim/state.ts'
import { drawnOtherwise } from './proxy/pick.ts'

const FAMILY = 'link'

/** One end of a link, as a fault names it. */
export interface LinkEnd {
  readonly node?: string
  readonly podUid?: string
  readonly cidr?: string
}

/** A fault on the way between two ends, in both directions. An absent end is everything else. */
export interface LinkFault {
  readonly a: LinkEnd
  readonly b?: LinkEnd
  /** Added to each round trip. */
  readonly delayMs?: number
  /** Probability in [0, 1] that a packet is lost. */
  readonly loss?: number
  readonly partition?: boolean
}

/** Where a packet is. */
export interface Place {
  readonly node?: string
  readonly podUid?: string
  readonly ip: string
}

export interface LinkState {
  readonly delayMs: number
  readonly cut: boolean
}

const FINE: LinkState = { delayMs: 0, cut: false }
/** A lost packet is sent again after these waits (Linux: SYN after 1, 3, 7 s). */
const RETRANSMIT_MS = [1_000, 2_000, 4_000, 8_000, 16_000]

const isAt = (end: LinkEnd, place: Place): boolean =>
  (end.node === undefined || end.node === place.node) &&
  (end.podUid === undefined || end.podUid === place.podUid) &&
  (end.cidr === undefined || cidrContains(end.cidr, place.ip))

const covers = (fault: LinkFault, a: Place, b: Place): boolean =>
  isAt(fault.a, a) && (fault.b === undefined ? !isAt(fault.a, b) : isAt(fault.b, b))

export class Links {
  readonly #cells: Cells
  readonly #random: Random
  #count = 0

  constructor(cells: Cells, random: Random) {
    this.#cells = cells
    this.#random = random
    cells.onChange(FAMILY, (_key, before, after) => {
      this.#count += Number(after !== undefined) - Number(before !== undefined)
    })
  }

  set(id: string, fault: LinkFault): void {
    this.#cells.put(FAMILY, id, fault)
  }

  clear(id: string): void {
    this.#cells.delete(FAMILY, id)
  }

  /** What a round trip between two places meets; `turn` tells the draws of loss apart. */
  between(a: Place, b: Place, turn: number): LinkState {
    if (this.#count === 0) return FINE
    let delayMs = 0
    let kept = 1
    for (const id of this.#cells.keys(FAMILY)) {
      const fault = this.#cells.get<LinkFault>(FAMILY, id)!
      if (!covers(fault, a, b) && !covers(fault, b, a)) continue
      if (fault.partition) return { delayMs, cut: true }
      delayMs += fault.delayMs ?? 0
      kept *= 1 - (fault.loss ?? 0)
    }
    return kept >= 1 ? { delayMs, cut: false } : this.#lossy(delayMs, kept, `${a.ip}>${b.ip}`, turn)
  }

  #lossy(delayMs: number, kept: number, subject: string, turn: number): LinkState {
    drawnOtherwise()
    let waited = 0
    for (const [i, wait] of RETRANSMIT_MS.entries()) {
      if (this.#random.unit(`loss#${i}`, subject, turn) < kept) return { delayMs: delayMs + waited, cut: false }
      waited += wait
    }
    return { delayMs: delayMs + waited, cut: true }
  }
}
