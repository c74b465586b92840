/**
 * Aligns tab-separated text in columns as Go's text/tabwriter does with minimum width 0, padding 2 and blanks: a column is a run
 * of neighbouring lines that have that cell, so each block of lines is aligned on its own.
 */

const PADDING = 2

const widthOf = (text: string): number => [...text].length

/** The text with tabs replaced by blanks. A cell is what ends in a tab; the rest of a line belongs to no column. */
export function alignTabs(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const out: string[] = new Array<string>(lines.length).fill('')
  const widths: number[] = []

  const write = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const cells = lines[i]!
      out[i] = cells.map((cell, j) => (j < widths.length ? cell + ' '.repeat(Math.max(0, widths[j]! - widthOf(cell))) : cell)).join('')
    }
  }

  const format = (from: number, to: number): void => {
    const column = widths.length
    const has = (i: number): boolean => column < lines[i]!.length - 1
    let start = from
    let i = from
    while (i < to) {
      if (!has(i)) {
        i++
        continue
      }
      write(start, i)
      start = i
      let width = 0
      for (; i < to && has(i); i++) width = Math.max(width, widthOf(lines[i]![column]!) + PADDING)
      widths.push(width)
      format(start, i)
      widths.pop()
      start = i
    }
    write(start, to)
  }

  format(0, lines.length)
  return out.join('\n')
}
