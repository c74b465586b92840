/**
 * What the terminal of a container does between the keys and the program (Linux' canonical mode): echo, erase, end of line, end of file,
 * interrupt; and newlines on the way out.
 */

export type Typed = { readonly echo: string } | { readonly line: string } | { readonly eof: true } | { readonly interrupt: true }

const CONTROL_C = '\u0003'
const CONTROL_D = '\u0004'
const CONTROL_U = '\u0015'
const CONTROL_W = '\u0017'
const ESCAPE = '\u001b'
const DELETE = '\u007f'
const MAX_LINE = 4_095

export class LineDiscipline {
  #line: string[] = []
  #escape = ''

  output(text: string): string {
    return text.replace(/\r?\n/g, '\r\n')
  }

  /** Keys as they come; what is echoed and what the program gets, in order. */
  input(text: string): Typed[] {
    const found: Typed[] = []
    for (const key of text) this.#key(key, found)
    return found
  }

  #key(key: string, found: Typed[]): void {
    if (this.#swallowEscape(key)) return
    switch (key) {
      case '\r':
      case '\n':
        found.push({ echo: '\r\n' }, { line: `${this.#line.join('')}\n` })
        this.#line = []
        return
      case CONTROL_C:
        found.push({ echo: '^C\r\n' }, { interrupt: true })
        this.#line = []
        return
      case CONTROL_D:
        if (this.#line.length === 0) found.push({ eof: true })
        else found.push({ line: this.#line.splice(0).join('') })
        return
      case '\b':
      case DELETE:
        this.#erase(1, found)
        break
      case CONTROL_U:
        this.#erase(this.#line.length, found)
        break
      case CONTROL_W:
        this.#erase(this.#lastWord(), found)
        break
      default:
        if ((key < ' ' && key !== '\t') || this.#line.length >= MAX_LINE) return
        this.#line.push(key)
        found.push({ echo: key })
    }
  }

  /** Arrow keys and the like edit nothing here. */
  #swallowEscape(key: string): boolean {
    if (this.#escape === '' && key !== ESCAPE) return false
    this.#escape += key
    const second = this.#escape[1]
    const ended = second !== undefined && ((second !== '[' && second !== 'O') || (this.#escape.length > 2 && /[@-~]/.test(key)))
    if (ended || this.#escape.length > 16) this.#escape = ''
    return true
  }

  #lastWord(): number {
    const before = this.#line.join('').replace(/\S+\s*$/, '')
    return this.#line.length - [...before].length
  }

  #erase(count: number, found: Typed[]): void {
    const gone = this.#line.splice(Math.max(0, this.#line.length - count))
    if (gone.length > 0) found.push({ echo: '\b \b'.repeat(gone.length) })
  }
}
