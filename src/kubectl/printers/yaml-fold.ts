/**
 * Folding of long scalars: go-yaml breaks a line at the first space past column 80, as libyaml's scalar writers do.
 */
import { analyse, doubleQuoted, inlineScalar } from './yaml-scalars.ts'

const WIDTH = 80

/** Writes parts that stand between spaces, breaking where the emitter would. `mayBreak(i)` says whether the space at index i of `text` may become one. */
function fold(
  text: string,
  column: number,
  indent: string,
  mayBreak: (i: number) => boolean,
  broken: (nextIsSpace: boolean) => string,
): string {
  let out = ''
  let at = column
  let spaces = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === ' ' && !spaces && at > WIDTH && mayBreak(i)) {
      out += broken(text[i + 1] === ' ')
      at = indent.length
      spaces = true
      continue
    }
    out += char
    at++
    spaces = char === ' '
  }
  return out
}

/** A string value after its key or dash, which end at `column`; further lines stand at `indent`. */
export function foldedScalar(text: string, column: number, indent: string): string {
  const whole = inlineScalar(text)
  if (column + whole.length <= WIDTH || !text.includes(' ')) return whole
  const last = text.length - 1
  const line = `\n${indent}`
  if (whole.startsWith('"') && whole === doubleQuoted(text)) {
    const inner = whole.slice(1, -1)
    return `"${fold(
      inner,
      column + 1,
      indent,
      (i) => i > 0 && i < inner.length - 1,
      (next) => (next ? `${line}\\` : line),
    )}"`
  }
  if (whole.startsWith("'") && !analyse(text).plain) {
    const inner = whole.slice(1, -1)
    return `'${fold(
      inner,
      column + 1,
      indent,
      (i) => i > 0 && i < inner.length - 1 && inner[i + 1] !== ' ',
      () => line,
    )}'`
  }
  return fold(
    text,
    column,
    indent,
    (i) => i < last && text[i + 1] !== ' ',
    () => line,
  )
}
