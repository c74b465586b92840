/** Wraps what the prompt's commands say at words, so that it reads well in a terminal of 80 columns; what is piped on stays whole lines of words. */

const WIDTH = 78

/** Wraps each line that is too long; what follows is indented by `hang` more columns than the line itself. */
export function wrapText(text: string, hang = 0, width = WIDTH): string {
  return text
    .split('\n')
    .map((line) => (line.length <= width ? line : wrapLine(line, hang, width)))
    .join('\n')
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
