/**
 * Collects the fields of a word under expansion (POSIX XCU 2.6.5): what is split by IFS, what was quoted, and which characters may
 * still act as a pattern for pathname expansion.
 */
import { escapePattern } from './pattern.ts'

/** A field: its text, and the same text as a pattern in which everything quoted is escaped. */
export interface Field {
  value: string
  pattern: string
  active: boolean
}

/** See the file's head. Without `split` everything goes into one field. */
export class FieldList {
  readonly done: Field[] = []
  private current: Field | undefined
  private readonly split: boolean
  private readonly ifs: string

  constructor(split: boolean, ifs: string) {
    this.split = split
    this.ifs = ifs
  }

  /** Makes sure that there is a field even if nothing is added (`""`). */
  open(): Field {
    this.current ??= { value: '', pattern: '', active: false }
    return this.current
  }

  /** Ends the current field, if one is open. */
  close(): void {
    if (this.current !== undefined) this.done.push(this.current)
    this.current = undefined
  }

  addQuoted(text: string): void {
    const field = this.open()
    field.value += text
    field.pattern += escapePattern(text)
  }

  /** Unquoted text of the source, with its value and as a pattern. */
  addPattern(value: string, pattern: string, active: boolean): void {
    const field = this.open()
    field.value += value
    field.pattern += pattern
    if (active) field.active = true
  }

  /** The result of an unquoted expansion: split, and its pattern characters are active. */
  addExpansion(text: string): void {
    if (!this.split || this.ifs === '') {
      if (text !== '') this.addRun(text)
      return
    }
    let i = 0
    while (i < text.length) {
      const char = text[i]!
      if (!this.ifs.includes(char)) {
        let end = i + 1
        while (end < text.length && !this.ifs.includes(text[end]!)) end++
        this.addRun(text.slice(i, end))
        i = end
      } else i = this.separate(text, i)
    }
  }

  private addRun(text: string): void {
    const special = /[*?[\\]/.test(text)
    this.addPattern(text, special ? text.replace(/\\/g, '\\\\') : text, special)
  }

  private separate(text: string, start: number): number {
    let i = start
    const isBlank = (at: number) => at < text.length && ' \t\n'.includes(text[at]!) && this.ifs.includes(text[at]!)
    while (isBlank(i)) i++
    if (i < text.length && this.ifs.includes(text[i]!)) {
      if (this.current === undefined) this.open()
      this.close()
      i++
      while (isBlank(i)) i++
      return i
    }
    this.close()
    return i
  }
}
