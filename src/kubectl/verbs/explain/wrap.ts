/**
 * Word wrap as kubectl's explain does it (go-wordwrap): at blanks only, longer words stay whole, line breaks of the text are kept.
 */

/** `text` in lines of at most `limit` characters. */
export function wrapWords(text: string, limit: number): string {
  let out = ''
  let word = ''
  let space = ''
  let column = 0
  for (const char of text) {
    if (char === '\n') {
      if (word !== '' || column + space.length <= limit) out += space + word
      out += char
      word = ''
      space = ''
      column = 0
    } else if (/\s/.test(char) && char !== '\u00a0') {
      if (space === '' || word !== '') {
        column += space.length + word.length
        out += space + word
        space = ''
        word = ''
      }
      space += char
    } else {
      word += char
      if (column + word.length + space.length > limit && word.length < limit) {
        out += '\n'
        column = 0
        space = ''
      }
    }
  }
  return word === '' && column + space.length > limit ? out : out + space + word
}

/** Every line, the empty ones too, behind `count` blanks. */
export const indentLines = (text: string, count: number): string => {
  const blanks = ' '.repeat(count)
  return blanks + text.replaceAll('\n', `\n${blanks}`)
}
