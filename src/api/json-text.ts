/**
 * JSON texts, and what Go's encoding/json says of one that is none: the API server passes those words on.
 */

/** What is wrong with a text, as Go words it. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError'
}

/** Throws JsonTextError. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JsonTextError(new Scanner(text).complaint())
  }
}

const END = 'unexpected end of JSON input'
const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

class Complaint extends Error {}

/** Reads values without recursion into what the caller could make arbitrarily deep: a stack of open brackets. */
class Scanner {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  complaint(): string {
    try {
      this.#document()
    } catch (error) {
      if (error instanceof Complaint) return error.message
      throw error
    }
    return END
  }

  #refuse(where: string): never {
    const c = this.#text[this.#at]
    if (c === undefined) throw new Complaint(END)
    const shown = c === "'" ? "'\\''" : c === '"' ? `'"'` : `'${JSON.stringify(c).slice(1, -1)}'`
    throw new Complaint(`invalid character ${shown} ${where}`)
  }

  #space(): void {
    SPACE.lastIndex = this.#at
    SPACE.test(this.#text)
    this.#at = SPACE.lastIndex
  }

  #document(): void {
    const open: ('{' | '[')[] = []
    for (;;) {
      this.#space()
      const c = this.#text[this.#at]
      if (c === '{' || c === '[') {
        this.#at++
        this.#space()
        const close = c === '{' ? '}' : ']'
        if (this.#text[this.#at] !== close) {
          open.push(c)
          if (c === '{') this.#key('looking for beginning of object key string')
          continue
        }
        this.#at++
      } else this.#scalar()
      if (!this.#after(open)) return
    }
  }

  /** After a value: a comma, or the ends of what is open. False when the document is over. */
  #after(open: ('{' | '[')[]): boolean {
    for (;;) {
      this.#space()
      const inside = open.at(-1)
      if (inside === undefined) return this.#at < this.#text.length ? this.#refuse('after top-level value') : false
      const c = this.#text[this.#at]
      if (c === ',') {
        this.#at++
        if (inside === '{') {
          this.#space()
          this.#key('looking for beginning of object key string')
        }
        return true
      }
      if (c !== (inside === '{' ? '}' : ']')) this.#refuse(inside === '{' ? 'after object key:value pair' : 'after array element')
      this.#at++
      open.pop()
    }
  }

  #key(where: string): void {
    if (this.#text[this.#at] !== '"') this.#refuse(where)
    this.#string()
    this.#space()
    if (this.#text[this.#at] !== ':') this.#refuse('after object key')
    this.#at++
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const c = this.#text[this.#at]
      if (c === undefined) throw new Complaint(END)
      if (c === '"') break
      if (c < ' ') this.#refuse('in string literal')
      if (c === '\\') this.#escape()
    }
    this.#at++
  }

  #escape(): void {
    this.#at++
    if (this.#text[this.#at] !== 'u') {
      if (!'bfnrt\\/"'.includes(this.#text[this.#at] ?? '?')) this.#refuse('in string escape code')
      return
    }
    for (let i = 0; i < 4; i++) {
      this.#at++
      if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) this.#refuse('in \\u hexadecimal character escape')
    }
  }

  #scalar(): void {
    const c = this.#text[this.#at]
    const word = ['true', 'false', 'null'].find((w) => w[0] === c)
    if (c === '"') this.#string()
    else if (word !== undefined) this.#word(word)
    else this.#number(c)
  }

  #number(c: string | undefined): void {
    NUMBER.lastIndex = this.#at
    if (c === undefined || !NUMBER.test(this.#text)) this.#refuse('looking for beginning of value')
    this.#at = NUMBER.lastIndex
  }

  #word(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.#at++
      if (this.#text[this.#at] !== word[i]) this.#refuse(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.#at++
  }
}
