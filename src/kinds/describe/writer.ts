/**
 * What describers write with: lines at levels of two blanks, tabs between cells, aligned at the end (kubectl's PrefixWriter).
 */
import { escapeTerminal } from './escape.ts'
import { alignTabs } from './tabwriter.ts'

export class DescribeWriter {
  #text = ''
  #base = 0

  /** A line; tabs separate cells. */
  line(level: number, text: string): void {
    this.#text += `${'  '.repeat(this.#base + level)}${text}\n`
  }

  /** Whatever `write` writes stands `levels` deeper. */
  within(levels: number, write: () => void): void {
    this.#base += levels
    write()
    this.#base -= levels
  }

  /** `Name:⇥value` at a level. */
  field(level: number, name: string, value: string | number | boolean): void {
    this.line(level, `${name}:\t${value}`)
  }

  /** Text as it is, with its own line ends. */
  raw(text: string): void {
    this.#text += text
  }

  /** Everything written, aligned. */
  toString(): string {
    return alignTabs(escapeTerminal(this.#text))
  }
}

/** Runs a describer on a fresh writer. */
export function describeWith(write: (w: DescribeWriter) => void): string {
  const w = new DescribeWriter()
  write(w)
  return w.toString()
}
