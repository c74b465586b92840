/** How many requests a second, over time. */

export type Shape =
  | { readonly kind: 'steady' }
  /** From `from` to the full rate within `overMs`. */
  | { readonly kind: 'ramp'; readonly from: number; readonly overMs: number }
  /** `times` the rate between `atMs` and `atMs + forMs`. */
  | { readonly kind: 'spike'; readonly atMs: number; readonly forMs: number; readonly times: number }
  /** Up and down by `by` (a share of the rate) every `periodMs`. */
  | { readonly kind: 'wave'; readonly by: number; readonly periodMs: number }

/** Requests a second at `atMs` after the start. */
export function rateAt(perSecond: number, shape: Shape, atMs: number): number {
  switch (shape.kind) {
    case 'steady':
      return perSecond
    case 'ramp':
      return atMs >= shape.overMs ? perSecond : shape.from + ((perSecond - shape.from) * atMs) / shape.overMs
    case 'spike':
      return atMs >= shape.atMs && atMs < shape.atMs + shape.forMs ? perSecond * shape.times : perSecond
    case 'wave':
      return perSecond * (1 + shape.by * Math.sin((2 * Math.PI * atMs) / shape.periodMs))
  }
}
