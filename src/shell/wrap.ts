/** Wraps what the prompt's commands say at words, so that it reads well in a terminal of 80 columns; what is piped on stays whole lines of words. */

const WIDTH = 78

/** Wraps each line that is too long; what follows is indented by `hang` more columns than the line itself. */
export function wrapText(text: string, hang = 0, width = WIDTH): string {
  return text
    .split('\n')
    .map((line) => (line.length <= width ? line : wrapLine(line, hang, width)))
    .join('\n')
}

/** A line of Markdown that begins something of its own: an item, a row, a quotation, a heading, code. */
const OWN_LINE = /^\s*([-*+] |\d+[.)] |[|>#]|```)/
/** Nothing is joined to these. */
const CLOSED = /^\s*([|>#]|```)|^\s*$/

/** Markdown for a plain terminal: a paragraph's lines are joined, then wrapped; items hang under their text. */
export function wrapMarkdown(text: string, width = WIDTH): string {
  const lines: string[] = []
  let code = false
  for (const line of text.split('\n')) {
    const fence = line.trimStart().startsWith('```')
    const before = lines.at(-1)
    if (code || fence || before === undefined || line.trim() === '' || OWN_LINE.test(line) || CLOSED.test(before)) lines.push(line)
    else lines[lines.length - 1] = `${before} ${line.trim()}`
    if (fence) code = !code
  }
  return lines.map((line) => wrapText(line, /^\s*[-*+] /.test(line) ? 2 : 0, width)).join('\n')
}

function wrapLine(line: string, hang: number, width: number): string {
  const own = /^\s*/.exec(line)![0]
  const indent = ' '.repeat(Math.min(own.length + hang, 40))
  const rows: string[] = []
  let row = own
  let empty = true
  for (const word of line.slice(own.length).split(' ')) {
    if (!empty && row.length + 1 + word.length > width) {
      rows.push(row)
      row = indent
      empty = true
    }
    row += empty ? word : ` ${word}`
    empty = false
  }
  return [...rows, row].join('\n')
}
