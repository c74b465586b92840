/**
 * Go's text/tabwriter as kubectl uses it (liggitt/tabwriter): columns padded with spaces, widths remembered between flushes.
 */

export interface TabOptions {
  readonly minWidth: number
  readonly padding: number
  /** Keep widths for the next flush (RememberWidths). */
  readonly remember: boolean
}

/** kubectl's own: GetNewTabWriter. */
export const kubectlTabs: TabOptions = { minWidth: 6, padding: 3, remember: true }

const widthOf = (cell: string): number => [...cell].length

/** Lays out text whose cells end in tabs. A cell that ends a line belongs to no column. */
export class TabWriter {
  #lines: string[][] = []
  #remembered: number[] = []

  constructor(private readonly options: TabOptions = kubectlTabs) {}

  /** Cells of one line. Tabs and line breaks within them make more cells and more lines. */
  line(cells: readonly string[]): void {
    for (const line of cells.join('\t').split('\n')) this.#lines.push(line.split('\t'))
  }

  forgetWidths(): void {
    this.#remembered = []
  }

  /** The text of the lines so far. */
  flush(): string {
    const lines = this.#lines
    this.#lines = []
    const widths: number[][] = lines.map(() => [])
    this.#format(lines, widths, 0, lines.length, 0)
    return lines
      .map(
        (cells, i) =>
          `${cells.map((cell, c) => (c < cells.length - 1 ? cell + ' '.repeat(Math.max(0, widths[i]![c]! - widthOf(cell))) : cell)).join('')}\n`,
      )
      .join('')
  }

  /** A column is a run of neighbouring lines that have a cell there; its width is that of its widest cell. */
  #format(lines: readonly string[][], widths: number[][], from: number, to: number, column: number): void {
    for (let i = from; i < to; i++) {
      if (lines[i]!.length - 1 <= column) continue
      let end = i
      let width = this.options.remember ? Math.max(this.options.minWidth, this.#remembered[column] ?? 0) : this.options.minWidth
      while (end < to && lines[end]!.length - 1 > column) width = Math.max(width, widthOf(lines[end++]![column]!) + this.options.padding)
      if (this.options.remember) this.#remembered[column] = width
      for (let k = i; k < end; k++) widths[k]![column] = width
      this.#format(lines, widths, i, end, column + 1)
      i = end - 1
    }
  }
}
